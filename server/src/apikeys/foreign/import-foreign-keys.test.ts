import { createHash, createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { openTestStore, type TestStore } from '#testing';
import { type ApiKeySnapshot, openApiKeySnapshot } from '../api-key-snapshot.ts';
import { revokeApiKey } from '../revoke-api-key.ts';
import { actor, clock, keyring as macs, migrations, owners, deps as roomDeps } from '../sample-deps.fixture.ts';
import { type ForeignFormat, foreignFormatSchema, hasShape } from './foreign-format.ts';
import { type ForeignFormats, openForeignFormats } from './foreign-formats.ts';
import { importForeignKeys } from './import-foreign-keys.ts';

const tenantId = 'ten_1';
const place = { tenantId, address: '192.0.2.1' };
const keyring = {
  ...macs,
  seal: (text: string | Uint8Array) => Buffer.from(text).toString('hex'),
  open: (text: string) => Buffer.from(text, 'hex'),
};
const shape = { prefix: 'sk_old_', lengthMin: 20, lengthMax: 64 };
const plain: ForeignFormat = { algorithm: 'sha256', ...shape };
const keyOf = (name: string) => `sk_old_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
const sha = (text: string) => createHash('sha256').update(text).digest();

let store: TestStore;
let formats: ForeignFormats;
let snapshot: ApiKeySnapshot;

beforeAll(async () => {
  store = await openTestStore(migrations);
  formats = await openForeignFormats({ store, keyring });
  snapshot = await openApiKeySnapshot({ store, keyring, clock, owners, foreign: formats });
});
afterAll(async () => {
  snapshot?.close();
  formats?.close();
  await store?.close();
});

const bring = async (records: unknown[], format: ForeignFormat = plain, from = 0) => {
  const done = await importForeignKeys({ ...roomDeps, store, keyring }, { tenantId, actor, format, from, records });
  await store.changes.caughtUp();
  return done;
};
const verify = (text: string) => {
  const verification = snapshot.verifyApiKey(text, clock.now(), place);
  return verification.ok ? 'ok' : verification.reason;
};

test.for([
  ['hex', plain, (key: string) => sha(key).toString('hex')],
  ['hex in upper case', plain, (key: string) => sha(key).toString('hex').toUpperCase()],
  ['base64', plain, (key: string) => sha(key).toString('base64')],
  ['base64url', plain, (key: string) => sha(key).toString('base64url')],
  ['a salt before', { ...plain, saltBefore: 'pepper:' }, (key: string) => sha(`pepper:${key}`).toString('hex')],
  ['a salt after', { ...plain, saltAfter: ':salt' }, (key: string) => sha(`${key}:salt`).toString('hex')],
  [
    'HMAC',
    { ...plain, algorithm: 'hmac-sha256', secret: 'a secret of the old system' } as const,
    (key: string) => createHmac('sha256', 'a secret of the old system').update(key).digest('base64'),
  ],
] as const)('a key kept as %s goes on working', async ([name, format, hashOf]) => {
  const key = keyOf(`format ${name}`);
  expect(verify(key)).not.toBe('ok');
  expect(await bring([{ name, hash: hashOf(key), scopes: ['orders:read'], last4: key.slice(-4) }], format)).toEqual({
    created: 1,
    existing: 0,
    failed: 0,
    errors: [],
  });
  const found = snapshot.verifyApiKey(key, clock.now(), place);
  expect(found).toMatchObject({ ok: true, principal: { tenantId, scopes: ['orders:read'] } });
  expect([verify(`${key}0`), verify(key.slice(0, -1)), verify(key.toUpperCase())]).not.toContain('ok');
});

test('what is stored can’t be tried with what the other system had', async () => {
  const key = keyOf('stored');
  await bring([{ name: 'stored', hash: sha(key).toString('hex') }]);
  const { rows } = await store.transaction({ system: true }, (tx) => sql`select * from api_keys`.execute(tx));
  for (const form of ['hex', 'base64', 'base64url'] as const)
    expect(JSON.stringify(rows)).not.toContain(sha(key).toString(form));
});

test('an import is run again: what is there is passed over, what is wrong named by its number', async () => {
  const records = [
    { name: 'first', hash: sha(keyOf('first')).toString('hex') },
    { name: 'second', hash: 'not a hash' },
    null,
    { name: 'fourth', hash: sha(keyOf('fourth')).toString('hex') },
  ];
  const first = await bring(records.slice(0, 2), plain, 0);
  expect(first).toMatchObject({ created: 1, failed: 1 });
  const again = await bring(records, plain, 0);
  expect(again).toMatchObject({ created: 1, existing: 1, failed: 2 });
  expect(again.errors.map(({ record, code }) => [record, code])).toEqual([
    [2, 'api_key_record_malformed'],
    [3, 'api_key_record_malformed'],
  ]);
  expect([verify(keyOf('first')), verify(keyOf('fourth'))]).toEqual(['ok', 'ok']);
});

test('a key that is revoked stays so, whatever is imported again', async () => {
  const key = keyOf('revoked');
  const record = { name: 'revoked', hash: sha(key).toString('hex') };
  await bring([record]);
  const found = snapshot.verifyApiKey(key, clock.now(), place);
  const id = found.ok ? (found.principal.credential?.id ?? '') : '';
  await revokeApiKey({ store, clock, random: systemRandom }, { tenantId, actor, id, reason: 'test' });
  expect(await bring([record])).toMatchObject({ created: 0, existing: 1 });
  expect(verify(key)).toBe('revoked');
});

describe('what nobody imported', () => {
  test.for([
    ['another prefix', 'pk_old_0123456789abcdef01234567'],
    ['too short', 'sk_old_1'],
    ['too long', `sk_old_${'a'.repeat(80)}`],
    ['empty', ''],
    ['a token', 'eyJhbGciOiJub25lIn0.e30.'],
    ['one of ours with a slip', 'gh_live_RVUDBAStHTobXB4LvVPDdUG23ee1iCVZb'],
  ] as const)('%s is not looked at', ([, text]) => {
    expect([verify(text), snapshot.looksForeign(text, tenantId)]).toEqual(['malformed', false]);
  });

  test('a flood of its shape asks the database nothing, and is remembered nowhere', async () => {
    const { texts } = snapshot.stats();
    const transaction = store.transaction;
    store.transaction = () => expect.unreachable('the database was asked');
    try {
      for (let n = 0; n < 2000; n += 1) expect(verify(keyOf(`flood ${n}`))).toBe('unknown');
    } finally {
      store.transaction = transaction;
    }
    expect(snapshot.stats().texts).toBe(texts);
  });

  test('the digest itself is no key', async () => {
    const key = keyOf('digest');
    const hash = sha(key).toString('hex');
    await bring([{ name: 'digest', hash }]);
    expect([verify(hash), verify(`sk_old_${hash.slice(0, 40)}`)]).toEqual(['malformed', 'unknown']);
  });
});

describe('keys that begin with nothing in common', () => {
  const format = foreignFormatSchema.parse({ algorithm: 'sha256', prefix: '', lengthMin: 24, lengthMax: 32 });
  test.for([
    ['letters and digits', '4c9f1b7e2d8a6035e1f0b2c3', true],
    ['an access token', 'eyJhbGciOiJub25lIn0.e30.', false],
    ['an opaque one of ours', 'gh_at_RVUDBAStHTobXB4LvVPD', false],
    ['a key of ours', 'gh_live_RVUDBAStHTobXB4LvVPD', false],
    ['too short', '4c9f1b7e2d8a6035e1f0b2c', false],
    ['too long', 'a'.repeat(33), false],
    ['a line break', '4c9f1b7e2d8a6035e1f0b2c\n', false],
  ] as const)('%s', ([, text, expected]) => {
    expect(hasShape(format, text)).toBe(expected);
  });
});

describe('refused', () => {
  const good = { name: 'a', hash: 'a'.repeat(64) };
  test.for([
    ['no hash', { name: 'a' }],
    ['the key in its place', { name: 'a', hash: keyOf('x') }],
    ['SHA-1', { name: 'a', hash: 'a'.repeat(40) }],
    ['SHA-512', { name: 'a', hash: 'a'.repeat(128) }],
    ['no name', { hash: good.hash }],
    ['an unknown field', { ...good, key: 'sk' }],
    ['a malformed scope', { ...good, scopes: ['a b'] }],
    ['an end in the past', { ...good, expiresAt: 1 }],
    ['more than the last characters', { ...good, last4: 'abcde' }],
    ['a plan that is not there', { ...good, plan: 'unheard' }],
    ['a text', 'sk_old'],
    ['a list', [good]],
  ] as const)('%s', async ([, record]) => {
    const done = await bring([record]);
    expect(done).toMatchObject({ created: 0, failed: 1 });
    expect(done.errors[0]?.message).not.toContain('sk_old_');
  });

  test.for([
    ['our own prefix', { ...plain, prefix: 'gh_live_' }],
    ['the beginning of ours', { ...plain, prefix: 'gh' }],
    ['the beginning of tokens', { ...plain, prefix: 'eyJhb' }],
    ['what tokens begin with', { ...plain, prefix: 'ey' }],
    ['a prefix of one letter', { ...plain, prefix: 's' }],
    ['any length', { ...plain, lengthMin: 1 }],
    ['lengths the wrong way round', { ...plain, lengthMin: 60, lengthMax: 20 }],
    ['HMAC without a secret', { ...plain, algorithm: 'hmac-sha256' }],
    ['a secret without HMAC', { ...plain, secret: 'a secret of the old system' }],
    ['a weak algorithm', { ...plain, algorithm: 'md5' }],
    ['an unknown field', { ...plain, rounds: 2 }],
  ] as const)('a format with %s', ([, format]) => {
    expect(foreignFormatSchema.safeParse(format).success).toBe(false);
  });

  test('a ninth format, and nothing of it is kept', async () => {
    const record = { name: 'a', hash: 'b'.repeat(64) };
    let refused: unknown;
    for (let n = 0; n < 9; n += 1)
      await bring([record], { ...plain, saltAfter: `${n}` }).catch((error: unknown) => {
        refused = error;
      });
    expect(refused).toMatchObject({ code: 'api_key_formats_full' });
    expect(formats.textsOf(tenantId, keyOf('x'))).toHaveLength(8);
  });
});
