import type { FastifyPluginAsync } from 'fastify';
import { metadataRoutes } from './metadata-routes.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { personRoutes } from './person-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { tokenRoutes } from './token-routes.ts';

export { directTokenEndpoints } from './direct-token-endpoints.ts';
export type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/** The issuer's endpoints: what machines call, what browsers are sent to, and what describes both. */
export function oauthRoutes(deps: OAuthRoutesDeps): FastifyPluginAsync {
  return async (server) => {
    metadataRoutes(server, deps);
    // Each with a scope of its own: one answers in JSON, the other in pages, and both read forms alone.
    await server.register(async (scope) => tokenRoutes(scope, deps));
    await server.register(async (scope) => personRoutes(scope, deps));
    await server.register(async (scope) => registrationRoutes(scope, deps));
  };
}
