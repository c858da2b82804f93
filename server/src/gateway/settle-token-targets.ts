import type { Kind, Settle } from '#resources';
import { gatewayErrors } from './errors.ts';
import type { ApiPlace } from './ports.ts';
import { routeKind } from './route-kind.ts';
import { passedApi, type RouteSpec } from './route-spec.ts';
import { mayGetTokens } from './token-target.ts';
import { forTestKeys } from './upstreams/compile-upstream.ts';
import { upstreamKind } from './upstreams/upstream-kind.ts';
import type { UpstreamSpec } from './upstreams/upstream-spec.ts';

/**
 * Refuses whatever would send an API's access tokens where the API does not say that it is served: a route, another target
 * of an upstream, or less said by the API. The gateway itself closes such a route; here it is said in time.
 * @throws `upstream_token_misplaced`
 */
export function settleTokenTargets(apiKind: Kind<ApiPlace>): Settle {
  return async (_tx, { load }) => {
    const routes = (await load(routeKind)).filter(({ spec }) => passedApi(spec) !== undefined);
    if (routes.length === 0) return;
    const apis = new Map((await load(apiKind)).map(({ name, spec }) => [name, spec]));
    const upstreams = new Map((await load(upstreamKind)).map(({ name, spec }) => [name, spec]));
    for (const { name, spec } of routes) {
      const api = apis.get(passedApi(spec) ?? '');
      const faults = [spec, forTestKeys(spec)].map(
        (each) => each && faultOf(each, api, upstreams.get(each.upstream.name ?? '')),
      );
      const fault = faults.find((found) => found !== undefined);
      if (fault === undefined) continue;
      throw gatewayErrors.upstream_token_misplaced({
        message: `The route "${name}" can't send access tokens of the API "${passedApi(spec)}": ${fault}. Nothing was changed.`,
      });
    }
  };
}

function faultOf(
  { upstream: { url } }: RouteSpec,
  api: ApiPlace | undefined,
  upstream: UpstreamSpec | undefined,
): string | undefined {
  const targets = url === undefined ? (upstream?.targets.map((target) => target.url) ?? []) : [url];
  const misplaced = api && targets.find((target) => !mayGetTokens(api, [target]));
  if (misplaced !== undefined) {
    return `it is not served at ${URL.parse(misplaced)?.origin}, going by its audience or \`servedAt\``;
  }
  if (upstream?.secrets?.some(({ header }) => header?.name === 'authorization') !== true) return undefined;
  return 'the upstream has a secret that goes into the same header, Authorization';
}
