import { Counter, Gauge } from 'prom-client';
import type { UpstreamHealth } from '#gateway';
import type { Metrics } from './metrics.ts';

type Target = UpstreamHealth['targets'][number];

/** Shows how each target of an upstream is, and what it did. Targets are named by their origin. */
export function collectUpstreamMetrics({ registry }: Metrics, read: () => readonly UpstreamHealth[]): void {
  const registers = [registry];
  const labelNames = ['upstream', 'target'] as const;
  const each = (tell: (labels: { upstream: string; target: string }, target: Target) => void) => {
    for (const { name, targets } of read())
      for (const target of targets) tell({ upstream: name, target: new URL(target.url).origin }, target);
  };
  const gauges = [
    ['gatehouse_upstream_target_available', '1 while a target may get requests', (t: Target) => Number(t.available)],
    ['gatehouse_upstream_target_in_flight', 'Requests under way at a target', (t: Target) => t.inFlight],
  ] as const;
  for (const [name, help, value] of gauges) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        each((labels, target) => this.set(labels, value(target)));
      },
    });
  }
  const counters = [
    ['gatehouse_upstream_target_requests_total', 'Tries at a target', (t: Target) => t.requests],
    ['gatehouse_upstream_target_failures_total', 'Tries at a target that failed', (t: Target) => t.failed],
    ['gatehouse_upstream_target_ejections_total', 'Times a target was ejected', (t: Target) => t.ejections],
  ] as const;
  for (const [name, help, value] of counters) {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        each((labels, target) => this.inc(labels, value(target)));
      },
    });
  }
  const sums = [
    ['gatehouse_upstream_retries_total', 'Further tries', (u: UpstreamHealth) => u.retries],
    ['gatehouse_upstream_refused_total', 'Requests that were sent to no target', (u: UpstreamHealth) => u.refused],
  ] as const;
  for (const [name, help, value] of sums) {
    new Counter({
      name,
      help,
      labelNames: ['upstream'],
      registers,
      collect() {
        this.reset();
        for (const upstream of read()) this.inc({ upstream: upstream.name }, value(upstream));
      },
    });
  }
}
