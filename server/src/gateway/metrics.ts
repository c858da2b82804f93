import type { ExchangeOutcome } from './exchange.ts';

/** Counts per route and status, as plain numbers: `http` turns them into what Prometheus reads. */
export interface RouteMetrics {
  readonly tenantId: string;
  /** Empty for requests that no route took. */
  readonly route: string;
  /** Requests by the status that was sent. */
  readonly statuses: Map<number, number>;
  /** How many took at most `DURATION_BOUNDS_SECONDS[i]` seconds; the last count is of all that took longer. */
  readonly durations: number[];
  durationSecondsSum: number;
  bytesIn: number;
  bytesOut: number;
  aborted: number;
  upstreamFailures: number;
}

/** Upper bounds in seconds. The first ones tell the gateway's own share, the later ones the upstream's. */
export const DURATION_BOUNDS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

export class GatewayMetrics {
  #routes = new Map<string, RouteMetrics>();

  /** The counters of a route: the same object for as long as the route is configured. */
  route(tenantId: string, route: string): RouteMetrics {
    const key = `${tenantId} ${route}`;
    let metrics = this.#routes.get(key);
    if (metrics === undefined) {
      metrics = {
        tenantId,
        route,
        statuses: new Map(),
        durations: new Array<number>(DURATION_BOUNDS_SECONDS.length + 1).fill(0),
        durationSecondsSum: 0,
        bytesIn: 0,
        bytesOut: 0,
        aborted: 0,
        upstreamFailures: 0,
      };
      this.#routes.set(key, metrics);
    }
    return metrics;
  }

  /** Forgets routes that are no longer configured, so that names that come and go can't fill memory. */
  keepOnly(used: ReadonlySet<RouteMetrics>): void {
    this.#routes = new Map([...this.#routes].filter(([, metrics]) => metrics.route === '' || used.has(metrics)));
  }

  read(): readonly RouteMetrics[] {
    return [...this.#routes.values()];
  }
}

export function count(metrics: RouteMetrics, measured: ExchangeOutcome): void {
  metrics.statuses.set(measured.status, (metrics.statuses.get(measured.status) ?? 0) + 1);
  const seconds = measured.durationMilliseconds / 1000;
  let bucket = 0;
  while (bucket < DURATION_BOUNDS_SECONDS.length && seconds > (DURATION_BOUNDS_SECONDS[bucket] ?? 0)) bucket += 1;
  metrics.durations[bucket] = (metrics.durations[bucket] ?? 0) + 1;
  metrics.durationSecondsSum += seconds;
  metrics.bytesIn += measured.bytesIn;
  metrics.bytesOut += measured.bytesOut;
  if (measured.aborted) metrics.aborted += 1;
  if (measured.upstreamFailure !== undefined) metrics.upstreamFailures += 1;
}
