import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { assertionRoutes } from './assertion-routes.ts';
import { modelRoutes } from './model-routes.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { answerOpenFgaError } from './openfga-errors.ts';
import { questionRoutes } from './question-routes.ts';
import { storeRoutes } from './store-routes.ts';
import { tupleRoutes } from './tuple-routes.ts';

/**
 * OpenFGA's HTTP API, so that its clients and tools work unchanged: paths, forms, error bodies and codes are its own.
 * Bearer credentials are Gatehouse's, with the permissions `relations:read`, `:check`, `:write` and `:manage`. The routes
 * have no tags: OpenFGA describes its API itself, and the description of the Admin API leaves them out.
 */
export function openFgaApi(deps: OpenFgaApiDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    server.setErrorHandler(answerOpenFgaError);
    server.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'fga-request-id': request.id });
    });
    // A model may be sent in OpenFGA's own language.
    server.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, text, done) => done(null, text));
    storeRoutes(server, deps);
    modelRoutes(server, deps);
    tupleRoutes(server, deps);
    questionRoutes(server, deps);
    assertionRoutes(server, deps);
  };
}
