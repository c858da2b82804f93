import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Actor, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { AccessBatch } from './access-batch.ts';
import type { AccessBatchBody } from './access-batch-format.ts';
import { AccessQueue } from './access-queue.ts';
import { type AccessRecord, actorsOf } from './access-record.ts';
import { readAccessBatch } from './read-access-batch.ts';

const MINUTE = 60_000;

function record(more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    decisionId: 'dec_1',
    tenantId: 'ten_1',
    at: 5 * MINUTE,
    principalType: 'user',
    principalId: 'usr_1',
    credentialType: 'session',
    credentialId: 'ses_1',
    method: 'GET',
    path: '/',
    status: 200,
    allowed: true,
    reason: 'allowed',
    policies: [],
    bytesIn: 0,
    bytesOut: 0,
    durationMicros: 1,
    remoteAddress: '::1',
    ...more,
  };
}

function written(records: readonly AccessRecord[]) {
  const [first = record()] = records;
  const batch = new AccessBatch('acc_1', first);
  for (const each of records) batch.add(each);
  return batch.toStored();
}

function readBack(records: readonly AccessRecord[], filter: Parameters<typeof readAccessBatch>[1] = {}) {
  const { tenantId, organizationId, minute, records: text } = written(records);
  return readAccessBatch({ tenant_id: tenantId, organization_id: organizationId, minute, records: text }, filter);
}

