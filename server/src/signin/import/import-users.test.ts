import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findUserByEmail } from '#directory';
import { findPasswordHash } from '../password-credentials.ts';
import { openSignin, tenantId } from '../signin.fixture.ts';
import { exportUsers } from './export-users.ts';
import type { ImportFormat } from './import-tables.ts';
import { checkRecords, importRecords, listImportErrors, startUserImport } from './import-users.ts';
import { passwordHashSchema } from './read-password-hash.ts';

const BCRYPT = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
const actor = {
  type: 'user',
  id: 'usr_admin',
  tenantId,
  roles: ['administrator'],
  scopes: [],
  credential: { type: 'session', id: 'ses_1' },
} as const;

let signin: Awaited<ReturnType<typeof openSignin>>;
let deps: Parameters<typeof importRecords>[0];
beforeAll(async () => {
  signin = await openSignin();
  deps = { ...signin.deps, roles: { get: () => undefined } as never };
});
afterAll(() => signin?.close());

let keys = 0;
const start = (format: ImportFormat = 'ndjson') => {
  keys += 1;
  return startUserImport(deps, { tenantId, key: `key-number-${keys}`, format });
};
const load = (id: string, from: number, records: readonly unknown[]) =>
  importRecords(deps, { tenantId, id, from, records, actor });
const find = (email: string) => signin.inTransaction((tx) => findUserByEmail(tx, { tenantId, email }));

test('people come in with what they had; the hash is kept sealed', async () => {
  const { id } = await start();
  const given = {
    email: 'Ada@Example.com',
    emailVerified: true,
    name: 'Ada',
    status: 'disabled',
    createdAt: '2020-01-02T03:04:05Z',
    passwordHash: BCRYPT,
  };
  expect(await load(id, 0, [given])).toMatchObject({ created: 1, failed: 0, recordsDone: 1, errors: [] });
  const user = await find('ada@example.com');
  expect(user).toMatchObject({
    name: 'Ada',
    emailVerified: true,
    status: 'disabled',
    createdAt: Date.parse(given.createdAt),
  });
  const stored = await signin.inTransaction((tx) => findPasswordHash(tx, { tenantId, userId: user?.id ?? '' }));
  expect(stored).toMatch(/^\$imported\$/);
  expect(stored).not.toContain('CCCCCCCC');
  expect(await signin.eventTypes()).toContain('user.imported');
});

test('a bad record is reported by its number, holds up no other, and says nothing of a hash', async () => {
  await signin.addUser('taken@example.com', undefined);
  const { id } = await start();
  const records = [
    { email: 'good@example.com' },
    { email: 'no address' },
    { email: 'taken@example.com' },
    { email: 'GOOD@example.com' },
    null,
    'text',
    { email: 'hash@example.com', passwordHash: `${BCRYPT}x` },
    {
      email: 'more@example.com',
      passwordHash: { algorithm: 'pbkdf2', digest: 'sha256', iterations: 1e9, salt: '', hash: BCRYPT },
    },
    { email: 'unknown@example.com', passwort: 'geheim' },
    { email: 'role@example.com', roles: ['no-such-role'] },
    { email: 'attr@example.com', attributes: { unknown: 1 } },
    { email: 'last@example.com' },
  ];
  const done = await load(id, 0, records);
  expect(done).toMatchObject({ created: 2, failed: 10, recordsDone: 12 });
  const codes = done.errors.map(({ record, code }) => [record, code]);
  expect(codes).toEqual([
    [2, 'invalid_input'],
    [3, 'email_taken'],
    [4, 'email_taken'],
    ...[5, 6, 7, 8, 9].map((record) => [record, 'invalid_input']),
    [10, expect.stringMatching(/^(role_not_found|grant_beyond_own)$/)],
    [11, 'invalid_input'],
  ]);
  expect(JSON.stringify(done.errors)).not.toMatch(/CCCC|geheim/);
  expect(await listImportErrors(deps, { tenantId, id, after: 3, limit: 2 })).toEqual(done.errors.slice(2, 4));
  expect(await find('last@example.com')).toBeDefined();
});

test('the same again does nothing twice: killed, repeated, or at the same time', async () => {
  const { id } = await start();
  const people = Array.from({ length: 40 }, (_, index) => ({ email: `p${index}@example.org` }));
  await load(id, 0, people.slice(0, 10));
  await expect(load(id, 0, people.slice(0, 10))).rejects.toMatchObject({ code: 'import_elsewhere' });
  await expect(load(id, 20, people.slice(20))).rejects.toMatchObject({ code: 'import_elsewhere' });
  const racing = await Promise.allSettled(Array.from({ length: 5 }, () => load(id, 10, people.slice(10))));
  expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const key = `key-number-${keys}`;
  expect(await startUserImport(deps, { tenantId, key, format: 'ndjson' })).toMatchObject({
    id,
    recordsDone: 40,
    created: 40,
  });
  const emails = [];
  for await (const { email } of exportUsers(deps, { tenantId })) if (email.endsWith('example.org')) emails.push(email);
  expect(emails.sort()).toEqual(people.map(({ email }) => email).sort());
});

