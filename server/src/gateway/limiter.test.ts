import { describe, expect, test } from 'vitest';
import { type Limit, MemoryLimiter, makeLimit } from './limiter.ts';
import { rateLimit, rateLimitPolicy } from './rate-limit-headers.ts';

const perMinute = makeLimit('ten_1 plan free', 'plan', { requests: 3, perSeconds: 60 });
const perSecond = makeLimit('ten_1 route weather', 'route', { requests: 2, perSeconds: 1 });

function taker(limiter = new MemoryLimiter()) {
  return (limits: [Limit, ...Limit[]], subject: string, now: number) => {
    const [first, ...others] = limits.map((limit) => ({ limit, subject }));
    if (first === undefined) throw new Error('no limit');
    return limiter.take([first, ...others], now);
  };
}

describe('limiter', () => {
  test('counts each subject alone', () => {
    const take = taker();
    expect([take([perSecond], 'a', 0), take([perSecond], 'a', 0), take([perSecond], 'a', 0)]).toMatchObject([
      { allowed: true, remaining: 1, resetSeconds: 1 },
      { allowed: true, remaining: 0, resetSeconds: 1 },
      { allowed: false, remaining: 0, resetSeconds: 1 },
    ]);
    expect(take([perSecond], 'b', 0).allowed).toBe(true);
    expect(take([perSecond], 'a', 500).allowed).toBe(true);
  });

  test('a request that one limit refuses costs nothing at the other', () => {
    const take = taker();
    for (const allowed of [true, true, false, false, false])
      expect(take([perMinute, perSecond], 'a', 0).allowed).toBe(allowed);
    // The three refusals by the route left the plan's third request unspent.
    expect(take([perMinute, perSecond], 'a', 1000)).toMatchObject({ allowed: true, limit: perMinute, remaining: 0 });
    expect(take([perMinute, perSecond], 'a', 1500)).toMatchObject({
      allowed: false,
      limit: perMinute,
      resetSeconds: 19,
    });
  });

  test('of two empty buckets the one that lasts longer is told', () => {
    const slow = makeLimit('s', 'slow', { requests: 1, perSeconds: 100 });
    const quick = makeLimit('q', 'quick', { requests: 1, perSeconds: 10 });
    for (const order of [
      [slow, quick],
      [quick, slow],
    ] as [Limit, Limit][]) {
      const take = taker();
      take(order, 'a', 0);
      expect(take(order, 'a', 0)).toMatchObject({ allowed: false, limit: slow, resetSeconds: 100 });
    }
  });

  test('limits with other numbers are other limits', () => {
    const wider = makeLimit('ten_1 route weather', 'route', { requests: 20, perSeconds: 1 });
    expect(wider.key).not.toBe(perSecond.key);
  });

  test('memory is bounded, and what is in use is kept', () => {
    const limiter = new MemoryLimiter(100);
    const take = taker(limiter);
    expect(take([perSecond], 'busy', 0).remaining).toBe(1);
    expect(take([perSecond], 'busy', 0).remaining).toBe(0);
    for (let index = 0; index < 1000; index += 1) {
      take([perSecond], `flood-${index}`, 0);
      if (index % 20 === 0) expect(take([perSecond], 'busy', 0).allowed).toBe(false);
    }
    expect(limiter.size).toBeLessThanOrEqual(100);
  });
});

describe('a flood of callers', () => {
  const perMonth = makeLimit('ten_1 plan free', 'plan', { requests: 2, perSeconds: 2_592_000 });
  const perAddress = makeLimit('ten_1 route open', 'route', { requests: 5, perSeconds: 60 });

  test('does not give anybody his spent quota back', () => {
    const limiter = new MemoryLimiter(1000);
    const take = taker(limiter);
    for (const allowed of [true, true, false]) expect(take([perMonth], 'key_1', 0).allowed).toBe(allowed);
    for (let index = 0; index < 20_000; index += 1) take([perAddress], `address-${index}`, index);
    expect(take([perMonth], 'key_1', 20_000).allowed).toBe(false);
    expect(limiter.size).toBe(1000);
  });

  test('costs those with a partly spent one least: full buckets go first, and lose nothing', () => {
    const take = taker(new MemoryLimiter(100));
    for (let index = 0; index < 50; index += 1) take([perMonth], `key_${index}`, 0);
    // Each address is full again before the next comes.
    for (let index = 0; index < 5_000; index += 1) take([perAddress], `address-${index}`, index * 60_000);
    for (let index = 0; index < 50; index += 1) expect(take([perMonth], `key_${index}`, 0).remaining).toBe(0);
  });
});

test('a clock that tells no time refuses, and spoils nothing for later', () => {
  const take = taker();
  expect(take([perSecond], 'a', Number.NaN)).toMatchObject({ allowed: false, resetSeconds: 1 });
  expect([take([perSecond], 'a', 0), take([perSecond], 'a', 0), take([perSecond], 'a', 0)]).toMatchObject([
    { allowed: true },
    { allowed: true },
    { allowed: false },
  ]);
});

describe('rate limit headers', () => {
  test('name every policy and the tightest state', () => {
    const bursty = makeLimit('r', 'route', { requests: 100, perSeconds: 60, burst: 10 });
    expect(rateLimitPolicy([perMinute, bursty])).toBe('"plan";q=3;w=60, "route";q=100;w=60;gatehouse-burst=10');
    expect(rateLimit({ allowed: true, limit: perMinute, remaining: 2, resetSeconds: 20 })).toBe('"plan";r=2;t=20');
  });
});
