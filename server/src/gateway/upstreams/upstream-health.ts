import type { UpstreamGroup } from './upstream-group.ts';

/** How one process sees an upstream. */
export interface UpstreamHealth {
  name: string;
  /** Of all targets together: `open` while callers are told at once that nothing works. */
  breaker: 'closed' | 'open' | 'half_open';
  inFlight: number;
  retries: number;
  /** Requests that were refused without being sent. */
  refused: number;
  targets: {
    url: string;
    weight: number;
    /** May it get requests now? */
    available: boolean;
    /** What active checks say. */
    healthy: boolean;
    ejection: 'closed' | 'open' | 'half_open';
    inFlight: number;
    requests: number;
    failed: number;
    ejections: number;
    problem: string;
  }[];
}

export function upstreamHealth(group: UpstreamGroup, now: number): UpstreamHealth {
  const { name, inFlight, retries, refused } = group;
  return {
    name,
    breaker: group.state(now),
    inFlight,
    retries,
    refused,
    targets: group.targets.map((target) => ({
      url: target.url,
      weight: target.weight,
      available: target.mayTry(now),
      healthy: target.healthy,
      ejection: target.breaker.state(now),
      inFlight: target.inFlight,
      requests: target.requests,
      failed: target.failed,
      ejections: target.ejections,
      problem: target.lastProblem,
    })),
  };
}
