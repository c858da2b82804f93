/** Guards for handlers of the Fetch standard: Next.js routes, workers, `Bun.serve`, `Deno.serve`. */
import {
  type Caller,
  createGuard,
  type Demand,
  decisionDemand,
  type GuardOptions,
  type ResourceOf,
  roleDemand,
  scopeDemand,
  stepUpDemand,
} from '../guard/guard.ts';
import type { StepUp } from '../guard/requirements.ts';
import { presentWebRequest, refusalResponse } from '../guard/web-request.ts';
import type { Auth } from '../verify/auth.ts';
import type { Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';

export type { GuardOptions } from '../guard/guard.ts';
export type { StepUp } from '../guard/requirements.ts';
export type { Auth } from '../verify/auth.ts';

/** A call of a handler: the request, and what the platform hands over besides (in Next.js, `{ params }`). */
export interface HandledCall {
  request: Request;
  more: readonly unknown[];
}

export type GuardedHandler<More extends readonly unknown[]> = (
  request: Request,
  auth: Auth,
  ...more: More
) => Response | Promise<Response>;

export type Secure = <More extends readonly unknown[]>(
  handler: GuardedHandler<More>,
  ...demands: readonly Demand<HandledCall>[]
) => (request: Request, ...more: More) => Promise<Response>;

/**
 * Makes handlers that only callers reach who prove who they are, and meet every demand.
 *
 * @example
 * ```ts
 * import { requireAuth, requireScope } from '@gatehouse/sdk/fetch';
 *
 * const secure = requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 *
 * export const GET = secure(
 *   async (_request, auth) => Response.json({ for: auth.subject }),
 *   requireScope('orders:read'),
 * );
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function requireAuth(options: GuardOptions | Verifier): Secure {
  const guard = createGuard(options);
  return (handler, ...demands) =>
    async (request, ...more) => {
      let caller: Caller;
      try {
        caller = await guard.identify(presentWebRequest(request, options));
        for (const demand of demands) await demand(caller, { request, more });
      } catch (error) {
        return refusalResponse(guard.refusalOf(error), error);
      }
      return handler(request, caller.auth, ...more);
    };
}

/**
 * Needs every one of these scopes (403 `insufficient_scope`).
 *
 * @example
 * ```ts
 * import { requireAuth, requireScope } from '@gatehouse/sdk/fetch';
 *
 * const secure = requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 * export const DELETE = secure(() => new Response(null, { status: 204 }), requireScope('orders:write'));
 * ```
 */
export const requireScope = (...scopes: string[]): Demand<HandledCall> => scopeDemand(scopes);

/**
 * Needs one of these roles (403).
 *
 * @example
 * ```ts
 * import { requireAuth, requireRole } from '@gatehouse/sdk/fetch';
 *
 * const secure = requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 * export const GET = secure(() => Response.json([]), requireRole('admin', 'support'));
 * ```
 */
export const requireRole = (...oneOf: string[]): Demand<HandledCall> => roleDemand(oneOf);

/**
 * Needs a yes of the policies (403). `{id}` stands for a parameter, where the platform hands over `params`; elsewhere a
 * function reads the request.
 *
 * @example
 * ```ts
 * import { requireAuth, requireDecision } from '@gatehouse/sdk/fetch';
 *
 * const secure = requireAuth({
 *   issuer: 'https://id.example.com',
 *   audience: 'https://orders.example.com',
 *   decisionKey: 'gh_live_…',
 * });
 * export const GET = secure(
 *   () => Response.json([]),
 *   requireDecision('orders:read', { type: 'Order', id: '{id}' }),
 * );
 * ```
 */
export const requireDecision = (action: Question['action'], resource: ResourceOf<HandledCall>): Demand<HandledCall> =>
  decisionDemand<HandledCall>(action, resource, ({ more: [context] }) => parametersOf(context));

/**
 * Needs a sign-in that was strong or recent enough (401 `insufficient_user_authentication`, RFC 9470).
 *
 * @example
 * ```ts
 * import { requireAuth, requireStepUp } from '@gatehouse/sdk/fetch';
 *
 * const secure = requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 * export const POST = secure(() => Response.json({}), requireStepUp({ acr: 'aal2', maxAgeSeconds: 300 }));
 * ```
 */
export const requireStepUp = (needed: StepUp | string): Demand<HandledCall> => stepUpDemand(needed);

/** Next.js hands over `{ params }`, of late as a promise. */
async function parametersOf(context: unknown): Promise<Record<string, unknown>> {
  if (typeof context !== 'object' || context === null || !('params' in context)) return {};
  const params: unknown = await context.params;
  return typeof params === 'object' && params !== null ? { ...params } : {};
}
