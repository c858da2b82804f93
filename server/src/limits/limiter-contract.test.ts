import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RedisUnderTest, redisProgram, startRedis, testLogger } from '#testing';
import { type Charge, type Limit, type Limiter, makeLimit } from './limit.ts';
import type { LimitSpec } from './limit-spec.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { SharedLimiter } from './redis-limiter.ts';
import { openRedisLink, type RedisLink } from './redis-link.ts';
import { redisKey } from './redis-scripts.ts';

/** What every limiter does, wherever it counts. Redis has a clock of its own, so nothing here waits for time to pass. */

let redis: RedisUnderTest;
let link: RedisLink;
let run = 0;
beforeAll(async () => {
  if (redisProgram === undefined) return;
  redis = await startRedis();
  link = await openRedisLink({ url: redis.url, timeoutMilliseconds: 2_000, log: testLogger() });
  await vi.waitUntil(() => link.usable);
});
afterAll(async () => {
  link?.close();
  await redis?.close();
});
beforeEach(() => {
  run += 1;
});

const limiters: [string, boolean, () => Limiter][] = [
  ['memory', true, () => new MemoryLimiter()],
  [
    'Redis or Valkey',
    redisProgram !== undefined,
    () => new SharedLimiter({ link, processId: 'p1', whenDown: 'share', log: testLogger() }),
  ],
];

const limitOf = (name: string, spec: LimitSpec): Limit =>
  makeLimit({ tenantId: 'ten_1', owner: `test ${run} ${name}`, name, by: 'credential' }, spec);

function taker(limiter: Limiter) {
  return async (limits: Limit[], subject = 'a') => {
    const [first, ...others] = limits.map((limit): Charge => ({ limit, subject }));
    if (first === undefined) throw new Error('no limit');
    return limiter.take([first, ...others], performance.now(), Date.parse('2026-11-22T10:00:00Z'));
  };
}

describe.each(limiters.filter(([, here]) => here))('%s', (_name, _here, open) => {
  test.each<[string, LimitSpec, number]>([
    ['a bucket', { requests: 3, perSeconds: 3600 }, 3],
    ['a bucket with a burst', { requests: 100, perSeconds: 360_000, burst: 2 }, 2],
    ['a window', { requests: 3, perSeconds: 3600, window: 'sliding' }, 3],
    ['a quota by day', { requests: 4, per: 'day' }, 4],
    ['a quota by month', { requests: 1, per: 'month' }, 1],
    ['requests under way', { concurrent: 3 }, 3],
  ])('%s lets through as many as it says, and counts each subject alone', async (name, spec, most) => {
    const take = taker(open());
    const limit = limitOf(name, spec);
    for (let left = most; left > 0; left -= 1)
      expect(await take([limit])).toMatchObject({ allowed: true, remaining: left - 1, limit });
    const refused = await take([limit]);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, limit });
    expect(refused.resetSeconds).toBeGreaterThanOrEqual(1);
    expect((await take([limit])).allowed).toBe(false);
    expect((await take([limit], 'b')).allowed).toBe(true);
  });

  test('tells when there is room again', async () => {
    const take = taker(open());
    const quota = limitOf('day', { requests: 1, per: 'day' });
    expect((await take([quota])).resetSeconds).toBe(14 * 3600);
    expect((await take([quota])).resetSeconds).toBe(14 * 3600);
    const bucket = limitOf('bucket', { requests: 2, perSeconds: 7200 });
    expect((await take([bucket])).resetSeconds).toBe(3600);
    expect((await take([bucket])).resetSeconds).toBe(7200);
    expect((await take([bucket])).resetSeconds).toBe(3600);
    const window = limitOf('window', { requests: 1, perSeconds: 1600, window: 'sliding' });
    expect((await take([window])).allowed).toBe(true);
    const { resetSeconds } = await take([window]);
    expect(resetSeconds).toBeGreaterThan(1599);
    expect(resetSeconds).toBeLessThanOrEqual(1700);
  });

  test('a request that one limit refuses costs nothing at the others', async () => {
    const take = taker(open());
    const tight = limitOf('tight', { requests: 1, perSeconds: 3600 });
    const others = [
      limitOf('bucket', { requests: 2, perSeconds: 3600 }),
      limitOf('window', { requests: 2, perSeconds: 3600, window: 'sliding' }),
      limitOf('quota', { requests: 2, per: 'day' }),
      limitOf('at a time', { concurrent: 2 }),
    ];
    expect((await take([tight, ...others])).allowed).toBe(true);
    for (let count = 0; count < 5; count += 1)
      expect(await take([...others, tight])).toMatchObject({ allowed: false, limit: tight });
    for (const limit of others) expect(await take([limit])).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('what is under way is given back', async () => {
    const limiter = open();
    const take = taker(limiter);
    const limit = limitOf('at a time', { concurrent: 2 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => take([limit])));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(2);
    limiter.release([{ limit, subject: 'a' }]);
    expect([(await take([limit])).allowed, (await take([limit])).allowed]).toEqual([true, false]);
    limiter.release([{ limit, subject: 'a' }]);
    limiter.release([{ limit, subject: 'a' }]);
    expect(await take([limit])).toMatchObject({ allowed: true, remaining: 1 });
  });

  test('a subject can hold anything', async () => {
    const take = taker(open());
    const limit = limitOf('odd', { requests: 1, perSeconds: 3600 });
    for (const subject of ['', 'ü{}', 'a\nb', ' ', '*', '2001:db8::/64'])
      expect([(await take([limit], subject)).allowed, (await take([limit], subject)).allowed]).toEqual([true, false]);
  });
});

