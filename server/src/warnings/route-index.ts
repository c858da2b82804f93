import { type PolicyView, routeKind, whatPoliciesSee } from '#gateway';
import type { World } from '#resources';
import { onceAWorld } from './once-a-world.ts';

/** Stands for every action, and for every resource. No route has an action of this name. */
export const ANY = '';

/** What policies see of all routes, put together, so that a statement is compared with all it can apply to at once. */
export interface RouteIndex {
  readonly actions: ReadonlySet<string>;
  /** Routes that these actions (undefined: any) on this resource can be about; undefined: there is none. */
  reachedBy(reach: Reach): ReachedRoutes | undefined;
}

export interface Reach {
  actions: readonly string[] | undefined;
  resource: { type?: string; id?: string };
}

export interface ReachedRoutes {
  hasParameter(name: string): boolean;
  parameters(): string[];
}

export const indexRoutes = onceAWorld((world: World): RouteIndex => {
  const actions = new Set<string>();
  const parametersAt = new Map<string, Set<string>>();
  for (const { name, spec } of world.all(routeKind)) {
    const view = whatPoliciesSee(name, spec);
    for (const action of view.actions) actions.add(action);
    for (const key of keysOf([ANY, ...view.actions], [ANY, view.resourceType, exactPlace(view)])) {
      const known = parametersAt.get(key) ?? new Set();
      parametersAt.set(key, known);
      for (const parameter of view.parameters) known.add(parameter);
    }
  }
  return {
    actions,
    reachedBy({ actions: named = [ANY], resource: { type, id } }) {
      const places =
        type === undefined || id === undefined
          ? [type ?? ANY]
          : [exactPlace({ resourceType: type, resourceId: id }), exactPlace({ resourceType: type })];
      const reached = keysOf(named, places).flatMap((key) => parametersAt.get(key) ?? []);
      if (reached.length === 0) return undefined;
      return {
        hasParameter: (name) => reached.some((parameters) => parameters.has(name)),
        parameters: () => [...new Set(reached.flatMap((parameters) => [...parameters]))],
      };
    },
  };
});

/** Without an id: one that is made from the path of each request, and can be any. A type has no space in it. */
export function exactPlace({ resourceType, resourceId }: Pick<PolicyView, 'resourceType' | 'resourceId'>): string {
  return resourceId === undefined ? `${resourceType} *` : `${resourceType}::${resourceId}`;
}

export function keysOf(actions: readonly string[], places: readonly string[]): string[] {
  return actions.flatMap((action) => places.map((place) => `${action} ${place}`));
}
