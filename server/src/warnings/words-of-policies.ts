import { policyKind, policySchemaKind, policyTestKind } from '#authz';
import { routeKind } from '#gateway';
import { apiKind } from '#oauth';
import { type Finding, nearMisses, type WarningCheck, type World } from '#resources';
import { hint, scopesOfApis } from './api-scopes.ts';
import type { WarningCode } from './codes.ts';
import { indexRoutes } from './route-index.ts';
import { statementsOf } from './statements.ts';

/**
 * Policies decide for programs too that ask for decisions, with words of their own. So a statement is only compared with
 * routes that it can apply to; where there is none, it is for somebody else.
 */
export const parametersOfPolicies: WarningCheck = {
  reads: [policyKind, routeKind],
  async find(world) {
    const read = (await statementsOf(world)).filter(({ parameters }) => parameters.length > 0);
    if (read.length === 0) return [];
    const routes = indexRoutes(world);
    return read.flatMap(({ policy, statement, parameters, ...reach }) => {
      const reached = routes.reachedBy(reach);
      if (reached === undefined) return [];
      return parameters
        .filter((parameter) => !reached.hasParameter(parameter))
        .map((parameter) =>
          finding('parameter_unknown', policy, `${statement} ${parameter}`, () => {
            const otherwise = 'name a parameter of their paths, or take it out';
            return `${statement}: no route that this can apply to has the path parameter {${parameter}} of \`context.parameters\`; ${hint(parameter, reached.parameters(), otherwise)}`;
          }),
        );
    });
  },
};

/** Where a policy schema says which actions there are, it is the schema that refuses others. */
export const actionsOfPolicies: WarningCheck = {
  reads: [policyKind, policySchemaKind, policyTestKind, routeKind],
  async find(world) {
    if (world.all(policySchemaKind).length > 0) return [];
    const routes = indexRoutes(world);
    const tested = new Set(testsOf(world).map(({ action }) => action));
    const meant = nearMisses(routes.actions);
    return (await statementsOf(world)).flatMap(({ policy, statement, namedActions, resource }) =>
      namedActions.flatMap((action): Finding[] => {
        if (routes.actions.has(action) || tested.has(action)) return [];
        const near = action === 'HEAD' ? 'GET' : meant(action);
        if (near === undefined || routes.reachedBy({ actions: [near], resource }) === undefined) return [];
        const why = action === 'HEAD' ? 'HEAD counts as GET at the gateway' : `no route does Action::"${action}"`;
        return [
          finding(
            'action_unknown',
            policy,
            `${statement} ${action}`,
            () => `${statement}: ${why}; did you mean Action::"${near}"?`,
          ),
        ];
      }),
    );
  },
};

/** What policies call Route is a route, unless a route says of something else that it is one. */
export const routesOfPolicies: WarningCheck = {
  reads: [policyKind, policyTestKind, routeKind],
  async find(world) {
    const routes = world.all(routeKind);
    if (routes.some(({ spec }) => spec.authorize.resource?.type === 'Route')) return [];
    const tested = testsOf(world).flatMap(({ resource }) => (resource.type === 'Route' ? [resource.id] : []));
    const known = new Set([...routes.map(({ name }) => name), ...tested]);
    return (await statementsOf(world)).flatMap(({ policy, statement, routes: named }) =>
      named
        .filter((route) => !known.has(route))
        .map((route) =>
          finding('route_unknown', policy, `${statement} ${route}`, () => {
            const otherwise = 'name one that there is';
            return `${statement}: there is no route "${route}"; ${hint(route, known, otherwise)}`;
          }),
        ),
    );
  },
};

/** Keys have scopes that no API declares. One letter from one that is declared, it is that which was meant. */
export const scopesOfPolicies: WarningCheck = {
  reads: [policyKind, policyTestKind, routeKind, apiKind],
  async find(world) {
    const asked = world.all(routeKind).flatMap(({ spec }) => spec.authorize.scopes);
    const used = new Set([...asked, ...testsOf(world).flatMap(({ principal }) => principal.scopes)]);
    const meant = nearMisses([...scopesOfApis(world).values()].flatMap((scopes) => [...scopes]));
    return (await statementsOf(world)).flatMap(({ policy, statement, scopes }) =>
      scopes.flatMap((scope) => {
        const near = used.has(scope) ? undefined : meant(scope);
        if (near === undefined) return [];
        const message = () => `${statement}: no API declares the scope "${scope}"; did you mean "${near}"?`;
        return [finding('scope_undeclared', policy, `${statement} ${scope}`, message)];
      }),
    );
  },
};

const testsOf = (world: World) => world.all(policyTestKind).flatMap(({ spec }) => spec.tests);

function finding(code: WarningCode, name: string, about: string, message: () => string): Finding {
  return { code, kind: policyKind, name, path: 'cedar', about, message };
}