describe.skipIf(redisProgram === undefined)('several processes on one Redis', () => {
  const open = (processId: string) => new SharedLimiter({ link, processId, whenDown: 'share', log: testLogger() });

  test('what is under way in one counts in the other, also after a word was lost', async () => {
    const [one, other] = [open('p1'), open('p2')];
    const limit = limitOf('at a time', { concurrent: 3 });
    expect((await taker(one)([limit])).allowed).toBe(true);
    expect((await taker(one)([limit])).allowed).toBe(true);
    expect(await taker(other)([limit])).toMatchObject({ allowed: true, remaining: 0 });
    expect((await taker(other)([limit])).allowed).toBe(false);
    one.release([{ limit, subject: 'a' }]);
    expect((await taker(other)([limit])).allowed).toBe(true);
    expect((await taker(one)([limit])).allowed).toBe(false);
  });

  test('who is refused in one, many at once, takes no room from the other', async () => {
    const [one, other] = [open('p1'), open('p2')];
    const limit = limitOf('at a time', { concurrent: 2 });
    for (let count = 0; count < 2; count += 1) expect((await taker(one)([limit])).allowed).toBe(true);
    const refused = await Promise.all(Array.from({ length: 20 }, () => taker(other)([limit])));
    expect(refused.filter(({ allowed }) => allowed)).toEqual([]);
    for (let count = 0; count < 2; count += 1) one.release([{ limit, subject: 'a' }]);
    const again = await Promise.all(Array.from({ length: 3 }, () => taker(one)([limit])));
    expect(again.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  });

  test('some of many at once are refused, some end meanwhile: what is left is what is under way', async () => {
    const [one, other] = [open('p1'), open('p2')];
    const limit = limitOf('at a time', { concurrent: 4 });
    for (let round = 0; round < 20; round += 1) {
      const both = await Promise.all([one, other, one, other, one, other].map((limiter) => taker(limiter)([limit])));
      expect(both.filter(({ allowed }) => allowed)).toHaveLength(4);
      const asking = Promise.all([taker(one)([limit]), taker(other)([limit])]);
      for (const [index, { allowed }] of both.entries()) {
        if (allowed) (index % 2 === 0 ? one : other).release([{ limit, subject: 'a' }]);
      }
      for (const [index, { allowed }] of (await asking).entries()) {
        if (allowed) (index === 0 ? one : other).release([{ limit, subject: 'a' }]);
      }
    }
    expect(await taker(open('p3'))([limit])).toMatchObject({ allowed: true, remaining: 3 });
  });

  test('what began while Redis did not answer counts there when it does', async () => {
    let usable = false;
    const sometimes: RedisLink = {
      ...link,
      run: link.run,
      close: () => {},
      get usable() {
        return usable;
      },
    };
    const one = new SharedLimiter({ link: sometimes, processId: 'p1', whenDown: 'share', log: testLogger() });
    const limit = limitOf('at a time', { concurrent: 3 });
    for (let count = 0; count < 3; count += 1) expect((await taker(one)([limit])).allowed).toBe(true);
    usable = true;
    one.release([{ limit, subject: 'a' }]);
    const other = taker(open('p2'));
    expect([(await other([limit])).allowed, (await other([limit])).allowed]).toEqual([true, false]);
  });

  test('a clock that was set back keeps nobody out for longer than the limit says', async () => {
    const set = (text: string, charge: Charge, value: string) =>
      link.run({ text, sha: 'none' }, [redisKey(charge, 0)], [value]);
    const take = taker(open('p1'));
    // As it was an hour from now, when the clock was an hour ahead.
    const ahead = Date.now() - 1_750_000_000_000 + 3_600_000;
    const bucket = limitOf('bucket', { requests: 10, perSeconds: 10 });
    await set("return redis.call('SET', KEYS[1], ARGV[1])", { limit: bucket, subject: 'a' }, `${ahead}`);
    expect(await take([bucket])).toMatchObject({ allowed: false, resetSeconds: 1 });
    const window = limitOf('window', { requests: 2, perSeconds: 16, window: 'sliding' });
    const slot = Math.floor(ahead / 1000);
    await set("return redis.call('HSET', KEYS[1], ARGV[1], 2)", { limit: window, subject: 'a' }, `${slot}`);
    const refused = await take([window]);
    expect(refused.allowed).toBe(false);
    expect(refused.resetSeconds).toBeLessThanOrEqual(17);
    const atATime = limitOf('at a time', { concurrent: 1 });
    const held = `5:${ahead}`;
    await set("return redis.call('HSET', KEYS[1], 'gone', ARGV[1])", { limit: atATime, subject: 'a' }, held);
    expect((await take([atATime])).allowed).toBe(true);
  });

  test('Redis that forgot a quota is told what is known', async () => {
    const limiter = open('p1');
    const limit = limitOf('quota', { requests: 3, per: 'month' });
    const take = taker(limiter);
    for (const remaining of [2, 1]) expect(await take([limit])).toMatchObject({ allowed: true, remaining });
    await redis.kill();
    await redis.start();
    await expect.poll(() => link.usable, { timeout: 5_000 }).toBe(true);
    expect(await take([limit])).toMatchObject({ allowed: true, remaining: 0 });
    expect((await take([limit])).allowed).toBe(false);
    expect((await taker(open('p2'))([limit])).allowed).toBe(false);
  });

  test('they learn how many they are', async () => {
    const all = ['x1', 'x2', 'x3'].map(open);
    for (const limiter of all) await limiter.announce();
    const later = [
      "return redis.call('ZADD', KEYS[1], ARGV[1], 'of a clock that was set back')",
      `${Date.now()}`,
    ] as const;
    await link.run({ text: later[0], sha: 'none' }, ['gatehouse:processes'], [later[1]]);
    await all[0]?.announce();
    expect(all[0]?.state()).toMatchObject({ shared: true, processes: 3 });
  });
});
