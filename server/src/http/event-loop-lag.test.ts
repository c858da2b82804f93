import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openMetrics } from './metrics.ts';

const NAMES = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

async function lags(registry: ReturnType<typeof openMetrics>['registry']): Promise<Record<string, number>> {
  const found = await Promise.all(
    NAMES.map(async (name) => {
      const metric = await registry.getSingleMetric(`nodejs_eventloop_lag_${name}_seconds`)?.get();
      return [name, metric?.values[0]?.value ?? Number.NaN] as const;
    }),
  );
  return Object.fromEntries(found);
}

describe('the lag of the event loop', () => {
  it('is how late timers were, and forgotten once it was told', async () => {
    const { registry } = openMetrics();
    expect(await lags(registry)).toEqual(Object.fromEntries(NAMES.map((name) => [name, 0])));
    const until = performance.now() + 350;
    while (performance.now() < until);
    await sleep(10);
    const { max = 0, p50 = 0 } = await lags(registry);
    expect(max).toBeGreaterThan(0.2);
    expect(p50).toBeGreaterThan(0.2);
    expect((await lags(registry)).max).toBe(0);
  });

  it('has one line for each name', async () => {
    const text = await openMetrics().registry.metrics();
    for (const name of NAMES) expect(text.split(`\nnodejs_eventloop_lag_${name}_seconds `)).toHaveLength(2);
  });
});
