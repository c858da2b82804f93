/** Guards for Hono, wherever it runs. */
import type { Context, MiddlewareHandler } from 'hono';
import {
  Callers,
  certificateIn,
  createGuard,
  type Demand,
  decisionDemand,
  type GuardOptions,
  type ResourceOf,
  roleDemand,
  scopeDemand,
  stepUpDemand,
} from '../guard/guard.ts';
import { certificateOf, remoteAddressOf } from '../guard/node-request.ts';
import { refusalOf } from '../guard/refusal.ts';
import type { StepUp } from '../guard/requirements.ts';
import { presentWebRequest, refusalResponse } from '../guard/web-request.ts';
import type { Auth } from '../verify/auth.ts';
import type { Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';

export type { GuardOptions } from '../guard/guard.ts';
export type { StepUp } from '../guard/requirements.ts';
export type { Auth } from '../verify/auth.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who is calling; there behind `requireAuth`. */
    auth: Auth;
  }
}

const callers = new Callers<Request>();

/**
 * Lets nobody through who can't prove who they are (401), and says who it is: `c.get('auth')`.
 *
 * @example
 * ```ts
 * import { requireAuth, requireScope } from '@gatehouse/sdk/hono';
 * import { Hono } from 'hono';
 *
 * const app = new Hono();
 * app.use(requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' }));
 * app.get('/orders', requireScope('orders:read'), (c) => c.json({ for: c.get('auth').subject }));
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function requireAuth(options: GuardOptions | Verifier): MiddlewareHandler {
  const guard = createGuard(options);
  return async (context, next) => {
    try {
      const socket = nodeSocketOf(context);
      const known =
        socket === undefined
          ? {}
          : {
              certificate: () => certificateIn(options, sourcesOf(context.req.raw, socket)),
              clientAddress: remoteAddressOf(socket),
            };
      const caller = await guard.identify(presentWebRequest(context.req.raw, options, known));
      callers.set(context.req.raw, caller);
      context.set('auth', caller.auth);
    } catch (error) {
      return refusalResponse(guard.refusalOf(error), error);
    }
    await next();
    return undefined;
  };
}

/**
 * Needs every one of these scopes (403 `insufficient_scope`).
 *
 * @example
 * ```ts
 * import { requireScope } from '@gatehouse/sdk/hono';
 * import { Hono } from 'hono';
 *
 * new Hono().delete('/orders/:id', requireScope('orders:write'), (c) => c.body(null, 204));
 * ```
 */
export const requireScope = (...scopes: string[]): MiddlewareHandler => demanding(scopeDemand(scopes));

/**
 * Needs one of these roles (403).
 *
 * @example
 * ```ts
 * import { requireRole } from '@gatehouse/sdk/hono';
 * import { Hono } from 'hono';
 *
 * new Hono().get('/admin', requireRole('admin', 'support'), (c) => c.text('hello'));
 * ```
 */
export const requireRole = (...oneOf: string[]): MiddlewareHandler => demanding(roleDemand(oneOf));

/**
 * Needs a yes of the policies (403). `{id}` stands for the parameter of the path.
 *
 * @example
 * ```ts
 * import { requireDecision } from '@gatehouse/sdk/hono';
 * import { Hono } from 'hono';
 *
 * new Hono().get('/orders/:id', requireDecision('orders:read', { type: 'Order', id: '{id}' }), (c) => c.text('17'));
 * ```
 */
export const requireDecision = (action: Question['action'], resource: ResourceOf<Context>): MiddlewareHandler =>
  demanding(decisionDemand<Context>(action, resource, (context) => context.req.param()));

/**
 * Needs a sign-in that was strong or recent enough (401 `insufficient_user_authentication`, RFC 9470).
 *
 * @example
 * ```ts
 * import { requireStepUp } from '@gatehouse/sdk/hono';
 * import { Hono } from 'hono';
 *
 * new Hono().post('/payouts', requireStepUp({ acr: 'aal2', maxAgeSeconds: 300 }), (c) => c.body(null, 204));
 * ```
 */
export const requireStepUp = (needed: StepUp | string): MiddlewareHandler => demanding(stepUpDemand(needed));

function demanding(demand: Demand<Context>): MiddlewareHandler {
  return async (context, next) => {
    const request = context.req.raw;
    try {
      await demand(callers.get(request), context);
    } catch (error) {
      return refusalResponse(refusalOf(error, callers.find(request)?.challenge), error);
    }
    await next();
    return undefined;
  };
}

/** Under `@hono/node-server` the request of Node's own is there too. */
function nodeSocketOf({ env }: Context): object | undefined {
  const incoming: unknown = typeof env === 'object' && env !== null && 'incoming' in env ? env.incoming : undefined;
  if (typeof incoming !== 'object' || incoming === null || !('socket' in incoming)) return undefined;
  return typeof incoming.socket === 'object' && incoming.socket !== null ? incoming.socket : undefined;
}

/** Several headers of one name come joined by commas, which are no part of a byte sequence. */
function sourcesOf({ headers }: Request, socket: object) {
  const told = headers.get('client-cert');
  return {
    connection: () => certificateOf(socket),
    told: () => (told === null ? [] : [told]),
    address: remoteAddressOf(socket),
  };
}
