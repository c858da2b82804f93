import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { fixedClock, openTestStore, seededRandom, type TestStore, testLogger } from '#testing';
import { type Charge, type Limiter, makeLimit } from './limit.ts';
import type { QuotaPeriod } from './limit-spec.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { limitsMigrations } from './migrations.ts';
import { openLimiter } from './open-limiter.ts';
import { pruneQuotas, QuotaLedger, type QuotaReached } from './quota-ledger.ts';

let store: TestStore;
let run = 0;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, limitsMigrations]);
});
afterAll(() => store.close());
beforeEach(() => {
  run += 1;
});

const clock = fixedClock();
const deps = () => ({ store, clock, random: seededRandom(), log: testLogger() });
const place = () => ({ tenantId: `ten_${run}`, owner: 'plan free', name: 'plan' });
const chargeOf = (requests: number, subject = 'key_1'): Charge => ({
  limit: makeLimit({ ...place(), by: 'principal' }, { requests, per: 'month' }),
  subject,
});
const take = async (limiter: Limiter, charge: Charge, times = 1) => {
  const answers = [];
  for (let count = 0; count < times; count += 1) answers.push(await limiter.take([charge], 0, clock.now()));
  return answers.filter(({ allowed }) => allowed).length;
};

describe('quotas', () => {
  test('survive a restart', async () => {
    const first = await openLimiter(deps(), undefined);
    expect(await take(first, chargeOf(5), 3)).toBe(3);
    await first.close();
    const second = await openLimiter(deps(), undefined);
    expect(await take(second, chargeOf(5), 10)).toBe(2);
    await second.close();
    const third = await openLimiter(deps(), undefined);
    expect(await take(third, chargeOf(5))).toBe(0);
    expect(await take(third, chargeOf(6))).toBe(1);
    expect(await take(third, chargeOf(5, 'key_2'))).toBe(1);
    await third.close();
  });

  test('of two processes are added up, none lost and none twice, whoever saves when', async () => {
    const [one, other] = [await openLimiter(deps(), undefined), await openLimiter(deps(), undefined)];
    await Promise.all([take(one, chargeOf(1000), 300), take(other, chargeOf(1000), 300)]);
    await Promise.all([one.close(), other.close()]);
    const { rows } = await store.transaction({ system: true }, (tx) =>
      sql<{ used: number }>`select used from limit_quotas where tenant_id = ${`ten_${run}`}`.execute(tx),
    );
    expect(rows).toEqual([{ used: 600 }]);
  });

  test('thresholds that are crossed at once are told as the last of them, and written down one by one', async () => {
    const told: number[] = [];
    const reached = async ({ percent }: QuotaReached) => void told.push(percent);
    const limiter = await openLimiter({ ...deps(), reached }, undefined);
    await take(limiter, chargeOf(5), 5);
    await limiter.close();
    expect(told).toEqual([100]);
    const { rows } = await store.transaction({ tenantId: `ten_${run}` }, (tx) =>
      sql<{ percent: number }>`
        select (body::jsonb #>> '{detail,percent}')::int as percent from audit_events
        where type = 'quota.threshold_reached' order by sequence`.execute(tx),
    );
    expect(rows).toEqual([{ percent: 80 }, { percent: 100 }]);
  });

  test('each threshold is told once, by whichever process crosses it', async () => {
    const told: unknown[] = [];
    const reached = async ({ percent, used, requests, limit }: QuotaReached) => {
      told.push([limit, percent, used, requests]);
      // Counted already: it must not be counted again because somebody can't be told.
      throw new Error('no mail');
    };
    for (let round = 0; round < 6; round += 1) {
      const limiter = await openLimiter({ ...deps(), reached, organizationOf: async () => 'org_acme' }, undefined);
      await take(limiter, chargeOf(10), 2);
      await limiter.close();
    }
    expect(told).toEqual([
      [chargeOf(10).limit.name, 80, 8, 10],
      [chargeOf(10).limit.name, 100, 10, 10],
    ]);
    const { rows } = await store.transaction({ tenantId: `ten_${run}` }, (tx) =>
      sql<{
        type: string;
        body: string;
        organization_id: string;
      }>`select type, organization_id, body::text as body from audit_events where tenant_id = ${`ten_${run}`} order by sequence`.execute(
        tx,
      ),
    );
    expect(rows.map(({ type }) => type)).toEqual(['quota.threshold_reached', 'quota.threshold_reached']);
    expect(rows[0]?.body).toContain('80');
    expect(rows[0]?.organization_id).toBe('org_acme');
  });

  test('that can not be saved are saved later, and hold nobody up', async () => {
    let down = true;
    const failing: typeof store.transaction = (...args) =>
      down ? Promise.reject(new Error('no database')) : store.transaction(...args);
    const late = await openLimiter(
      {
        ...deps(),
        store: {
          transaction: (scope, work, options) =>
            options?.readOnly ? store.transaction(scope, work, options) : failing(scope, work, options),
        },
      },
      undefined,
    );
    expect(await take(late, chargeOf(5), 2)).toBe(2);
    await late.close();
    down = false;
    await late.close();
    const next = await openLimiter(deps(), undefined);
    expect(await take(next, chargeOf(5), 9)).toBe(3);
    await next.close();
  });

  test('that can not be saved are kept for so many subjects, and no more', async () => {
    let down = true;
    const transaction: typeof store.transaction = (...args) =>
      down ? Promise.reject(new Error('no database')) : store.transaction(...args);
    const ledger = new QuotaLedger({ ...deps(), store: { transaction } }, () => {}, 3);
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 5; count += 1) ledger.add(chargeOf(9, `key_${round}_${count}`), clock.now());
      await ledger.save();
    }
    down = false;
    await ledger.close();
    const { rows } = await store.transaction({ system: true }, (tx) =>
      sql<{ n: number }>`select count(*)::int as n from limit_quotas where tenant_id = ${`ten_${run}`}`.execute(tx),
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  test.each<[QuotaPeriod, string]>([
    ['day', '2026-11-22T23:59:59.900Z'],
    ['month', '2026-11-30T23:59:59.900Z'],
  ])('what was used of a %s that is over, and is saved after it, is not used of the next one', async (per, last) => {
    let now = Date.parse(last);
    const ledgerClock = { ...clock, now: () => now };
    const learned: [number, number][] = [];
    const memory = new MemoryLimiter();
    const ledger = new QuotaLedger({ ...deps(), clock: ledgerClock }, (charge, used, at) => {
      learned.push([used, at]);
      memory.learn(charge, used, at);
    });
    memory.ledger = ledger;
    const charge = { ...chargeOf(3), limit: makeLimit({ ...place(), by: 'principal' }, { requests: 3, per }) };
    const taken = (times: number) => Array.from({ length: times }, () => memory.take([charge], 0, now).allowed);
    expect(taken(4)).toEqual([true, true, true, false]);
    now += 200;
    expect(taken(1)).toEqual([true]);
    await ledger.save();
    expect(learned.map(([used]) => used)).toEqual([3, 1]);
    expect(taken(3)).toEqual([true, true, false]);
    await ledger.close();
  });

  test('of periods that are over are removed', async () => {
    const limiter = await openLimiter(deps(), undefined);
    await take(limiter, chargeOf(5));
    await limiter.close();
    await pruneQuotas({ store }, clock.now());
    const count = () =>
      store.transaction({ system: true }, (tx) =>
        sql<{ n: number }>`select count(*)::int as n from limit_quotas where tenant_id = ${`ten_${run}`}`.execute(tx),
      );
    expect((await count()).rows).toEqual([{ n: 1 }]);
    await pruneQuotas({ store }, clock.now() + 32 * 86_400_000);
    expect((await count()).rows).toEqual([{ n: 0 }]);
  });
});
