import { parsePathPattern } from './path-pattern.ts';
import type { RouteSpec } from './route-spec.ts';

/** What policies can be told of the requests of a route, before any comes. As `decisionRequest` fills it in for one. */
export interface PolicyView {
  /** Of the route and of its masks, each once. */
  actions: readonly string[];
  resourceType: string;
  /** Absent: it is made from the path of each request. */
  resourceId?: string;
  /** Names in `context.parameters`. */
  parameters: readonly string[];
}

export function whatPoliciesSee(name: string, { match, authorize, mask }: RouteSpec): PolicyView {
  const methods = match.methods.map((method) => (method === 'HEAD' ? 'GET' : method));
  const own = authorize.action === undefined ? methods : [authorize.action];
  const masks = mask?.groups.flatMap(({ unless }) => unless.action ?? []) ?? [];
  return {
    actions: [...new Set([...own, ...masks])],
    resourceType: authorize.resource?.type ?? 'Route',
    ...(authorize.resource === undefined ? { resourceId: name } : {}),
    // A bare `*` has no name.
    parameters: parsePathPattern(match.path).names.filter((parameter) => parameter !== ''),
  };
}
