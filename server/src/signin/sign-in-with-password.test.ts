import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { addGroupMember, createGroup, findUserByEmail, setUserStatus } from '#directory';
import { resolveSession } from './resolve-session.ts';
import { openPasswordSignIn, type PasswordSignIn, type SignInDeps } from './sign-in-with-password.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';
import { databaseCounters } from './throttle/database-counters.ts';
import { recordSuspicion } from './throttle/record-suspicion.ts';
import { createSignInThrottle } from './throttle/sign-in-throttle.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
let userId: string;
const PASSWORD = 'violet kettle marches north';
const ADA = { tenantId, email: 'ada@example.com', password: PASSWORD, device };

beforeAll(async () => {
  room = await openSignin();
  userId = (await room.addUser('ada@example.com', PASSWORD)).id;
  const disabled = await room.addUser('disabled@example.com', PASSWORD);
  await room.inTransaction((tx) =>
    setUserStatus(tx, room.deps, { tenantId, id: disabled.id, status: 'disabled', actor }),
  );
  await room.addUser('invited@example.com', undefined);
});
afterAll(() => room.close());
beforeEach(() => {
  room.passwords.work.length = 0;
});

/** Each with a throttle of its own, unless the test is about it. */
async function signIn(input: Partial<PasswordSignIn> = {}, deps: Partial<SignInDeps> = {}) {
  const outcome = await openPasswordSignIn({ ...room.deps, throttle: createSignInThrottle(room.deps), ...deps })({
    ...ADA,
    ...input,
  });
  if (outcome.kind !== 'done') throw new TypeError(`the sign-in stands at ${outcome.step}`);
  return outcome;
}

describe('the right password', () => {
  test('starts a session of the first assurance level', async () => {
    const { session, token } = await signIn();
    expect(session).toMatchObject({
      userId,
      acr: 'aal1',
      amr: ['pwd'],
      authTime: Math.floor(room.clock.now() / 1000),
      ...device,
    });
    expect(await resolveSession(room.deps, { tenantId, token })).toMatchObject({
      session: { id: session.id },
      user: { id: userId },
      principal: { type: 'user', id: userId, credential: { type: 'session', id: session.id } },
    });
    expect((await room.eventTypes()).slice(0, 2)).toEqual(['user.new_device', 'user.signed_in']);
  });

  test.each(['ADA@EXAMPLE.COM', ' ada@example.com '])('the address as %j is the same account', async (email) => {
    expect((await signIn({ email })).session.userId).toBe(userId);
  });

  test('an administrator by a group alone must have a second factor too', async () => {
    const email = 'grouped@example.com';
    const { id: memberId } = await room.addUser(email, PASSWORD);
    expect((await signIn({ email })).kind).toBe('done');
    const deps = { ...room.deps, roles: { get: () => ({ spec: { permissions: ['*'] } }) } };
    await room.inTransaction(async (tx) => {
      const group = { tenantId, name: 'keepers', roles: ['administrator'], actor };
      const { id: groupId } = await createGroup(tx, deps, group);
      await addGroupMember(tx, deps, { tenantId, groupId, memberId, actor });
    });
    await expect(signIn({ email })).rejects.toThrow('the sign-in stands at enrol');
  });
});

const FAILURES = [
  ['a wrong password', { password: 'violet kettle marches south' }],
  ['the password in other letters', { password: PASSWORD.toUpperCase() }],
  ['the password with a space behind', { password: `${PASSWORD} ` }],
  ['no password', { password: '' }],
  ['an unknown account', { email: 'eve@example.com' }],
  ['a disabled account, right password', { email: 'disabled@example.com' }],
  ['an account without a password', { email: 'invited@example.com' }],
  ['no address', { email: '' }],
  ['no e-mail address at all', { email: "' or 1=1 --" }],
  ['an address with NUL', { email: 'ada@example.com\u0000' }],
  ['an address out of bounds', { email: `${'a'.repeat(60_000)}@example.com` }],
  ['another tenant', { tenantId: 'ten_00000000000000000000000001' }],
] as const;

describe('anything else: one answer, after the same work', () => {
  test.each(FAILURES)('%s', async (_, input) => {
    const error = await signIn(input).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'sign_in_failed',
      message: 'That e-mail address and password don’t match. Check both and try again.',
      fields: undefined,
      details: undefined,
    });
    expect(room.passwords.work).toEqual(['argon2']);
  });

  test('leaves one audit event, which never repeats what was typed', async () => {
    const before = (await room.eventTypes()).length;
    await signIn({ email: 'my-secret-typed-into-the-wrong-field@example.com' }).catch(() => undefined);
    const types = await room.eventTypes();
    expect([types.length - before, types[0]]).toEqual([1, 'user.sign_in_failed']);
    const dump = await room.store.transaction({ system: true }, (tx) =>
      tx.withTables<{ audit_events: { body: string } }>().selectFrom('audit_events').select('body').execute(),
    );
    expect(JSON.stringify(dump)).not.toContain('my-secret-typed');
  });
});

