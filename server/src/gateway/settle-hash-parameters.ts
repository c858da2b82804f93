import type { LoadedResource, Settle } from '#resources';
import { gatewayErrors } from './errors.ts';
import { parsePathPattern } from './path-pattern.ts';
import { routeKind } from './route-kind.ts';
import type { RouteSpec } from './route-spec.ts';
import { upstreamKind } from './upstreams/upstream-kind.ts';

type Route = LoadedResource<RouteSpec>;

/**
 * Refuses a route whose upstream goes by a parameter of the path that this path has not: its requests would go anywhere,
 * and nobody would hear of it. A path without any parameter may stand beside one that has it (`/carts` and `/carts/{id}`):
 * there is nothing to go by, and its requests are balanced.
 * @throws `hash_parameter_missing`
 */
export const settleHashParameters: Settle = async (_tx, { isChanged, load }) => {
  const upstreams = (await load(upstreamKind)).filter(({ spec }) => spec.hash?.by === 'path_parameter');
  if (upstreams.length === 0) return;
  const routes = await load(routeKind);
  for (const { name, spec } of upstreams) {
    const parameter = spec.hash?.name ?? '';
    const served = routes.filter((route) => upstreamsOf(route).includes(name));
    const lacking = served.filter((route) => !parametersOf(route).includes(parameter));
    const isUseless = lacking.length === served.length;
    const fault = lacking.find(
      (route) =>
        (isUseless || parametersOf(route).length > 0) &&
        (isChanged(upstreamKind, name) || isChanged(routeKind, route.name)),
    );
    if (fault === undefined) continue;
    throw gatewayErrors.hash_parameter_missing({
      message: `The upstream "${name}" chooses its target by the path parameter {${parameter}}, and the path of the route "${fault.name}", ${fault.spec.match.path}, has none of that name. Call a parameter of the path so, or change \`hash.name\` of the upstream. Nothing was changed.`,
    });
  }
};

function upstreamsOf({ spec: { upstream } }: Route): (string | undefined)[] {
  return [upstream.name, upstream.test?.name];
}

/** A bare `*` has no name. */
function parametersOf({ spec: { match } }: Route): string[] {
  return parsePathPattern(match.path).names.filter((name) => name !== '');
}
