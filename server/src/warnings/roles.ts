import { policyKind, policyTestKind } from '#authz';
import { roleKind } from '#directory';
import { routeKind } from '#gateway';
import { apiKind } from '#oauth';
import { type Finding, type Kind, nearMisses, type WarningCheck, type World } from '#resources';
import { signInPolicyKind } from '#signin';
import { hint } from './api-scopes.ts';
import type { WarningCode } from './codes.ts';
import { indexRoutes } from './route-index.ts';
import { statementsOf } from './statements.ts';

/** Routes, and what they hide, ask for roles by name. */
export const rolesOfRoutes: WarningCheck = {
  reads: [routeKind, roleKind, apiKind],
  find(world) {
    const held = rolesHeld(world);
    return world
      .all(routeKind)
      .flatMap(({ name, spec: { authorize, mask } }) => [
        ...missing(routeKind, name, 'authorize.roles', authorize.roles, held),
        ...(mask?.groups ?? []).flatMap(({ unless }, group) =>
          missing(routeKind, name, `mask.groups.${group}.unless.roles`, unless.roles, held),
        ),
      ]);
  },
};

/** Of a role that nobody holds, nobody is asked for a second factor. People get no roles of other issuers here. */
export const rolesOfSignInPolicies: WarningCheck = {
  reads: [signInPolicyKind, roleKind],
  find(world) {
    const held = new Set(world.all(roleKind).map(({ name }) => name));
    return world
      .all(signInPolicyKind)
      .flatMap(({ name, spec }) =>
        missing(signInPolicyKind, name, 'secondFactor.roles', spec.secondFactor.roles, held),
      );
  },
};

/**
 * A role that a policy test knows is meant: programs that ask for decisions can tell of roles that are not ours. Where a
 * statement applies to no route it is for such programs, and only what is one letter from a role of ours is told.
 */
export const rolesOfPolicies: WarningCheck = {
  reads: [policyKind, policyTestKind, routeKind, roleKind, apiKind],
  async find(world) {
    const tested = world.all(policyTestKind).flatMap(({ spec }) => spec.tests.flatMap((each) => each.principal.roles));
    const held = new Set([...rolesHeld(world), ...tested]);
    const near = nearMisses(held);
    const statements = (await statementsOf(world)).filter(({ roles }) => roles.some((role) => !held.has(role)));
    if (statements.length === 0) return [];
    const routes = indexRoutes(world);
    return statements.flatMap(({ policy, statement, roles, ...reach }) => {
      const isForRoutes = routes.reachedBy(reach) !== undefined;
      return roles
        .filter((role) => !held.has(role) && (isForRoutes || near(role) !== undefined))
        .map((role) => unknown(policyKind, policy, 'cedar', role, held, `${statement}: `));
    });
  },
};

/** A role is given out only while it exists; other issuers bring those that an API takes from them. */
function rolesHeld(world: World): ReadonlySet<string> {
  const foreign = world
    .all(apiKind)
    .flatMap(({ spec }) => (spec.issuers ?? []).flatMap(({ roles }) => Object.values(roles?.values ?? {})));
  return new Set([...world.all(roleKind).map(({ name }) => name), ...foreign]);
}

function missing(
  kind: Kind,
  name: string,
  path: string,
  roles: readonly string[],
  held: ReadonlySet<string>,
): Finding[] {
  return roles.flatMap((role, index) => (held.has(role) ? [] : [unknown(kind, name, `${path}.${index}`, role, held)]));
}

function unknown(kind: Kind, name: string, path: string, role: string, held: ReadonlySet<string>, where = ''): Finding {
  return {
    code: 'role_unknown' satisfies WarningCode,
    kind,
    name,
    path,
    about: `${where}${role}`,
    message: () =>
      `${where}there is no role "${role}", so nobody holds it; ${hint(role, held, 'create it, or name another')}`,
  };
}
