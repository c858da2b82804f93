import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisUnderTest, redisProgram, startRedis } from '#testing';
import type { TakeOrder, TakeReport } from '../../testing/programs/take-limits.ts';
import type { LimitSpec } from './limit-spec.ts';

/** Four real processes on one real Redis, and what happens to their limits when it stops. */

const PROGRAM = join(import.meta.dirname, '../../testing/programs/take-limits.ts');
const PROCESSES = 4;
const LIMIT = 1000;
let redis: RedisUnderTest;
let processes: readonly ChildProcess[] = [];

async function startProcesses(timeoutMilliseconds: number): Promise<void> {
  processes = Array.from({ length: PROCESSES }, (_, index) =>
    fork(PROGRAM, [redis.url, `process-${index}`, `${timeoutMilliseconds}`], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  await Promise.all(processes.map((child) => new Promise((resolve) => child.once('message', resolve))));
}

function order(
  child: ChildProcess,
  what: Partial<TakeOrder> & { owner: string; spec: LimitSpec },
): Promise<TakeReport> {
  const heard = new Promise<TakeReport>((resolve) => child.once('message', (report: TakeReport) => resolve(report)));
  child.send({ times: LIMIT, milliseconds: 20_000, atOnce: 20, ...what } satisfies TakeOrder);
  return heard;
}

/** They ask until they are all heard: each must know how many they are before it is alone. */
async function reconnected(): Promise<void> {
  for (;;) {
    const reports = await orderAll({ owner: 'nothing', spec: { requests: 1, perSeconds: 1 }, times: 1 });
    if (reports.every((report) => report.shared && report.processes === PROCESSES)) return;
    await wait(50);
  }
}

const orderAll = (what: Parameters<typeof order>[1]) => Promise.all(processes.map((child) => order(child, what)));
const sum = (reports: readonly TakeReport[], field: 'allowed' | 'alone') =>
  reports.reduce((total, report) => total + report[field], 0);

describe.skipIf(redisProgram === undefined)('four processes', () => {
  beforeAll(async () => {
    redis = await startRedis();
    await startProcesses(1_000);
  }, 60_000);
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await redis?.close();
  });

  test('let through exactly what the limit says, of every form', async () => {
    await reconnected();
    for (const [owner, spec] of [
      ['bucket', { requests: LIMIT, perSeconds: 31_536_000 }],
      ['window', { requests: LIMIT, perSeconds: 86_400, window: 'sliding' }],
      ['quota', { requests: LIMIT, per: 'month' }],
      ['at a time', { concurrent: 100 }],
    ] as const) {
      const reports = await orderAll({ owner, spec, times: 600 });
      expect([owner, sum(reports, 'allowed'), sum(reports, 'alone')]).toEqual([
        owner,
        'concurrent' in spec ? 100 : LIMIT,
        0,
      ]);
      expect(reports.map(({ asked }) => asked >= 600)).toEqual([true, true, true, true]);
    }
  }, 30_000);

  test('with Redis killed half way: each goes on with its share, and all together stay within the bound', async () => {
    const spec = { requests: LIMIT, perSeconds: 31_536_000 };
    const before = await orderAll({ owner: 'killed', spec, times: 125, atOnce: 5 });
    await redis.kill();
    const after = await orderAll({ owner: 'killed', spec, times: 2000, atOnce: 5 });
    expect(after.map(({ shared, processes: count }) => [shared, count])).toEqual(
      Array(PROCESSES).fill([false, PROCESSES]),
    );
    // No process has more than its share when it had not used it up before, and whoever had gets nothing more.
    const totals = before.map(({ allowed }, index) => allowed + (after[index]?.allowed ?? 0));
    for (const total of totals) expect(total).toBeLessThanOrEqual(LIMIT / PROCESSES);
    expect(sum(before, 'allowed')).toBe(500);
    // Even traffic: nothing too much, and nothing that was due is refused but what was on its way when Redis died.
    expect(sum(before, 'allowed') + sum(after, 'allowed')).toBeLessThanOrEqual(LIMIT);
    expect(sum(after, 'allowed')).toBeGreaterThan(400);
    await redis.start();
    await reconnected();
    const again = await orderAll({ owner: 'again', spec, times: 600 });
    expect(sum(again, 'allowed')).toBe(LIMIT);
  }, 30_000);

  test('with all the traffic in one process before Redis is killed: the stated bound holds', async () => {
    const spec = { requests: LIMIT, perSeconds: 31_536_000 };
    const [first] = processes;
    const before = first === undefined ? undefined : await order(first, { owner: 'skewed', spec, times: 1200 });
    expect(before?.allowed).toBe(LIMIT);
    await redis.kill();
    const after = await orderAll({ owner: 'skewed', spec, times: 2000 });
    // The worst there is: every other process still has its whole share.
    expect(after.map(({ allowed }) => allowed)).toEqual([0, 250, 250, 250]);
    await redis.start();
    await reconnected();
  }, 30_000);

  test('Redis that stands still holds nobody up: a late answer is not waited for', async () => {
    redis.pause();
    const reports = await orderAll({
      owner: 'slow',
      spec: { requests: 100_000, perSeconds: 60 },
      times: 3000,
      atOnce: 10,
    });
    redis.resume();
    expect(sum(reports, 'allowed')).toBeGreaterThan(0);
    for (const { slowestMilliseconds, shared } of reports) {
      expect(shared).toBe(false);
      expect(slowestMilliseconds).toBeLessThan(2_500);
    }
  }, 30_000);
});
