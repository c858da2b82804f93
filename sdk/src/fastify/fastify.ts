/** Guards for Fastify 5, as hooks: `onRequest` for all routes of a scope, `preHandler` for one. */
import type { FastifyReply, FastifyRequest, RawServerBase, RouteGenericInterface } from 'fastify';
import {
  Callers,
  createGuard,
  type Demand,
  decisionDemand,
  type GuardOptions,
  type ResourceOf,
  roleDemand,
  scopeDemand,
  stepUpDemand,
  withOrigin,
} from '../guard/guard.ts';
import { presentNodeRequest } from '../guard/node-request.ts';
import { type Refusal, refusalOf } from '../guard/refusal.ts';
import type { StepUp } from '../guard/requirements.ts';
import type { Auth } from '../verify/auth.ts';
import type { Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';

export type { GuardOptions } from '../guard/guard.ts';
export type { StepUp } from '../guard/requirements.ts';
export type { Auth } from '../verify/auth.ts';

/** Of a server of any kind: HTTP/1.1 or 2, with TLS or without. */
export type GuardedRequest<Server extends RawServerBase = RawServerBase> = FastifyRequest<
  RouteGenericInterface,
  Server
>;
export type GuardedReply<Server extends RawServerBase = RawServerBase> = FastifyReply<RouteGenericInterface, Server>;

/** As Fastify takes it for `onRequest`, `preParsing`, `preValidation` and `preHandler`. */
export type GuardHook = <Server extends RawServerBase>(
  request: GuardedRequest<Server>,
  reply: GuardedReply<Server>,
) => Promise<unknown>;

const callers = new Callers<object>();

/**
 * Lets nobody through who can't prove who they are (401). Who it is: {@link authOf}.
 *
 * @example
 * ```ts
 * import { authOf, requireAuth, requireScope } from '@gatehouse/sdk/fastify';
 * import Fastify from 'fastify';
 *
 * const app = Fastify();
 * app.addHook('onRequest', requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' }));
 * app.get('/orders', { preHandler: requireScope('orders:read') }, async (request) => ({ for: authOf(request).subject }));
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function requireAuth(options: GuardOptions | Verifier): GuardHook {
  const guard = createGuard(options);
  return async (request, reply) => {
    const { method, protocol, host, originalUrl, ip } = request;
    const url = withOrigin(`${protocol}://${host}${originalUrl}`, options);
    try {
      callers.set(
        request,
        await guard.identify(presentNodeRequest(request.raw, { method, url, clientAddress: ip }, options)),
      );
    } catch (error) {
      return refuse(reply, guard.refusalOf(error), error);
    }
    return undefined;
  };
}

/**
 * Who is calling, behind `requireAuth`.
 *
 * @example
 * ```ts
 * import { authOf } from '@gatehouse/sdk/fastify';
 * import type { FastifyRequest } from 'fastify';
 *
 * export const whoIsIt = async (request: FastifyRequest) => ({ hello: authOf(request).subject });
 * ```
 *
 * @throws ConfigurationError where there is no `requireAuth` in front.
 */
export function authOf<Server extends RawServerBase>(request: GuardedRequest<Server>): Auth {
  return callers.get(request).auth;
}

/**
 * Needs every one of these scopes (403 `insufficient_scope`).
 *
 * @example
 * ```ts
 * import { requireScope } from '@gatehouse/sdk/fastify';
 * import Fastify from 'fastify';
 *
 * Fastify().delete('/orders/:id', { preHandler: requireScope('orders:write') }, async () => '');
 * ```
 */
export const requireScope = (...scopes: string[]): GuardHook => demanding(scopeDemand(scopes));

/**
 * Needs one of these roles (403).
 *
 * @example
 * ```ts
 * import { requireRole } from '@gatehouse/sdk/fastify';
 * import Fastify from 'fastify';
 *
 * Fastify().get('/admin', { preHandler: requireRole('admin', 'support') }, async () => []);
 * ```
 */
export const requireRole = (...oneOf: string[]): GuardHook => demanding(roleDemand(oneOf));

/**
 * Needs a yes of the policies (403). `{id}` stands for the parameter of the path.
 *
 * @example
 * ```ts
 * import { requireDecision } from '@gatehouse/sdk/fastify';
 * import Fastify from 'fastify';
 *
 * const mayRead = requireDecision('orders:read', { type: 'Order', id: '{id}' });
 * Fastify().get('/orders/:id', { preHandler: mayRead }, async () => ({}));
 * ```
 */
export const requireDecision = (action: Question['action'], resource: ResourceOf<GuardedRequest>): GuardHook =>
  demanding(decisionDemand<GuardedRequest>(action, resource, ({ params }) => ({ ...Object(params) })));

/**
 * Needs a sign-in that was strong or recent enough (401 `insufficient_user_authentication`, RFC 9470).
 *
 * @example
 * ```ts
 * import { requireStepUp } from '@gatehouse/sdk/fastify';
 * import Fastify from 'fastify';
 *
 * Fastify().post('/payouts', { preHandler: requireStepUp({ acr: 'aal2', maxAgeSeconds: 300 }) }, async () => '');
 * ```
 */
export const requireStepUp = (needed: StepUp | string): GuardHook => demanding(stepUpDemand(needed));

function demanding(demand: Demand<GuardedRequest>): GuardHook {
  return async (request, reply) => {
    try {
      await demand(callers.get(request), request);
    } catch (error) {
      return refuse(reply, refusalOf(error, callers.find(request)?.challenge), error);
    }
    return undefined;
  };
}

/** A hook that returns the reply ends the request there. What is no refusal is thrown: Fastify answers 500. */
function refuse<Server extends RawServerBase>(
  reply: GuardedReply<Server>,
  refusal: Refusal | undefined,
  error: unknown,
): GuardedReply<Server> {
  if (refusal === undefined) throw error;
  return reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
}
