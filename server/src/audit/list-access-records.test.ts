import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, systemRandom } from '#base';
import type { Scope } from '#store';
import { fixedClock, openTestStore, type TestStore, testLogger } from '#testing';
import type { AccessRecord } from './access-record.ts';
import { openAccessRecorder } from './access-recorder.ts';
import type { AuditTables } from './audit-tables.ts';
import { type ListAccessRecordsInput, listAccessRecords } from './list-access-records.ts';
import { auditMigrations } from './migrations.ts';
import { pruneAccessRecords } from './prune-access-records.ts';

const MINUTE = 60_000;
const clock = fixedClock();
const start = Math.ceil(clock.now() / MINUTE) * MINUTE;
let store: TestStore;

beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

/** An id of that time, so that ids of one time sort by their number. */
function decisionAt(at: number, number: number): string {
  const time = newId('decision', { clock: fixedClock(new Date(at).toISOString()), random: systemRandom }).slice(0, 14);
  return `${time}${String(number).padStart(16, '0')}`;
}

function record(tenantId: string, number: number, more: Partial<AccessRecord> & { at: number }): AccessRecord {
  return {
    decisionId: decisionAt(more.at, number),
    tenantId,
    principalType: 'api_key',
    principalId: 'key_1',
    credentialType: 'api_key',
    credentialId: 'key_1',
    method: 'GET',
    path: '/weather/bern',
    status: 200,
    allowed: true,
    reason: 'allowed',
    policies: [],
    bytesIn: 0,
    bytesOut: 120,
    durationMicros: 850,
    remoteAddress: '192.0.2.1',
    ...more,
  };
}

async function write(...flushes: AccessRecord[][]): Promise<void> {
  const recorder = openAccessRecorder({ store, clock, random: systemRandom, log: testLogger() });
  for (const records of flushes) {
    for (const each of records) recorder.record(each);
    await recorder.flush();
  }
  await recorder.close();
}

const list = (input: ListAccessRecordsInput) => listAccessRecords({ store }, input);
const numbers = (items: readonly AccessRecord[]) => items.map(({ decisionId }) => Number(decisionId.slice(-6)));

async function pages(input: ListAccessRecordsInput): Promise<number[][]> {
  const seen: number[][] = [];
  let after: string | undefined;
  do {
    const page = await list({ ...input, after });
    seen.push(numbers(page.items));
    after = page.next;
  } while (after !== undefined);
  return seen;
}

