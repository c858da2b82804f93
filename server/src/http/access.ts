import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { LIMITS, type Principal } from '#base';
import { type PermissionSet, scopesToGive } from '#directory';
import type { Caller } from '#resources';
import { meetsDemand, SENSITIVE_MAX_AGE_SECONDS } from '#signin';
import { type Confinement, confineCallers } from './confinement.ts';
import { httpErrors } from './errors.ts';

/** The permission a route needs; a function where it depends on the query (never on the body, which is not read yet). */
export type PermissionRule = string | ((request: FastifyRequest) => string);

/** For routes that need a credential and nothing more. No pattern of permissions has this form. */
export const ANY_CALLER = 'any-caller';

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: PermissionRule;
    /** Why anybody may use this route. */
    public?: string;
    /** The route keeps a caller who belongs to an organization inside it. Where it does not, such callers are refused. */
    confines?: true;
    /** What it answers is used at once, and shown once: it is answered when it counts here, however long that takes. */
    issues?: true;
  }
  interface FastifyInstance {
    /** Every route there is, with what it said about who may use it. */
    declaredRoutes: readonly DeclaredRoute[];
  }
  interface FastifyRequest {
    /** Who calls; null on public routes. */
    caller: (Caller & { permissions: PermissionSet }) | null;
  }
}

export interface DeclaredRoute {
  method: string;
  url: string;
  permission?: PermissionRule;
  public?: string;
}

export interface RequestFacts {
  remoteAddress: string;
  method: string;
  path: string;
}

export type AdminVerification = { ok: true; principal: Principal } | { ok: false; reason: string; description: string };

export interface AccessDeps {
  /**
   * Who presents this credential to the Admin API? An access token must be meant for it: a token that a person gave to
   * some client for another API must not administer this house in his name.
   */
  authenticateAdmin(credential: string, facts: RequestFacts): AdminVerification | Promise<AdminVerification>;
  permissionsOf(principal: Principal): PermissionSet;
  confinement: Confinement;
}

/**
 * Every route says who may use it, or it can't be registered. Who calls, and whether he may, is settled before the body
 * is read: a stranger can't make the server parse anything.
 */
export function guardRoutes(server: FastifyInstance, deps: AccessDeps): void {
  server.decorateRequest('caller', null);
  const declared: DeclaredRoute[] = [];
  server.decorate('declaredRoutes', declared);
  server.addHook('onRoute', (route) => {
    demandDeclaration(route);
    const { permission, public: reason } = route.config ?? {};
    const rule = permission === undefined ? {} : { permission };
    const open = reason === undefined ? {} : { public: reason };
    for (const method of [route.method].flat()) declared.push({ method, url: route.url, ...rule, ...open });
  });
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) return;
    const { permission, public: reason, confines } = request.routeOptions.config;
    if (reason !== undefined && permission === undefined) return;
    if (permission === undefined) throw httpErrors.route_closed();
    const principal = await authenticate(deps, request, reply);
    const permissions = deps.permissionsOf(principal);
    const needed = typeof permission === 'function' ? permission(request) : permission;
    if (needed !== ANY_CALLER && !permissions.includes(needed)) {
      const message = `Your credential lacks the permission ${needed}. Ask an administrator for a role that has it.`;
      throw httpErrors.permission_missing({ message, details: { missing: [needed] } });
    }
    // Roles are the tenant's: those of somebody inside an organization say nothing about what belongs to all.
    if (principal.organizationId !== undefined && confines !== true) throw httpErrors.outside_organization();
    const holds = (wanted: string) => permissions.includes(wanted);
    const holdsScope = (scope: string) => scopesToGive(permissions, principal)(scope);
    request.caller = { principal, permissions, holds, holdsScope, message: changeMessage(request) };
  });
  confineCallers(server, deps);
}

/** What a change is for, as its author says it. Headers hold no more than ASCII, so anything else comes percent-encoded. */
function changeMessage({ headers }: FastifyRequest): string | undefined {
  const text = headers['gatehouse-change-message'];
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return decodeURIComponent(text).toWellFormed().replaceAll('\0', '').slice(0, CHANGE_MESSAGE_MAX);
  } catch {
    return text.slice(0, CHANGE_MESSAGE_MAX);
  }
}

const CHANGE_MESSAGE_MAX = 500;

export function callerOf(request: FastifyRequest): Caller & { permissions: PermissionSet } {
  if (request.caller === null) throw httpErrors.route_closed();
  return request.caller;
}

/**
 * For what ends or hands out ways in: a person's token must come from a fresh and strong sign-in (RFC 9470 §3). Programs
 * have nothing to prove afresh; what they may do is settled by the keys they were given.
 */
export function demandFreshProof(request: FastifyRequest, reply: FastifyReply, now: number): Caller {
  const caller = callerOf(request);
  const { type, credential, acr = '', authTime = 0 } = caller.principal;
  if (type !== 'user' || credential.type !== 'access_token') return caller;
  const maxAgeSeconds = SENSITIVE_MAX_AGE_SECONDS;
  if (meetsDemand({ acr, authTime }, { acrValues: ['aal2'], maxAgeSeconds }, now)) return caller;
  const error = 'error="insufficient_user_authentication"';
  reply.header('www-authenticate', `Bearer realm="gatehouse", ${error}, acr_values="aal2", max_age="${maxAgeSeconds}"`);
  throw httpErrors.fresh_proof_required();
}

/** Where the caller acts: his tenant, and the organization he is confined to, if any. */
export function placeOf(request: FastifyRequest): { tenantId: string; organizationId?: string } {
  const { tenantId, organizationId } = callerOf(request).principal;
  return { tenantId, ...(organizationId === undefined ? {} : { organizationId }) };
}

function demandDeclaration({ method, url, config }: RouteOptions): void {
  const declared = [config?.permission, config?.public].filter((value) => value !== undefined && value !== '');
  if (declared.length === 1) return;
  throw new TypeError(
    `route ${String(method)} ${url} must declare either config.permission or config.public, with a reason`,
  );
}

async function authenticate(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
  const credential = bearerCredential(request);
  // RFC 6750 §3.1: no error code when the request carries no credential at all.
  if (credential === undefined) throw challenge(reply, 'admin_credential_missing');
  const facts = { remoteAddress: request.ip, method: request.method, path: pathOf(request) };
  const verification = credential === '' ? malformed : await deps.authenticateAdmin(credential, facts);
  if (verification.ok) return verification.principal;
  request.log.info({ reason: verification.reason, remoteAddress: facts.remoteAddress }, 'a credential was refused');
  throw challenge(reply, 'admin_credential_refused');
}

const malformed: AdminVerification = { ok: false, reason: 'malformed', description: 'not a bearer credential' };

/** The text after `Bearer`; empty when something else stands there, undefined when there is no such header. */
function bearerCredential({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  // RFC 6750 §2.1: b64token. The scheme is compared without regard to case (RFC 9110 §11.1).
  const match = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization);
  const text = match?.[1] ?? '';
  return text.length > LIMITS.credentialLengthMax ? '' : text;
}

/** Thrown, not sent: the API that the route belongs to answers failures in its own form. */
function challenge(
  reply: FastifyReply,
  code: 'admin_credential_missing' | 'admin_credential_refused',
): ReturnType<(typeof httpErrors)[typeof code]> {
  const error = code === 'admin_credential_refused' ? ', error="invalid_token"' : '';
  reply.header('www-authenticate', `Bearer realm="gatehouse"${error}`);
  return httpErrors[code]();
}

function pathOf({ url }: FastifyRequest): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
