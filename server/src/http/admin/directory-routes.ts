import type { FastifyInstance } from 'fastify';
import { directoryGroupRoutes } from './directory-group-routes.ts';
import { type DirectoryInvitationRoutesDeps, directoryInvitationRoutes } from './directory-invitation-routes.ts';
import { directoryMembershipRoutes } from './directory-membership-routes.ts';
import {
  type DirectoryServiceAccountRoutesDeps,
  directoryServiceAccountRoutes,
} from './directory-service-account-routes.ts';
import { type DirectoryUserRoutesDeps, directoryUserRoutes } from './directory-user-routes.ts';

export type DirectoryRoutesDeps = DirectoryUserRoutesDeps &
  DirectoryInvitationRoutesDeps &
  DirectoryServiceAccountRoutesDeps;

/** People, and where they belong. Organizations and roles themselves are resources. */
export function directoryRoutes(server: FastifyInstance, deps: DirectoryRoutesDeps): void {
  directoryUserRoutes(server, deps);
  directoryMembershipRoutes(server, deps);
  directoryGroupRoutes(server, deps);
  directoryServiceAccountRoutes(server, deps);
  directoryInvitationRoutes(server, deps);
}