describe('listing', () => {
  const tenantId = 'ten_list';
  const all = Array.from({ length: 12 }, (_, n) =>
    record(tenantId, n, {
      at: start + Math.floor(n / 3) * MINUTE,
      principalId: n % 2 === 0 ? 'usr_even' : 'usr_odd',
      credentialId: `tok_${n % 4}`,
      route: n < 6 ? 'weather' : 'news',
      allowed: n % 3 !== 0,
      method: n < 2 ? 'POST' : 'GET',
      path: n % 4 === 0 ? '/weather/rome' : '/weather/bern',
      status: 200 + n * 20,
      ...(n % 6 === 0 ? { organizationId: 'org_1' } : {}),
    }),
  );

  beforeAll(() => write(all));

  test.for([
    ['everything', {}, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['a principal', { principalId: 'usr_odd' }, [11, 9, 7, 5, 3, 1]],
    ['a credential', { credentialId: 'tok_3' }, [11, 7, 3]],
    ['a route', { route: 'weather' }, [5, 4, 3, 2, 1, 0]],
    ['a decision', { decisionId: decisionAt(start + 2 * MINUTE, 7) }, [7]],
    ['a decision of another principal', { decisionId: decisionAt(start + 2 * MINUTE, 7), principalId: 'usr_even' }, []],
    ['a decision that was never made', { decisionId: decisionAt(start, 7) }, []],
    ['a decision that is none', { decisionId: '7' }, []],
    ['a decision with a wrong letter', { decisionId: `dec_${'u'.repeat(26)}` }, []],
    ['a time', { from: start + MINUTE, to: start + 2 * MINUTE }, [5, 4, 3]],
    ['a time that is empty', { from: start + MINUTE, to: start + MINUTE }, []],
    ['a time before everything', { to: start }, []],
    ['a time after everything', { from: Number.MAX_SAFE_INTEGER }, []],
    ['what was denied', { allowed: false }, [9, 6, 3, 0]],
    ['a method', { method: 'POST' }, [1, 0]],
    ['a method that never came', { method: 'PUT' }, []],
    ['where a path begins', { pathPrefix: '/weather/r' }, [8, 4, 0]],
    ['where no path begins', { pathPrefix: 'weather' }, []],
    ['a status', { statusMin: 240, statusMax: 240 }, [2]],
    ['a class of status', { statusMin: 300, statusMax: 399 }, [9, 8, 7, 6, 5]],
    [
      'a status and a path of a credential',
      { credentialId: 'tok_0', pathPrefix: '/', statusMin: 280, statusMax: 999 },
      [8, 4],
    ],
    ['an organization', { organizationId: 'org_1' }, [6, 0]],
    ['a principal of another organization', { organizationId: 'org_1', principalId: 'usr_odd' }, []],
    ['all together', { principalId: 'usr_odd', route: 'news', from: start + 3 * MINUTE }, [11, 9]],
    ['nothing', { principalId: 'usr_1' }, []],
    ['a text that stands elsewhere', { principalId: 'weather' }, []],
  ] as const)('%s', async ([, filter, expected]) => {
    expect(numbers((await list({ tenantId, ...filter })).items)).toEqual(expected);
  });

  test('pages of any size give every record once', async () => {
    for (const limit of [1, 4, 5, 12, 500]) {
      expect((await pages({ tenantId, limit })).flat()).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      expect((await pages({ tenantId, limit, credentialId: 'tok_2' })).flat()).toEqual([10, 6, 2]);
    }
  });

  test.for(['', 'x', '12', '1.', '.x', `1.${'x'.repeat(200)}`])('the cursor %j is refused', async (after) => {
    await expect(list({ tenantId, after })).rejects.toMatchObject({ code: 'audit_cursor_invalid' });
  });

  test.for(['0.x', '999999999999999.x'])('the cursor %j of nowhere is only a place', async (after) => {
    expect((await list({ tenantId, after })).items).toHaveLength(after.startsWith('0') ? 0 : 12);
  });

  test.for<[string, Scope]>([
    ['another tenant', { tenantId: 'ten_other' }],
    ['another organization', { tenantId, organizationId: 'org_2' }],
  ])('row-level security shows %s nothing, whatever is asked for', async ([, scope]) => {
    const rows = await store.transaction(scope, (tx) =>
      tx.withTables<AuditTables>().selectFrom('access_batches').select('id').execute(),
    );
    expect(rows).toEqual([]);
  });
});

test('a record is found by the id of a token too, made a moment after the time of the record', async () => {
  const tenantId = 'ten_token';
  const decisionId = newId('token', { clock: fixedClock(new Date(start + 700).toISOString()), random: systemRandom });
  await write([record(tenantId, 1, { at: start, decisionId }), record(tenantId, 2, { at: start })]);
  expect((await list({ tenantId, decisionId })).items).toMatchObject([{ decisionId }]);
});

test('batches that overlap in time are listed in one order', async () => {
  const tenantId = 'ten_overlap';
  const at = (seconds: number) => start + seconds * 1_000;
  const flush = (...seconds: number[]) => seconds.map((each) => record(tenantId, each, { at: at(each) }));
  await write(flush(1, 40, 20), flush(30, 2), flush(50, 3, 59, 119), flush(60, 4), flush(5));
  const expected = [119, 60, 59, 50, 40, 30, 20, 5, 4, 3, 2, 1];
  for (const limit of [1, 3, 100]) expect((await pages({ tenantId, limit })).flat()).toEqual(expected);
});

test('more than one batch can hold is listed whole', async () => {
  const tenantId = 'ten_many';
  const count = 1_300;
  await write(Array.from({ length: count }, (_, n) => record(tenantId, n, { at: start + n * 100 })));
  const seen = (await pages({ tenantId, limit: 500 })).flat();
  expect(seen).toEqual(Array.from({ length: count }, (_, n) => count - 1 - n));
});

test('a search that finds nothing for long gives out a page without an end, and comes to the end', async () => {
  const tenantId = 'ten_long';
  const both = { principalId: 'usr_x', route: 'weather' };
  const others = Array.from({ length: 1_100 }, (_, n) => n + 1).flatMap((n) => {
    const more = { at: start + n, organizationId: `org_${n}` };
    return [
      record(tenantId, n, { ...more, principalId: both.principalId, route: 'news' }),
      record(tenantId, n, { ...more, principalId: 'usr_y', route: both.route }),
    ];
  });
  await write([record(tenantId, 0, { at: start, ...both }), ...others]);
  expect(await pages({ tenantId, ...both })).toEqual([[], [0]]);
});

test('old ones are pruned by the minute, of all tenants, and what was noted of them; new ones stay', async () => {
  const early = start - 100 * MINUTE;
  const tenants = ['ten_old_1', 'ten_old_2'];
  const records = tenants.flatMap((tenantId) =>
    [0, 1, 2, 3].map((n) => record(tenantId, n, { at: early + n * MINUTE + 30_000 })),
  );
  await write(records);
  expect(await pruneAccessRecords({ store }, { before: early })).toBe(0);
  expect(await pruneAccessRecords({ store }, { before: early + 2 * MINUTE + 59_000 })).toBe(4);
  for (const tenantId of tenants) {
    expect(numbers((await list({ tenantId })).items)).toEqual([3, 2]);
    expect(numbers((await list({ tenantId, credentialId: 'key_1' })).items)).toEqual([3, 2]);
    const marks = await store.transaction({ tenantId }, (tx) =>
      tx.withTables<AuditTables>().selectFrom('access_marks').select('minute').distinct().execute(),
    );
    expect(marks).toHaveLength(2);
  }
});
