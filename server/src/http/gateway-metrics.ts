import { Counter, Gauge, type Registry } from 'prom-client';
import { DURATION_BOUNDS_SECONDS, type RouteMetrics } from '#gateway';
import type { Metrics } from './metrics.ts';

/**
 * Shows the gateway's own counters to Prometheus. They are plain numbers that the data plane adds to; they are read only
 * when somebody scrapes.
 */
export function collectGatewayMetrics({ registry }: Metrics, read: () => readonly RouteMetrics[]): void {
  const registers: Registry[] = [registry];
  const labelNames = ['route'] as const;
  const sums = [
    ['gatehouse_gateway_bytes_in_total', 'Bytes of request bodies', (route: RouteMetrics) => route.bytesIn],
    ['gatehouse_gateway_bytes_out_total', 'Bytes of response bodies', (route: RouteMetrics) => route.bytesOut],
    ['gatehouse_gateway_aborted_total', 'Exchanges whose caller went away', (route: RouteMetrics) => route.aborted],
    [
      'gatehouse_gateway_upstream_failures_total',
      'Exchanges whose upstream failed',
      (route: RouteMetrics) => route.upstreamFailures,
    ],
  ] as const;
  for (const [name, help, value] of sums) {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const route of read()) this.inc({ route: route.route }, value(route));
      },
    });
  }
  new Counter({
    name: 'gatehouse_gateway_requests_total',
    help: 'Requests at the gateway by route and status; the route is empty where none took the request',
    labelNames: ['route', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { route, statuses } of read())
        for (const [status, count] of statuses) this.inc({ route, status: String(status) }, count);
    },
  });
  collectDurations(registers, read);
}

/** A histogram is a family of counters by upper bound (`le`), each including those below it. */
function collectDurations(registers: Registry[], read: () => readonly RouteMetrics[]): void {
  const name = 'gatehouse_gateway_request_duration_seconds';
  new Gauge({
    name: `${name}_bucket`,
    help: 'Requests that took at most `le` seconds, from their head to the end of their response',
    labelNames: ['route', 'le'],
    registers,
    collect() {
      this.reset();
      for (const { route, durations } of read()) {
        let total = 0;
        durations.forEach((count, index) => {
          total += count;
          this.set({ route, le: String(DURATION_BOUNDS_SECONDS[index] ?? '+Inf') }, total);
        });
      }
    },
  });
  new Gauge({
    name: `${name}_sum`,
    help: 'Seconds that requests took, added up',
    labelNames: ['route'],
    registers,
    collect() {
      this.reset();
      for (const { route, durationSecondsSum } of read()) this.set({ route }, durationSecondsSum);
    },
  });
  new Gauge({
    name: `${name}_count`,
    help: 'Requests that were timed',
    labelNames: ['route'],
    registers,
    collect() {
      this.reset();
      for (const { route, durations } of read())
        this.set(
          { route },
          durations.reduce((sum, count) => sum + count, 0),
        );
    },
  });
}
