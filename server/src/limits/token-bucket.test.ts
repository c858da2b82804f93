import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketRule, takeToken, tokensLeft, untilFull, untilToken } from './token-bucket.ts';

describe('token bucket', () => {
  test('gives the burst at once, then one token each interval', () => {
    const rule = bucketRule({ requests: 60, perSeconds: 60, burst: 3 });
    const state = { fullAt: 0 };
    for (const left of [3, 2, 1]) {
      expect(tokensLeft(rule, state, 1000)).toBe(left);
      takeToken(rule, state, 1000);
    }
    expect(tokensLeft(rule, state, 1000)).toBe(0);
    expect(untilToken(rule, state, 1000)).toBe(1000);
    expect(untilFull(state, 1000)).toBe(3000);
    expect(tokensLeft(rule, state, 1999)).toBe(0);
    expect(tokensLeft(rule, state, 2000)).toBe(1);
    expect(tokensLeft(rule, state, 4000)).toBe(3);
    expect(tokensLeft(rule, state, 4_000_000)).toBe(3);
  });

  const limit = fc.record({
    requests: fc.integer({ min: 1, max: 1000 }),
    perSeconds: fc.integer({ min: 1, max: 3600 }),
    burst: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  });
  /** Pauses in milliseconds between two attempts. */
  const pauses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5000, noNaN: true })), { maxLength: 200 });

  test('never grants more than the burst and what came back since', () => {
    fc.assert(
      fc.property(limit, pauses, fc.double({ min: 0, max: 1e9, noNaN: true }), (spec, waits, start) => {
        const rule = bucketRule(spec);
        const state = { fullAt: 0 };
        let now = start;
        let granted = 0;
        for (const wait of waits) {
          now += wait;
          if (tokensLeft(rule, state, now) > 0) {
            takeToken(rule, state, now);
            granted += 1;
          }
          const allowed = rule.capacity + (now - start) / rule.intervalMilliseconds;
          expect(granted).toBeLessThanOrEqual(allowed + 1e-3);
        }
      }),
    );
  });

  test('agrees with a bucket that counts', () => {
    fc.assert(
      fc.property(limit, pauses, (spec, waits) => {
        const rule = bucketRule(spec);
        const state = { fullAt: 0 };
        let tokens = rule.capacity;
        let now = 0;
        for (const wait of waits) {
          now += wait;
          tokens = Math.min(rule.capacity, tokens + wait / rule.intervalMilliseconds);
          const left = tokensLeft(rule, state, now);
          expect(left).toBeGreaterThanOrEqual(Math.floor(tokens - 1e-5));
          expect(left).toBeLessThanOrEqual(Math.floor(tokens + 1e-5));
          if (left > 0) {
            takeToken(rule, state, now);
            tokens -= 1;
          }
        }
      }),
    );
  });

  test('whoever waits as long as he was told is served', () => {
    fc.assert(
      fc.property(limit, fc.double({ min: 0, max: 1e9, noNaN: true }), (spec, start) => {
        const rule = bucketRule(spec);
        const state = { fullAt: 0 };
        for (let taken = 0; taken < rule.capacity; taken += 1) takeToken(rule, state, start);
        expect(tokensLeft(rule, state, start)).toBe(0);
        expect(tokensLeft(rule, state, start + untilToken(rule, state, start))).toBe(1);
      }),
    );
  });
});