test('a dry run says the same and changes nothing', async () => {
  const records = [{ email: 'dry@example.com' }, { email: 'taken@example.com' }, { email: 'x' }];
  const checked = await checkRecords(deps, { tenantId, format: 'ndjson', from: 0, records, actor });
  expect(checked).toMatchObject({ created: 1, failed: 2 });
  expect(checked.errors.map(({ record }) => record)).toEqual([2, 3]);
  expect(await find('dry@example.com')).toBeUndefined();
});

test('what is exported can be imported', async () => {
  const lines = [];
  for await (const person of exportUsers(deps, { tenantId })) lines.push({ ...person, email: `again-${person.email}` });
  const { id } = await start();
  const done = await load(id, 0, lines.slice(0, 500));
  expect(done).toMatchObject({ created: lines.length, failed: 0 });
});

describe('a realm export of Keycloak', () => {
  const password = (credentialData: unknown, secretData: unknown) => [
    { type: 'otp', secretData: '{}', credentialData: '{}' },
    { type: 'password', secretData: JSON.stringify(secretData), credentialData: JSON.stringify(credentialData) },
  ];
  const salt = Buffer.from('somesalt').toString('base64');
  test.each([
    ['pbkdf2-sha256', { algorithm: 'pbkdf2-sha256', hashIterations: 27_500, additionalParameters: {} }, true],
    ['pbkdf2 (SHA-1)', { algorithm: 'pbkdf2', hashIterations: 20_000 }, true],
    [
      'argon2',
      {
        algorithm: 'argon2',
        hashIterations: 5,
        additionalParameters: {
          hashLength: ['32'],
          memory: ['7168'],
          type: ['id'],
          version: ['1.3'],
          parallelism: ['1'],
        },
      },
      true,
    ],
    ['an algorithm nobody knows', { algorithm: 'rot13', hashIterations: 1 }, false],
    ['a billion rounds', { algorithm: 'pbkdf2-sha512', hashIterations: 1e9 }, false],
    ['no data', undefined, false],
  ])('%s', async (name, credentialData, accepted) => {
    const { id } = await start('keycloak');
    const email = `kc-${name.replaceAll(/\W/g, '')}@example.com`;
    const user = {
      id: 'uuid',
      username: email,
      firstName: 'Grace',
      lastName: 'Hopper',
      email,
      emailVerified: true,
      enabled: true,
      createdTimestamp: 1_600_000_000_000,
      credentials: password(credentialData, {
        value: Buffer.alloc(32, 1).toString('base64'),
        salt,
        additionalParameters: {},
      }),
      realmRoles: ['default-roles-demo'],
    };
    const done = await load(id, 0, [user, { username: 'no-address' }]);
    expect(done.created).toBe(accepted ? 1 : 0);
    if (accepted) expect(await find(email)).toMatchObject({ name: 'Grace Hopper', createdAt: 1_600_000_000_000 });
  });
});

describe('an export of Auth0', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  test.each([
    ['with hashes from support', { passwordHash: BCRYPT }, true],
    ['in the form of its import', { password_hash: BCRYPT }, true],
    [
      'md5 in hex',
      {
        custom_password_hash: {
          algorithm: 'md5',
          hash: { value: md5('saltx'), encoding: 'hex' },
          salt: { value: 'salt' },
        },
      },
      true,
    ],
    [
      'ldap',
      { custom_password_hash: { algorithm: 'ldap', hash: { value: '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9hzYWx0' } } },
      true,
    ],
    [
      'scrypt',
      {
        custom_password_hash: {
          algorithm: 'scrypt',
          hash: { value: 'ab'.repeat(32), encoding: 'hex' },
          salt: { value: 'c2FsdA==', encoding: 'base64' },
          keylen: 32,
          cost: 16_384,
        },
      },
      true,
    ],
    ['no password', {}, true],
    ['md4', { custom_password_hash: { algorithm: 'md4', hash: { value: md5('x'), encoding: 'hex' } } }, false],
    ['what every object has', { custom_password_hash: { algorithm: 'toString', hash: { value: 'x' } } }, false],
  ])('%s', async (name, fields, accepted) => {
    const { id } = await start('auth0');
    const user = {
      _id: { $oid: 'x' },
      email: `a0-${name.replaceAll(/\W/g, '')}@example.com`,
      email_verified: true,
      ...fields,
    };
    expect((await load(id, 0, [user])).created).toBe(accepted ? 1 : 0);
  });
});

test.each([
  [`$pbkdf2-sha512$i=100000,l=64$c2FsdHNhbHQ$${Buffer.alloc(64, 1).toString('base64')}`, 'pbkdf2'],
  [`pbkdf2_sha256$260000$salt$${Buffer.alloc(32, 1).toString('base64')}`, 'pbkdf2'],
  [`$scrypt$ln=14,r=8,p=1$c2FsdA$${Buffer.alloc(32, 1).toString('base64')}`, 'scrypt'],
  ['{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9hzYWx0', 'salted_digest'],
  [`{SHA512}${Buffer.alloc(64, 1).toString('base64')}`, 'salted_digest'],
  [`{MD5}${Buffer.alloc(16, 1).toString('base64')}`, 'salted_digest'],
  [BCRYPT, 'bcrypt'],
  ['$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', 'argon2'],
  ['{SSHA}AAAA', undefined],
  ['plaintext password', undefined],
  ['$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', undefined],
  ['$1$salt$hash', undefined],
])('the notation %s', (text, algorithm) => {
  expect(passwordHashSchema.safeParse(text).data?.algorithm).toBe(algorithm);
});
