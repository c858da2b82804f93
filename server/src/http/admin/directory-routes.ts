import type { FastifyInstance } from 'fastify';
import { directoryMembershipRoutes } from './directory-membership-routes.ts';
import { type DirectoryUserRoutesDeps, directoryUserRoutes } from './directory-user-routes.ts';

export type DirectoryRoutesDeps = DirectoryUserRoutesDeps;

/** People, and where they belong. Organizations and roles themselves are resources. */
export function directoryRoutes(server: FastifyInstance, deps: DirectoryRoutesDeps): void {
  directoryUserRoutes(server, deps);
  directoryMembershipRoutes(server, deps);
}
