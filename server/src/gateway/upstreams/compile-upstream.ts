import type { UpstreamTarget, UpstreamTimeouts } from '../exchange.ts';
import type { ApiPlace } from '../ports.ts';
import { isAnonymous, passedApi, type RouteSpec } from '../route-spec.ts';
import { mayGetTokens } from '../token-target.ts';
import { compileSecrets, type SecretPlaces } from '../upstream-secrets/inject-secrets.ts';
import type { UpstreamGroup } from './upstream-group.ts';
import { NO_TIME, NOWHERE, type Way, wayOf } from './way.ts';

/** What of a route hangs on where its requests go. */
export interface CompiledUpstream {
  /** Set when the route owns its path and answers nothing: it never lets a broader route answer in its place. */
  readonly closed: 'disabled' | 'unusable' | undefined;
  /** Where requests go; the first of several when `group` chooses. */
  readonly upstream: UpstreamTarget;
  readonly group: UpstreamGroup | undefined;
  /** Path of the upstream's URL without its last slash; empty when it has none. */
  readonly basePath: string;
  readonly timeouts: UpstreamTimeouts;
  readonly identityAudience: string | undefined;
  /** What the upstream asks for, which callers never hold. */
  readonly secrets: SecretPlaces | undefined;
}

export interface UpstreamContext {
  /** By name. */
  apis: ReadonlyMap<string, ApiPlace>;
  /** The upstream of this name, if it is there. */
  upstreamOf?: ((name: string) => UpstreamGroup | undefined) | undefined;
}

/** @param described false when the route asks for a description of its API that is not there. */
export function compileUpstream(spec: RouteSpec, described: boolean, context: UpstreamContext): CompiledUpstream {
  const { upstream } = spec;
  const way = wayOf(upstream, context.upstreamOf);
  return {
    closed: closedReason(spec, described ? way : undefined, context),
    upstream: way?.target ?? NOWHERE,
    group: way?.group,
    basePath: way?.basePath ?? '',
    timeouts: way?.timeouts ?? NO_TIME,
    identityAudience: upstream.sendIdentity && !isAnonymous(spec) ? way?.audience : undefined,
    secrets: way?.group && compileSecrets(way.group.name, way.group.spec),
  };
}

/** The same route for test keys, where those go elsewhere: to a service of their own, with its secrets and its audience. */
export function forTestKeys({ upstream: { test, ...upstream }, ...spec }: RouteSpec): RouteSpec | undefined {
  return test && { ...spec, upstream: { ...upstream, url: test.url, name: test.name } };
}

function closedReason(
  spec: RouteSpec,
  way: Way | undefined,
  { apis, upstreamOf }: UpstreamContext,
): CompiledUpstream['closed'] {
  if (!spec.enabled) return 'disabled';
  if (way === undefined || isUnseen(spec, way)) return 'unusable';
  const passed = passedApi(spec);
  if (passed !== undefined) {
    const { url, name = '' } = spec.upstream;
    const targets = url === undefined ? (upstreamOf?.(name)?.spec.targets.map((target) => target.url) ?? []) : [url];
    const place = apis.get(passed);
    if (place === undefined || !mayGetTokens(place, targets)) return 'unusable';
  }
  // The API was deleted in spite of the reference: with no audience to check, a token for anything would do.
  return spec.api !== undefined && apis.get(spec.api) === undefined ? 'unusable' : undefined;
}

/** What is said in gRPC is not looked at: nothing can be hidden in it, or held against a description of something else. */
function isUnseen({ mask, openapi }: RouteSpec, { target }: Way): boolean {
  return target.http2 === true && (mask !== undefined || openapi !== undefined);
}
