import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { baseErrors } from '#base';
import { statusOf } from '../error-status.ts';
import { httpErrors } from '../errors.ts';
import { toGatehouseError } from '../problem.ts';
import type { AuthZenDeps } from './authzen-deps.ts';
import { evaluationRoutes } from './evaluation-routes.ts';
import { metadataRoute } from './metadata-route.ts';
import { searchRoutes } from './search-routes.ts';

/** More than any question needs; the evaluations of one request share it. */
const BODY_BYTES_MAX = 512 * 1024;
/** The identifier comes back as it came (§10.1.4), so it must be one that a header can carry. */
const REQUEST_ID = /^[\x20-\x7e]{1,256}$/;

/**
 * OpenID AuthZEN, Authorization API 1.0: decisions and searches for whoever enforces elsewhere. Bearer credentials are
 * Gatehouse's, with the permissions `decisions:evaluate` and `decisions:search`.
 */
export function authZenApi(deps: AuthZenDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    server.setErrorHandler(answerWithText);
    server.addHook('onRoute', (route) => {
      route.bodyLimit = BODY_BYTES_MAX;
    });
    server.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const asked = request.headers['x-request-id'];
      if (asked !== undefined && !isRequestId(asked)) throw httpErrors.request_id_malformed();
    });
    // Also on answers that a hook of the whole server gave before any of this scope's ran.
    server.addHook('onSend', async (request, reply) => {
      const asked = request.headers['x-request-id'];
      if (isRequestId(asked)) reply.header('x-request-id', asked);
    });
    metadataRoute(server, deps);
    evaluationRoutes(server, deps);
    searchRoutes(server, deps);
  };
}

function isRequestId(value: string | string[] | undefined): value is string {
  return typeof value === 'string' && REQUEST_ID.test(value);
}

/** §10.1.2: what is wrong with the request, as a message and nothing else. A body of another type is a bad request too. */
function answerWithText(cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const found = toGatehouseError(cause);
  const error = found.category === 'internal' ? baseErrors.internal_error() : found;
  if (found.category === 'internal') {
    request.log.error({ err: found, method: request.method, route: request.routeOptions.url }, 'a request failed');
  }
  const status = statusOf(error.category, error.code);
  return reply
    .code(status === 415 ? 400 : status)
    .type('text/plain; charset=utf-8')
    .send(error.message);
}
