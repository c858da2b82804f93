/** Guards for Express 4 and 5, and whatever else calls `(request, response, next)`. */
import {
  Callers,
  createGuard,
  type Demand,
  decisionDemand,
  type GuardOptions,
  type PathParameters,
  type ResourceOf,
  roleDemand,
  scopeDemand,
  stepUpDemand,
  withOrigin,
} from '../guard/guard.ts';
import { type NodeRequest, presentNodeRequest } from '../guard/node-request.ts';
import { type Refusal, refusalOf } from '../guard/refusal.ts';
import type { StepUp } from '../guard/requirements.ts';
import type { Auth } from '../verify/auth.ts';
import type { Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';

export type { GuardOptions } from '../guard/guard.ts';
export type { StepUp } from '../guard/requirements.ts';
export type { Auth } from '../verify/auth.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who is calling; there behind `requireAuth`. */
      auth?: Auth;
    }
  }
}

/**
 * An Express request, as far as guards read it. Without `params`: named here, they would be all that the handlers behind a
 * guard know of the parameters of their path.
 */
export interface GuardedRequest extends NodeRequest {
  readonly method: string;
  readonly protocol: string;
  readonly originalUrl: string;
  readonly ip?: string | undefined;
  auth?: Auth;
}

export interface GuardedResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

export type Next = (error?: unknown) => void;

export type GuardHandler<Request extends GuardedRequest = GuardedRequest> = (
  request: Request,
  response: GuardedResponse,
  next: Next,
) => void;

const callers = new Callers<GuardedRequest>();

/**
 * Lets nobody through who can't prove who they are (401), and puts who it is into `request.auth`.
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { authOf, requireAuth, requireScope } from '@gatehouse/sdk/express';
 *
 * const app = express();
 * app.use(requireAuth({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' }));
 * app.get('/orders', requireScope('orders:read'), (request, response) => {
 *   response.json({ for: authOf(request).subject });
 * });
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function requireAuth(options: GuardOptions | Verifier): GuardHandler {
  const guard = createGuard(options);
  return (request, response, next) => {
    const { method, originalUrl, ip, protocol, headers } = request;
    const url = withOrigin(`${protocol}://${headers.host ?? 'localhost'}${originalUrl}`, options);
    guard
      .identify(presentNodeRequest(request, { method, url, clientAddress: ip }, options))
      .then((caller) => {
        callers.set(request, caller);
        request.auth = caller.auth;
      })
      // Apart from `catch`, which must not see what handlers behind `next` throw.
      .then(
        () => next(),
        (error: unknown) => refuse(response, next, guard.refusalOf(error), error),
      );
  };
}

/**
 * Who is calling, behind `requireAuth`: `request.auth`, without the question whether it is there.
 *
 * @example
 * ```ts
 * import { authOf } from '@gatehouse/sdk/express';
 * import type { Request } from 'express';
 *
 * export const greet = (request: Request) => `Hello ${authOf(request).subject}`;
 * ```
 *
 * @throws ConfigurationError where there is no `requireAuth` in front.
 */
export function authOf(request: GuardedRequest): Auth {
  return callers.get(request).auth;
}

/**
 * Needs every one of these scopes (403 `insufficient_scope`).
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { requireScope } from '@gatehouse/sdk/express';
 *
 * express.Router().delete('/orders/:id', requireScope('orders:read', 'orders:write'));
 * ```
 */
export const requireScope = (...scopes: string[]): GuardHandler => demanding(scopeDemand(scopes));

/**
 * Needs one of these roles (403).
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { requireRole } from '@gatehouse/sdk/express';
 *
 * express.Router().get('/admin', requireRole('admin', 'support'));
 * ```
 */
export const requireRole = (...oneOf: string[]): GuardHandler => demanding(roleDemand(oneOf));

/**
 * Needs a yes of the policies (403). `{id}` stands for the parameter of the path; a function can say what else the
 * decision should know.
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { requireDecision } from '@gatehouse/sdk/express';
 *
 * express.Router().get('/orders/:id', requireDecision('orders:read', { type: 'Order', id: '{id}' }));
 * ```
 */
export function requireDecision<Request extends GuardedRequest = GuardedRequest>(
  action: Question['action'],
  resource: ResourceOf<Request>,
): GuardHandler<Request> {
  return demanding(decisionDemand<Request>(action, resource, parametersOf));
}

/** Of the path, by the names in the route. */
function parametersOf(request: GuardedRequest): PathParameters {
  return 'params' in request ? { ...Object(request.params) } : {};
}

/**
 * Needs a sign-in that was strong or recent enough (401 `insufficient_user_authentication`, RFC 9470): clients that
 * understand it send the person to sign in again.
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { requireStepUp } from '@gatehouse/sdk/express';
 *
 * express.Router().post('/payouts', requireStepUp({ acr: 'aal2', maxAgeSeconds: 300 }));
 * ```
 */
export const requireStepUp = (needed: StepUp | string): GuardHandler => demanding(stepUpDemand(needed));

function demanding<Request extends GuardedRequest>(demand: Demand<Request>): GuardHandler<Request> {
  return (request, response, next) => {
    const judge = async () => {
      const caller = callers.get(request);
      await demand(caller, request);
    };
    judge().then(
      () => next(),
      (error: unknown) => refuse(response, next, refusalOf(error, callers.find(request)?.challenge), error),
    );
  };
}

/** What is no refusal is the application's error handler's: it answers 500, and nobody gets through. */
function refuse(response: GuardedResponse, next: Next, refusal: Refusal | undefined, error: unknown): void {
  if (refusal === undefined) {
    next(error);
    return;
  }
  response.statusCode = refusal.status;
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  response.end(refusal.body);
}
