import { Counter, Gauge } from 'prom-client';
import type { LimiterState } from '#limits';
import type { Metrics } from './metrics.ts';

/** Shows whether limits are counted together with other processes. Says nothing where they never are. */
export function collectLimitMetrics({ registry }: Metrics, read: () => LimiterState | undefined): void {
  const registers = [registry];
  new Gauge({
    name: 'gatehouse_limits_shared',
    help: '1 while limits are counted in Redis together with other processes, 0 while each process is alone',
    registers,
    collect() {
      const state = read();
      if (state !== undefined) this.set(state.shared ? 1 : 0);
    },
  });
  new Gauge({
    name: 'gatehouse_limits_processes',
    help: 'Processes that share limits, as of when it was last known',
    registers,
    collect() {
      const state = read();
      if (state !== undefined) this.set(state.processes);
    },
  });
  new Counter({
    name: 'gatehouse_limits_counted_total',
    help: 'Requests counted against limits: `shared` in Redis, `alone` by this process because Redis did not answer, `late` those of them that waited for it',
    labelNames: ['where'],
    registers,
    collect() {
      const state = read();
      if (state === undefined) return;
      this.reset();
      this.inc({ where: 'shared' }, state.asked);
      this.inc({ where: 'alone' }, state.alone);
      this.inc({ where: 'late' }, state.late);
    },
  });
}
