import type { UpstreamTarget, UpstreamTimeouts } from '../exchange.ts';
import type { RouteSpec } from '../route-spec.ts';
import { upstreamTarget } from '../upstream-target.ts';
import type { UpstreamGroup } from './upstream-group.ts';

/** How requests of a route reach their service. */
export interface Way {
  readonly target: UpstreamTarget;
  /** Set when one of several targets is chosen for each request. */
  readonly group: UpstreamGroup | undefined;
  /** Path of the target's URL without its last slash; empty when it has none. */
  readonly basePath: string;
  readonly timeouts: UpstreamTimeouts;
  /** Whom `Gatehouse-Identity` is meant for. */
  readonly audience: string;
}

/** A connection that does not stand after five seconds will rarely stand after ten. */
const CONNECT_MILLISECONDS_MAX = 5000;
/** Silence in the middle of a response. Long enough for server-sent events with the customary heartbeat of 15 to 30 s. */
const IDLE_MILLISECONDS_MIN = 60_000;

/** For routes that are closed, and forward nothing. */
export const NOWHERE: UpstreamTarget = upstreamTarget('http://nowhere.invalid');
export const NO_TIME: UpstreamTimeouts = { connectMilliseconds: 0, headersMilliseconds: 0, idleMilliseconds: 0 };

export function wayOf(
  { url, name, timeoutSeconds, protocol }: RouteSpec['upstream'],
  upstreamOf: ((name: string) => UpstreamGroup | undefined) | undefined,
): Way | undefined {
  if (url !== undefined) return wayToUrl(url, timeoutSeconds * 1000, protocol === 'grpc');
  const group = name === undefined ? undefined : upstreamOf?.(name);
  return group === undefined ? undefined : wayToGroup(group);
}

function wayToUrl(url: string, timeoutMilliseconds: number, http2: boolean): Way {
  const target = upstreamTarget(url, http2);
  return {
    target,
    group: undefined,
    basePath: basePathOf(url),
    timeouts: {
      connectMilliseconds: Math.min(CONNECT_MILLISECONDS_MAX, timeoutMilliseconds),
      headersMilliseconds: timeoutMilliseconds,
      idleMilliseconds: Math.max(IDLE_MILLISECONDS_MIN, timeoutMilliseconds),
    },
    audience: target.origin,
  };
}

function wayToGroup(group: UpstreamGroup): Way {
  const { targets, audience, timeouts } = group.spec;
  const url = targets[0]?.url ?? '';
  const target = upstreamTarget(url, group.spec.protocol === 'grpc');
  const { connectSeconds, headSeconds, idleSeconds, totalSeconds } = timeouts;
  return {
    target,
    group,
    basePath: basePathOf(url),
    timeouts: {
      connectMilliseconds: connectSeconds * 1000,
      headersMilliseconds: headSeconds * 1000,
      idleMilliseconds: idleSeconds * 1000,
      totalMilliseconds: totalSeconds === undefined ? undefined : totalSeconds * 1000,
    },
    audience: audience ?? target.origin,
  };
}

function basePathOf(url: string): string {
  return URL.parse(url)?.pathname.replace(/\/$/, '') ?? '';
}
