import type { FastifyPluginAsync } from 'fastify';
import type { IdSource, Logger } from '#base';
import type { OAuthServer } from '#oauth';
import { metadataRoutes } from './metadata-routes.ts';
import { personRoutes } from './person-routes.ts';
import { tokenRoutes } from './token-routes.ts';

export interface OAuthRoutesDeps extends IdSource {
  oauth: OAuthServer;
  /** The tenant this listener speaks for, and its issuer. */
  tenantId: string;
  issuer: string;
  log: Logger;
}

/** The issuer's endpoints: what machines call, what browsers are sent to, and what describes both. */
export function oauthRoutes(deps: OAuthRoutesDeps): FastifyPluginAsync {
  return async (server) => {
    metadataRoutes(server, deps);
    // Each with a scope of its own: one answers in JSON, the other in pages, and both read forms alone.
    await server.register(async (scope) => tokenRoutes(scope, deps));
    await server.register(async (scope) => personRoutes(scope, deps));
  };
}
