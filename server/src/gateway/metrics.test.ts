import { expect, test } from 'vitest';
import { outcome } from './gateway.fixture.ts';
import { count, DURATION_BOUNDS_SECONDS, GatewayMetrics } from './metrics.ts';

test('each exchange is counted once, in the bucket of its duration', () => {
  const metrics = new GatewayMetrics();
  const route = metrics.route('ten_1', 'weather');
  for (const durationMilliseconds of [0, 1, 1.1, 10_000, 10_001])
    count(route, outcome(200, { durationMilliseconds, bytesIn: 1, bytesOut: 2 }));
  count(route, outcome(502, { aborted: true, upstreamFailure: 'reset', durationMilliseconds: 3 }));
  expect(route).toMatchObject({ bytesIn: 5, bytesOut: 10, aborted: 1, upstreamFailures: 1 });
  expect(route.statuses).toEqual(
    new Map([
      [200, 5],
      [502, 1],
    ]),
  );
  expect(route.durations).toEqual([2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  expect(route.durations).toHaveLength(DURATION_BOUNDS_SECONDS.length + 1);
  expect(route.durationSecondsSum).toBeCloseTo(20.0061, 3);
});

test('a route that is gone is forgotten, the rest stays', () => {
  const metrics = new GatewayMetrics();
  const kept = metrics.route('ten_1', 'a');
  metrics.route('ten_1', 'b');
  const unmatched = metrics.route('ten_1', '');
  metrics.keepOnly(new Set([kept]));
  expect(metrics.read()).toEqual([kept, unmatched]);
  expect(metrics.route('ten_1', 'a')).toBe(kept);
});
