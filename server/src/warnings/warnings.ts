/** What is allowed and almost surely a mistake: checks that take more than one room to see it. */
import type { WarningCheck } from '#resources';
import { nobodyPermitted } from './nobody-permitted.ts';
import { rolesOfPolicies, rolesOfRoutes, rolesOfSignInPolicies } from './roles.ts';
import { scopesOfClients, scopesOfRegisteredClients } from './scopes-of-clients.ts';
import { scopesOfRoutes } from './scopes-of-routes.ts';
import { actionsOfPolicies, parametersOfPolicies, routesOfPolicies, scopesOfPolicies } from './words-of-policies.ts';

export { WARNING_CODES, type WarningCode } from './codes.ts';

export const WARNING_CHECKS: readonly WarningCheck[] = [
  scopesOfRoutes,
  rolesOfRoutes,
  nobodyPermitted,
  scopesOfClients,
  scopesOfRegisteredClients,
  rolesOfSignInPolicies,
  rolesOfPolicies,
  parametersOfPolicies,
  actionsOfPolicies,
  routesOfPolicies,
  scopesOfPolicies,
];
