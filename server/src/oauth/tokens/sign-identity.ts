import { type IdSource, newId, type Principal } from '#base';
import type { SigningKeys } from '#keyring';
import type { Issuers } from '../issuers.ts';
import { RecentCache } from './recent-cache.ts';

export interface IdentitySigner {
  /**
   * A JWT that tells the upstream at `audience` (its origin) who is calling. `now` in milliseconds.
   * Sync when a fresh one is at hand.
   */
  identityFor(principal: Principal, audience: string, now: number): string | Promise<string>;
}

export interface IdentitySignerDeps extends IdSource {
  signingKeys: Pick<SigningKeys, 'sign' | 'verificationKey'>;
  issuers: Issuers;
}

/** A type of its own (RFC 8725 §3.11): an upstream's identity token is no access token anywhere, nor the reverse. */
export const IDENTITY_TOKEN_TYPE = 'identity+jwt';
const LIFETIME_SECONDS = 60;
/** Handed out for the first half of its life, so that what reaches the upstream is good for 30 seconds at least. */
const REUSE_MILLISECONDS = 30_000;
const CACHED_MAX = 10_000;

interface Signed {
  token: string | Promise<string>;
  signedAt: number;
  kid: string | undefined;
}

export function createIdentitySigner(deps: IdentitySignerDeps): IdentitySigner {
  const cache = new RecentCache<Signed>(CACHED_MAX);
  /**
   * In front of it, by identity of the object: verifiers hand out the same principal, which nobody changes, for as long as
   * a credential stays as it is, and spelling out the key would cost more than all the rest of a hit.
   */
  const latest = new WeakMap<Principal, { audience: string; signed: Signed }>();

  return {
    identityFor(principal, audience, now) {
      const last = latest.get(principal);
      if (last?.audience === audience && isFresh(deps, last.signed, principal.tenantId, now)) return last.signed.token;
      const key = identityKey(principal, audience);
      const cached = cache.get(key);
      if (cached !== undefined && isFresh(deps, cached, principal.tenantId, now)) {
        // Not while it is being signed: that may still fail, and a failure must not be remembered.
        if (cached.kid !== undefined) latest.set(principal, { audience, signed: cached });
        return cached.token;
      }
      const signed: Signed = { token: '', signedAt: now, kid: undefined };
      const claims = identityClaims(deps, principal, audience, now);
      const pending = Promise.try(() => deps.signingKeys.sign(principal.tenantId, claims, { typ: IDENTITY_TOKEN_TYPE }))
        .then((token) => {
          signed.token = token;
          signed.kid = keyIdOf(token);
          return token;
        })
        .catch((cause: unknown) => {
          cache.delete(key);
          throw cause;
        });
      signed.token = pending;
      cache.set(key, signed);
      return pending;
    },
  };
}

function isFresh(
  { signingKeys }: IdentitySignerDeps,
  { signedAt, kid }: Signed,
  tenantId: string,
  now: number,
): boolean {
  if (now < signedAt || now - signedAt >= REUSE_MILLISECONDS) return false;
  return kid === undefined || signingKeys.verificationKey(tenantId, kid) !== undefined;
}

/** Everything that ends up in the token takes part, so that nobody is ever handed another's identity. */
function identityKey(
  { tenantId, type, id, organizationId, roles, scopes, credential, ...rest }: Principal,
  audience: string,
) {
  return JSON.stringify([
    audience,
    tenantId,
    type,
    id,
    organizationId,
    credential.type,
    credential.id,
    credential.clientId,
    credential.environment,
    roles,
    scopes,
    rest,
  ]);
}

function identityClaims(deps: IdentitySignerDeps, principal: Principal, audience: string, now: number) {
  const issuedAt = Math.floor(now / 1000);
  const { credential } = principal;
  return {
    iss: deps.issuers.issuerOf(principal.tenantId),
    sub: principal.id,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    jti: newId('token', deps),
    principal_type: principal.type,
    tenant_id: principal.tenantId,
    roles: principal.roles,
    ...(principal.groups === undefined ? {} : { groups: principal.groups }),
    scope: principal.scopes.join(' '),
    credential_type: credential.type,
    credential_id: credential.id,
    ...(credential.clientId === undefined ? {} : { client_id: credential.clientId }),
    ...(credential.environment === undefined ? {} : { api_key_environment: credential.environment }),
    ...(principal.organizationId === undefined ? {} : { organization_id: principal.organizationId }),
    ...(principal.plan === undefined ? {} : { plan: principal.plan }),
    ...(principal.acr === undefined ? {} : { acr: principal.acr }),
    ...(principal.amr === undefined ? {} : { amr: principal.amr }),
    ...(principal.authTime === undefined ? {} : { auth_time: principal.authTime }),
    ...(principal.act === undefined ? {} : { act: principal.act }),
  };
}

/** undefined for what is no JWT. */
export function keyIdOf(token: string): string | undefined {
  if (!token.includes('.')) return undefined;
  const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
  return typeof header === 'object' && header !== null && 'kid' in header && typeof header.kid === 'string'
    ? header.kid
    : undefined;
}
