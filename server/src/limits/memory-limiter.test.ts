import { describe, expect, test } from 'vitest';
import { type Limit, makeLimit as makeLimitAt } from './limit.ts';
import type { LimitSpec } from './limit-spec.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { rateLimitNumbers, rateLimitPolicy, rateLimitStart } from './rate-limit-headers.ts';

const makeLimit = (owner: string, name: string, spec: LimitSpec) =>
  makeLimitAt({ tenantId: 'ten_1', owner, name, by: 'credential' }, spec);

const perMinute = makeLimit('plan free', 'plan', { requests: 3, perSeconds: 60 });
const perSecond = makeLimit('route weather', 'route', { requests: 2, perSeconds: 1 });

function taker(limiter = new MemoryLimiter()) {
  return (limits: [Limit, ...Limit[]], subject: string, now: number) => {
    const [first, ...others] = limits.map((limit) => ({ limit, subject }));
    if (first === undefined) throw new Error('no limit');
    return limiter.take([first, ...others], now, now);
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
    const wider = makeLimit('route weather', 'route', { requests: 20, perSeconds: 1 });
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
  const perMonth = makeLimit('plan free', 'plan', { requests: 2, perSeconds: 2_592_000 });
  const perAddress = makeLimit('route open', 'route', { requests: 5, perSeconds: 60 });

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

describe('under way', () => {
  const two = makeLimit('route weather', 'route', { concurrent: 2 });
  const tight = makeLimit('route weather', 'route-2', { requests: 1, perSeconds: 60 });

  test('is given back, once, and leaves nothing behind', () => {
    const limiter = new MemoryLimiter();
    const charge = { limit: two, subject: 'a' };
    const take = () => limiter.take([charge], 0, 0).allowed;
    expect([take(), take(), take()]).toEqual([true, true, false]);
    limiter.release([charge]);
    expect([take(), take()]).toEqual([true, false]);
    limiter.release([charge]);
    limiter.release([charge]);
    expect(limiter.underWay).toBe(0);
    limiter.release([charge]);
    expect([take(), take(), take()]).toEqual([true, true, false]);
  });

  test('what another limit refuses is not under way', () => {
    const limiter = new MemoryLimiter();
    const charges = (subject: string) =>
      [
        { limit: two, subject },
        { limit: tight, subject },
      ] as const;
    for (let index = 0; index < 100; index += 1) limiter.take([...charges('a')], 0, 0);
    expect(limiter.underWay).toBe(1);
    limiter.release(charges('a'));
    for (let index = 0; index < 100; index += 1) limiter.take([...charges('a')], 0, 0);
    expect(limiter.underWay).toBe(0);
  });

  test('a part of each limit is one at least', () => {
    const limiter = new MemoryLimiter();
    limiter.setShare(1 / 4);
    const take = (limit: Limit, subject: string) => limiter.take([{ limit, subject }], 0, 0).allowed;
    expect([take(tight, 'a'), take(tight, 'a')]).toEqual([true, false]);
    expect([take(two, 'a'), take(two, 'a')]).toEqual([true, false]);
    const eight = makeLimit('route wide', 'route', { requests: 8, perSeconds: 60, window: 'sliding' });
    expect([take(eight, 'a'), take(eight, 'a'), take(eight, 'a')]).toEqual([true, true, false]);
    limiter.setShare(1);
    expect(take(eight, 'a')).toBe(true);
  });
});

test('whoever raises a quota does not get it anew', () => {
  const limiter = new MemoryLimiter();
  const quota = (requests: number) => ({
    limit: makeLimit('plan free', 'plan', { requests, per: 'month' }),
    subject: 'a',
  });
  for (const allowed of [true, true, false]) expect(limiter.take([quota(2)], 0, 0).allowed).toBe(allowed);
  expect(limiter.take([quota(3)], 0, 0)).toMatchObject({ allowed: true, remaining: 0 });
  expect(limiter.take([quota(3)], 0, 0).allowed).toBe(false);
});

describe('rate limit headers', () => {
  test('name every policy and the tightest state', () => {
    const bursty = makeLimit('r', 'route', { requests: 100, perSeconds: 60, burst: 10 });
    expect(rateLimitPolicy([perMinute, bursty])).toBe('"plan";q=3;w=60, "route";q=100;w=60;gatehouse-burst=10');
    const others = [
      makeLimit('p', 'plan', { requests: 10, perSeconds: 60, window: 'sliding' }),
      makeLimit('p', 'plan-2', { requests: 1000, per: 'day' }),
      makeLimit('p', 'plan-3', { requests: 9000, per: 'month' }),
      makeLimit('p', 'plan-4', { concurrent: 5 }),
    ];
    expect(rateLimitPolicy(others)).toBe(
      '"plan";q=10;w=60, "plan-2";q=1000;w=86400, "plan-3";q=9000;gatehouse-per="month", "plan-4";q=5;qu="concurrent-requests"',
    );
    const outcome = { allowed: true, limit: perMinute, remaining: 2, resetSeconds: 20 };
    expect(rateLimitStart(perMinute) + rateLimitNumbers(outcome)).toBe('"plan";r=2;t=20');
  });
});