describe('the throttle', () => {
  test('answers known and unknown names alike, before any work is done', async () => {
    const answers = [];
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const throttle = createSignInThrottle(room.deps);
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await signIn({ email, password: 'wrong wrong wrong' }, { throttle }).catch(() => undefined);
      }
      room.passwords.work.length = 0;
      const error = await signIn({ email }, { throttle }).catch((thrown: unknown) => thrown);
      answers.push(error);
      expect(room.passwords.work).toEqual([]);
    }
    expect(answers[0]).toMatchObject({ code: 'sign_in_throttled', details: { retryAfterSeconds: 1 } });
    expect(answers[1]).toEqual(answers[0]);
  });

  test('of a hundred wrong guesses at once only five are checked', async () => {
    const guess = openPasswordSignIn({ ...room.deps, throttle: createSignInThrottle(room.deps) });
    const guesses = Array.from({ length: 100 }, (_, index) => ({ ...ADA, password: `guess number ${index}` }));
    await Promise.allSettled(guesses.map(guess));
    expect(room.passwords.work).toHaveLength(5);
  });

  // Each with a look of its own at what was counted. One that has just failed may then be counted and still under way: it
  // holds two places for a moment, so that there are rather fewer than more.
  test('nor are more when each is looked at by itself', async () => {
    const throttle = createSignInThrottle(room.deps);
    await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => signIn({ password: `guess number ${index}` }, { throttle })),
    );
    expect(room.passwords.work.length).toBeGreaterThan(0);
    expect(room.passwords.work.length).toBeLessThanOrEqual(5);
  });

  test('signing in forgives', async () => {
    const throttle = createSignInThrottle(room.deps);
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await signIn({ password: 'wrong wrong wrong' }, { throttle }).catch(() => undefined);
      }
      await expect(signIn({}, { throttle })).resolves.toBeDefined();
    }
  });
});

describe('a failure that is counted in the database', () => {
  const counters = () => databaseCounters(room.deps);
  const setUp = (changes: object = {}) =>
    createSignInThrottle({
      clock: room.clock,
      counters: { ...counters(), ...changes },
      suspect: (found, tx) => recordSuspicion(room.deps, found, tx),
    });
  const guess = (email: string, throttle: SignInDeps['throttle']) =>
    signIn({ email, password: 'wrong wrong wrong', device: { ...device, address: '192.0.2.9' } }, { throttle });

  test('leaves no event when the count can’t be kept', async () => {
    const before = await room.eventTypes();
    const add = () => Promise.reject(new Error('the database is gone'));
    await expect(guess('ada@example.com', setUp({ add }))).rejects.toThrow('the database is gone');
    expect(await room.eventTypes()).toEqual(before);
  });

  test('names in the alarm whose account was tried when it went off, by id', async () => {
    const throttle = setUp();
    for (let index = 0; index < 19; index += 1) await guess(`spray${index}@example.com`, throttle).catch(() => 0);
    await guess('invited@example.com', throttle).catch(() => 0);
    const { items } = await listEvents(room.deps, { tenantId, type: 'sign_in.attack_suspected', limit: 9 });
    const tried = await room.inTransaction((tx) => findUserByEmail(tx, { tenantId, email: 'invited@example.com' }));
    expect(items.map(({ target, detail }) => [target.id, detail])).toEqual([
      ['192.0.2.0/24', { suspicion: 'many_accounts', userId: tried?.id }],
    ]);
  });
});

describe('a hash of earlier parameters', () => {
  test('is replaced when the password is known, and still opens', async () => {
    const user = await room.addUser('old@example.com', PASSWORD);
    const db = <T>(work: (row: { password_hash: string }) => T) =>
      room.store.transaction({ tenantId }, async (tx) =>
        work(
          await tx
            .withTables<{ password_credentials: { user_id: string; password_hash: string } }>()
            .selectFrom('password_credentials')
            .select('password_hash')
            .where('user_id', '=', user.id)
            .executeTakeFirstOrThrow(),
        ),
      );
    const current = await db((row) => row.password_hash);
    await room.inTransaction((tx) =>
      tx
        .withTables<{ password_credentials: { user_id: string; password_hash: string } }>()
        .updateTable('password_credentials')
        .set({ password_hash: `old$${current}` })
        .where('user_id', '=', user.id)
        .execute(),
    );
    await signIn({ email: 'old@example.com', password: 'wrong wrong wrong' }).catch(() => undefined);
    expect(await db((row) => row.password_hash)).toBe(`old$${current}`);
    await signIn({ email: 'old@example.com' });
    expect(await db((row) => row.password_hash)).toBe(current);
  });
});

test('an account disabled while its password is being checked does not get in', async () => {
  const user = await room.addUser('race@example.com', PASSWORD);
  const passwords = {
    ...room.passwords,
    verifyPassword: async (stored: string, password: string) => {
      await room.inTransaction((tx) =>
        setUserStatus(tx, room.deps, { tenantId, id: user.id, status: 'disabled', actor }),
      );
      return room.passwords.verifyPassword(stored, password);
    },
  };
  await expect(signIn({ email: 'race@example.com' }, { passwords })).rejects.toMatchObject({ code: 'sign_in_failed' });
});
