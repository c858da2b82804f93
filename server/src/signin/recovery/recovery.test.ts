import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setUserStatus } from '#directory';
import { openMailbox, tokenOf } from '../email-proof/mailbox.fixture.ts';
import { listSessions } from '../list-sessions.ts';
import { findPasswordHash } from '../password-credentials.ts';
import { actor, device, tenantId } from '../signin.fixture.ts';
import { startSession } from '../start-session.ts';
import { requestRecovery } from './request-recovery.ts';
import { findRecovery, resetPassword } from './reset-password.ts';

const NEW = 'a wholly new passphrase';
let room: Awaited<ReturnType<typeof openMailbox>>;
let asked = 0;
/** Each from an address of its own, so that nobody is slowed down. */
const elsewhere = () => {
  asked += 1;
  return `198.51.100.${asked}`;
};
beforeAll(async () => {
  room = await openMailbox();
});
afterAll(() => room?.close());

const ask = (email: string, locale = 'en') =>
  requestRecovery(room.deps, { tenantId, email, address: elsewhere(), locale });
const reset = (token: string, password = NEW) => resetPassword(room.deps, { tenantId, token, password, device });
async function linkFor(email: string): Promise<string> {
  await ask(email);
  return tokenOf(await room.deliver());
}

describe('asking', () => {
  test.each([
    ['a known name', 'ask-known@example.com', 1],
    ['a known name in another spelling', ' ASK-known@Example.com ', 1],
    ['an unknown name', 'nobody@example.com', 0],
    ['what is no address', 'nobody\0', 0],
    ['nothing', '', 0],
    ['something long', 'x'.repeat(5000), 0],
  ])('%s: the same work is done at once, and the rest by the worker', async (_, email, letters) => {
    await room.addUser('ask-known@example.com', 'old password').catch(() => undefined);
    const before = room.letters.length;
    room.passwords.work.length = 0;
    await ask(email, 'de');
    expect(room.waiting).toHaveLength(1);
    expect(room.letters).toHaveLength(before);
    await room.deliver();
    expect(room.letters).toHaveLength(before + letters);
    expect(room.passwords.work).toEqual([]);
  });

  test('a disabled account gets nothing', async () => {
    const { id } = await room.addUser('disabled@example.com', 'old password');
    await room.inTransaction((tx) => setUserStatus(tx, room.deps, { tenantId, id, actor, status: 'disabled' }));
    const before = room.letters.length;
    await ask('disabled@example.com');
    await room.deliver();
    expect(room.letters).toHaveLength(before);
  });
});

test('a new password: every session ends, the person is told, nobody is signed in', async () => {
  const user = await room.addUser('ada@example.com', 'old password');
  await room.inTransaction((tx) => startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device }));
  const before = await hashOf(user.id);
  const token = await linkFor('ada@example.com');
  expect(await findRecovery(room.deps, { tenantId, token })).toMatchObject({
    user: { id: user.id },
    purpose: 'password_recovery',
  });
  await reset(token);
  expect(await hashOf(user.id)).not.toBe(before);
  const sessions = await room.inTransaction((tx) => listSessions(tx, { user, now: room.clock.now() }));
  expect(sessions).toEqual([]);
  expect(room.letters.at(-1)).toMatchObject({ to: 'ada@example.com', template: 'password_changed' });
  expect(await room.eventTypes()).toContain('user.password_recovered');
  await expect(reset(token)).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

const hashOf = (userId: string) => room.inTransaction((tx) => findPasswordHash(tx, { tenantId, userId }));

test('two links: the older one stays good until one of them is used', async () => {
  await room.addUser('two@example.com', 'old password');
  const [older, newer] = [await linkFor('two@example.com'), await linkFor('two@example.com')];
  expect(await findRecovery(room.deps, { tenantId, token: older })).toBeDefined();
  await reset(newer);
  await expect(reset(older)).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

test('a password that is refused leaves the link good; nobody without a link makes the server hash', async () => {
  await room.addUser('weak@example.com', 'old password');
  const token = await linkFor('weak@example.com');
  await expect(reset(token, 'short')).rejects.toMatchObject({ code: 'password_refused' });
  room.passwords.work.length = 0;
  await expect(reset('gh_ln_guess')).rejects.toMatchObject({ code: 'recovery_link_refused' });
  expect(room.passwords.work).toEqual([]);
  await reset(token);
});

test('twenty resets by one link at once: one password is set', async () => {
  const { id } = await room.addUser('race@example.com', 'old password');
  const token = await linkFor('race@example.com');
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => reset(token, `${NEW} number ${index}`)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await hashOf(id)).toBeDefined();
});

test('a link of an account that was disabled meanwhile is refused', async () => {
  const { id } = await room.addUser('late@example.com', 'old password');
  const token = await linkFor('late@example.com');
  await room.inTransaction((tx) => setUserStatus(tx, room.deps, { tenantId, id, actor, status: 'disabled' }));
  await expect(reset(token)).rejects.toMatchObject({ code: 'recovery_link_refused' });
});