/** What a caller can put into a path, and what breaks formats. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\\',
    '\\.',
    '\\N',
    '\t',
    '\n',
    '\r\n',
    '"',
    "'",
    '{}',
    '{"a":1}',
    ',',
    '\u2028',
    '😀',
    'constructor',
    '__proto__',
    '',
  ),
);
const count = fc.nat({ max: 2 ** 40 });
const actors = fc.array(fc.record({ id: hostile, clientId: hostile }, { requiredKeys: ['id'] }), {
  minLength: 1,
  maxLength: 5,
});
const anyRecord: fc.Arbitrary<AccessRecord> = fc
  .record({
    decisionId: hostile,
    principalType: hostile,
    principalId: hostile,
    credentialType: hostile,
    credentialId: hostile,
    method: hostile,
    path: hostile,
    reason: hostile,
    remoteAddress: hostile,
    policies: fc.array(hostile, { maxLength: 3 }),
    status: fc.integer({ min: 100, max: 599 }),
    allowed: fc.boolean(),
    bytesIn: count,
    bytesOut: count,
    durationMicros: count,
    second: fc.nat({ max: 59 }),
    rest: fc.record({ clientId: hostile, route: hostile, upstream: hostile, actors }, { requiredKeys: [] }),
  })
  .map(({ second, rest, ...fields }) => record({ ...fields, ...rest, at: 5 * MINUTE + second * 1000 }));

const isPlain = (text: string) => text.isWellFormed() && !text.includes('\0');

test('whatever texts come, a batch gives back what was put in', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), (records) => {
      const texts = records
        .flatMap(({ actors = [], ...each }) => [...Object.values(each).flat(), ...actors.flatMap(Object.values)])
        .filter((value) => typeof value === 'string');
      fc.pre(texts.every(isPlain));
      expect(readBack(records)).toEqual(records);
    }),
  );
});

test('who acted is kept with a record, to a bound', () => {
  const chain = Array.from({ length: 9 }, (_, index) => `svc_${index}`).reduceRight<Actor | undefined>(
    (act, sub) => ({ sub, ...(act === undefined ? {} : { act }) }),
    undefined,
  );
  const acted = actorsOf({ sub: 'agent', clientId: 'web', ...(chain === undefined ? {} : { act: chain }) });
  expect(acted).toEqual([{ id: 'agent', clientId: 'web' }, ...[0, 1, 2, 3].map((index) => ({ id: `svc_${index}` }))]);
  const plain = record({ decisionId: 'dec_2' });
  expect(readBack([record({ actors: acted }), plain])).toEqual([record({ actors: acted }), plain]);
});

test.each([
  [1, 18],
  [2, 19],
  [3, 20],
])('what was written in format %i is read on', (format, width) => {
  const { tenantId, organizationId, minute, records } = written([record({ route: 'r' }), record({ path: '/b' })]);
  const { ids, texts, columns } = JSON.parse(records) as AccessBatchBody;
  const cells = [0, 1].flatMap((row) =>
    columns.slice(0, width).map((column) => (typeof column === 'number' ? column : column[row])),
  );
  const old = JSON.stringify({ format, decisionIds: ids.split(' '), texts, cells });
  const read = readAccessBatch({ tenant_id: tenantId, organization_id: organizationId, minute, records: old }, {});
  expect(read).toEqual([record({ route: 'r' }), record({ path: '/b' })]);
});

test('what is stored is text that PostgreSQL takes: no NUL, no lone surrogate', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const odd = `${text}\0\ud800`;
      const stored = written([
        record({ path: odd, organizationId: odd, tenantId: odd, decisionId: odd, policies: [odd] }),
      ]);
      for (const each of [stored.records, stored.tenantId, stored.organizationId ?? ''])
        expect(isPlain(each)).toBe(true);
      const [back] = readBack([record({ path: odd, policies: [odd] })]);
      expect([back?.path, ...(back?.policies ?? [])].every((each) => isPlain(each ?? '\0'))).toBe(true);
    }),
  );
});

test('two texts that are stored alike are one: a search finds both', () => {
  const records = ['a\0', 'a\ufffd', 'a\ud800'].map((principalId) => record({ principalId }));
  expect(readBack(records, { principalId: 'a\ufffd' })).toHaveLength(3);
});

test('a credential of ours is blotted out wherever it stands', () => {
  const secret = mintCredential('api_key', systemRandom);
  const odd = record({
    path: `/a/${secret}/b`,
    reason: secret,
    remoteAddress: secret,
    policies: [secret],
    route: secret,
  });
  expect(JSON.stringify(written([odd]))).not.toContain(secret);
  expect(readBack([odd])[0]?.path).toBe('/a/gh_live_[redacted]/b');
});

test.for([
  ['a cut through a pair', { principalId: `${'x'.repeat(255)}😀` }, { principalId: `${'x'.repeat(255)}\ufffd` }],
  ['a long path', { path: 'y'.repeat(3000) }, { path: 'y'.repeat(2048) }],
  ['a number that is none', { bytesIn: Number.NaN, bytesOut: Number.POSITIVE_INFINITY }, { bytesIn: 0, bytesOut: 0 }],
  ['a fraction', { durationMicros: 1.7, at: 5 * MINUTE + 0.5 }, { durationMicros: 2, at: 5 * MINUTE }],
  ['a time before all time', { at: -1 }, { at: 0 }],
  ['a time that is none', { at: Number.NaN }, { at: 0 }],
  ['a time after all time', { at: 1e300 }, { at: 0 }],
  ['a text that is not there', { path: undefined as unknown as string }, { path: '' }],
] as const)('odd values are bent into shape: %s', ([, given, expected]) => {
  expect(readBack([record(given)])[0]).toMatchObject(expected);
});

test('the queue keeps count and loses nothing, whatever is put in and taken out', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ tenant: fc.nat(2), organization: fc.nat(2), minute: fc.nat(1) }),
      fc.record({ take: fc.nat(3) }),
      fc.constant('seal' as const),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), steps, (countMax, all) => {
      const queue = new AccessQueue({ countMax, newId: () => 'acc_1' });
      let [pushed, taken] = [0, 0];
      for (const step of all) {
        if (step === 'seal') queue.seal();
        else if ('take' in step) {
          const batches = queue.peek({ batchesMax: step.take, recordsMax: 100 });
          expect(queue.peek({ batchesMax: step.take, recordsMax: 100 })).toEqual(batches);
          taken += batches.reduce((sum, batch) => sum + batch.count, 0);
          queue.drop(batches.length);
        } else {
          const { tenant, organization, minute } = step;
          const more = organization === 0 ? {} : { organizationId: `org_${organization}` };
          const room = queue.size < countMax;
          expect(queue.push(record({ tenantId: `ten_${tenant}`, at: minute * MINUTE, ...more }))).toBe(room);
          if (room) pushed += 1;
        }
        expect(queue.size).toBe(pushed - taken);
      }
    }),
  );
});

test('the queue is full by weight too: long paths do not take more memory than is meant for them', () => {
  const queue = new AccessQueue({ countMax: 1_000_000, newId: () => 'acc_1' });
  let taken = 0;
  while (queue.push(record({ path: `/${taken}${'x'.repeat(2000)}` }))) taken += 1;
  expect(taken).toBeGreaterThan(10_000);
  expect(taken).toBeLessThan(20_000);
  queue.seal();
  queue.drop(10);
  expect(queue.hasRoom(1)).toBe(true);
});
