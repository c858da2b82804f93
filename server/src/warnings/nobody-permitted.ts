import { policyKind } from '#authz';
import { routeKind, whatPoliciesSee } from '#gateway';
import type { Finding, WarningCheck, World } from '#resources';
import type { WarningCode } from './codes.ts';
import { ANY, exactPlace, keysOf } from './route-index.ts';
import { statementsOf } from './statements.ts';

/**
 * A route that asks for a policy, and no policy in force permits what it does to anybody: deny by default refuses every
 * request. Policies on trial permit nothing.
 */
export const nobodyPermitted: WarningCheck = {
  reads: [routeKind, policyKind],
  async find(world) {
    const asking = world.all(routeKind).filter(({ spec }) => spec.enabled && spec.authorize.policies === 'required');
    if (asking.length === 0) return [];
    const permitted = await permittedKeys(world);
    return asking.flatMap(({ name, spec }): Finding[] => {
      const { authorize } = spec;
      const view = whatPoliciesSee(name, { ...spec, mask: undefined });
      const places = [ANY, view.resourceType, exactPlace(view)];
      if (keysOf([ANY, ...view.actions], places).some((key) => permitted.has(key))) return [];
      const done = view.actions.map((action) => `Action::"${action}"`).join(' or ');
      const thing = `${view.resourceType}::"${authorize.resource?.id ?? name}"`;
      return [
        {
          code: 'nobody_permitted' satisfies WarningCode,
          kind: routeKind,
          name,
          path: 'authorize.policies',
          about: '',
          message: () =>
            `no policy in force permits ${done} on ${thing} to anybody, so every request is refused; permit it, or let scopes or roles decide alone`,
        },
      ];
    });
  },
};

async function permittedKeys(world: World): Promise<ReadonlySet<string>> {
  const permits = (await statementsOf(world)).filter(({ effect, onTrial }) => effect === 'permit' && !onTrial);
  return new Set(
    permits.flatMap(({ actions = [ANY], resource: { type, id } }) => {
      if (type === undefined || id === undefined) return keysOf(actions, [type ?? ANY]);
      // Of what is made from the path, the id can be this one.
      return keysOf(actions, [exactPlace({ resourceType: type, resourceId: id }), exactPlace({ resourceType: type })]);
    }),
  );
}
