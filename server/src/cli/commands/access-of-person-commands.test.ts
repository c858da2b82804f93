import { describe, expect, test } from 'vitest';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();

const people = {
  'GET /api/v1/users': { body: { items: [{ id: 'usr_1', email: 'Ada@example.com' }], nextCursor: null } },
};
const nothing = { password: false, totpSince: null, passkeys: [], recoveryCodes: 0 };
const passkey = { id: 'psk_1', name: '', authenticator: 'Phone\u001b[2J', createdAt: 0, lastUsedAt: null };
const session = {
  id: 'ses_1',
  acr: 'aal2',
  amr: ['pwd', 'otp'],
  lastSeenAt: 0,
  userAgent: 'B'.repeat(99),
  address: '::1',
};

describe('users factors', () => {
  test.each([
    ['nothing', nothing, ''],
    ['a password', { ...nothing, password: true }, /^password$/m],
    ['an authenticator app', { ...nothing, totpSince: 0 }, /^totp +authenticator app +1970-01-01 00:00:00$/m],
    [
      'a passkey, without what would move the cursor',
      { ...nothing, passkeys: [passkey] },
      /^psk_1 +Phone\S* +1970-01-01 00:00:00 +never$/m,
    ],
    ['recovery codes', { ...nothing, recoveryCodes: 7 }, /^recovery codes +7 left$/m],
  ])('shows %s', async (_what, body, shown) => {
    wire.answers = { ...people, 'GET /api/v1/users/usr_1/factors': { body } };
    const { exitCode, out } = await wire.run(['users', 'factors', 'ada@example.com']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(shown);
  });
});

describe('what is asked of the Admin API', () => {
  test.each<[string[], string, string, unknown, string]>([
    [['users', 'remove-factor', 'usr_1', 'totp'], 'DELETE', '/users/usr_1/factors/totp', {}, 'Removed totp of usr_1.'],
    [
      ['users', 'remove-factor', 'usr_1', '../x'],
      'DELETE',
      '/users/usr_1/factors/passkeys/..%2Fx',
      {},
      'Removed ../x of usr_1.',
    ],
    [
      ['sessions', 'end', 'usr_1', 'ses/1'],
      'POST',
      '/users/usr_1/sessions/ses%2F1/end',
      { ended: 1 },
      'Ended 1 session of usr_1.',
    ],
    [
      ['sessions', 'end', 'ada@example.com', '--all'],
      'POST',
      '/users/usr_1/sessions/end',
      { ended: 2 },
      'Ended 2 sessions of ada@example.com.',
    ],
    [['sessions', 'end', '--everybody'], 'POST', '/sessions/end', { ended: 3 }, 'Ended 3 sessions of everybody.'],
  ])('%j', async (args, method, path, body, said) => {
    wire.answers = { ...people, [`${method} /api/v1${path}`]: { body } };
    expect(await wire.run(args)).toMatchObject({ exitCode: 0, out: said });
    expect(wire.asked.at(-1)).toMatchObject({ method, url: `/api/v1${path}` });
  });

  test.each([
    [['sessions', 'end', 'usr_1']],
    [['sessions', 'end', 'usr_1', 'ses_1', '--all']],
    [['sessions', 'end', 'nobody@example.com', '--all']],
    [['sessions', 'end']],
    [['sessions', 'end', 'usr_1', '--everybody']],
    [['sessions', 'end', '--all']],
    [['sessions', 'end', '--all', '--everybody']],
    [['users', 'remove-factor', 'usr_1']],
  ])('%j is refused, and changes nothing', async (args) => {
    wire.answers = people;
    expect((await wire.run(args)).exitCode).toBe(2);
    expect(wire.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test.each<[string[], string]>([
  [['sessions', 'list', 'usr_1'], 'usr_1'],
  [['sessions', 'list', '--search', 'ada'], 'ada@example.com'],
])('%j lists sessions', async (args, person) => {
  wire.answers = {
    'GET /api/v1/users/usr_1/sessions': { body: { items: [session] } },
    'GET /api/v1/sessions': {
      body: { items: [{ ...session, user: { id: 'usr_1', email: 'ada@example.com' } }], nextCursor: null },
    },
  };
  const { out } = await wire.run(args);
  expect(out.split('\n')[1]?.split(/ {2,}/)).toEqual([
    'ses_1',
    person,
    '1970-01-01 00:00:00',
    '::1',
    'aal2 (pwd otp)',
    'B'.repeat(40),
  ]);
  expect(wire.asked[0]?.url).toMatch(person === 'usr_1' ? /sessions$/ : /search=ada/);
});
