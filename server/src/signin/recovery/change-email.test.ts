import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUser, type User } from '#directory';
import { openMailbox, tokenOf } from '../email-proof/mailbox.fixture.ts';
import { listFactors } from '../factors/list-factors.ts';
import { listSessions } from '../list-sessions.ts';
import { findPasswordHash } from '../password-credentials.ts';
import { device, tenantId } from '../signin.fixture.ts';
import { startSession } from '../start-session.ts';
import type { SigninTables } from '../tables.ts';
import { userPrincipal } from '../user-principal.ts';
import { confirmEmailChange, type EmailProof, requestEmailChange } from './change-email.ts';
import { undoEmailChange } from './undo-email-change.ts';

let room: Awaited<ReturnType<typeof openMailbox>>;
beforeAll(async () => {
  room = await openMailbox();
});
afterAll(() => room?.close());

async function signedIn(email: string) {
  const user = await room.addUser(email, 'old password');
  const { session } = await room.inTransaction((tx) =>
    startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device }),
  );
  return { user, session, principal: userPrincipal(user, session) } as Parameters<
    typeof requestEmailChange
  >[1]['current'];
}
const ask = (current: Awaited<ReturnType<typeof signedIn>>, email: string) =>
  requestEmailChange(room.deps, { current, email, address: '198.51.100.1', locale: 'de' });
const confirm = (proof: EmailProof) => confirmEmailChange(room.deps, { tenantId, proof, device, locale: 'de' });
const emailOf = async ({ id }: Pick<User, 'id'>) =>
  (await room.inTransaction((tx) => findUser(tx, { tenantId, id })))?.email;
const undoToken = () => new URL(room.letters.at(-1)?.values.undo_link ?? '').searchParams.get('link') ?? '';

test('the new address is proved first, the old one is told, and can take the account back', async () => {
  const current = await signedIn('old@example.com');
  await ask(current, 'new@example.com');
  const letter = await room.deliver();
  expect(letter).toMatchObject({ to: 'new@example.com', template: 'email_change_verify' });
  expect(await emailOf(current.user)).toBe('old@example.com');
  await confirm({ token: tokenOf(letter) });
  expect(await emailOf(current.user)).toBe('new@example.com');
  expect(room.letters.at(-1)).toMatchObject({ to: 'old@example.com', template: 'email_changed', locale: 'de' });
  await expect(confirm({ token: tokenOf(letter) })).rejects.toMatchObject({ code: 'recovery_link_refused' });

  const token = undoToken();
  await undoEmailChange(room.deps, { tenantId, token, device, locale: 'de' });
  expect(await emailOf(current.user)).toBe('old@example.com');
  expect(room.letters.at(-1)).toMatchObject({ to: 'old@example.com', template: 'email_change_undone' });
  const userId = current.user.id;
  expect(await room.inTransaction((tx) => findPasswordHash(tx, { tenantId, userId }))).toBeUndefined();
  const { user } = current;
  expect(await room.inTransaction((tx) => listSessions(tx, { user, now: room.clock.now() }))).toEqual([]);
  await expect(undoEmailChange(room.deps, { tenantId, token, device, locale: 'de' })).rejects.toMatchObject({
    code: 'recovery_link_refused',
  });
});

test('by code, in the session that asked and in no other', async () => {
  const current = await signedIn('code@example.com');
  const { challengeId } = await ask(current, 'code-new@example.com');
  const code = (await room.deliver())?.values.code ?? '';
  await expect(confirm({ challengeId, code, sessionId: 'another' })).rejects.toMatchObject({
    code: 'email_code_refused',
  });
  await confirm({ challengeId, code, sessionId: current.session.id });
  expect(await emailOf(current.user)).toBe('code-new@example.com');
});

test('an address that another account has: no mail, and nothing that tells', async () => {
  await room.addUser('theirs@example.com', undefined);
  const current = await signedIn('mine@example.com');
  const before = room.letters.length;
  expect(await ask(current, 'theirs@example.com')).toEqual({ challengeId: expect.stringMatching(/^chl_/) });
  await room.deliver();
  expect(room.letters).toHaveLength(before);
});

test.each([
  ['the same address', 'SAME@example.com'],
  ['no address', 'x'],
  ['two', 'a@example.com,b@example.com'],
])('refused: %s', async (name, email) => {
  const current = await signedIn(name === 'the same address' ? 'same@example.com' : `${name.length}r@example.com`);
  await expect(ask(current, email)).rejects.toMatchObject({ code: 'invalid_input' });
});

test('of two who want one address the second is refused when it counts', async () => {
  const first = await signedIn('race1@example.com');
  const second = await signedIn('race2@example.com');
  const tokens = [];
  for (const current of [first, second]) {
    await ask(current, 'wanted@example.com');
    tokens.push(tokenOf(await room.deliver()));
  }
  const [one = '', two = ''] = tokens;
  await confirm({ token: one });
  await expect(confirm({ token: two })).rejects.toMatchObject({ code: 'email_taken' });
});

test('taking the account back removes what a thief set up, and leaves what the owner had', async () => {
  const DAY = 24 * 3_600_000;
  const current = await signedIn('robbed@example.com');
  const { user } = current;
  const passkey = (id: string, created_at: number) =>
    room.inTransaction((tx) =>
      tx
        .withTables<SigninTables>()
        .insertInto('passkeys')
        .values({
          tenant_id: tenantId,
          id,
          user_id: user.id,
          credential_id: id,
          public_key: 'a2V5',
          counter: 0,
          transports: [],
          aaguid: '',
          backed_up: false,
          multi_device: false,
          name: id,
          created_at,
          last_used_at: null,
        })
        .execute(),
    );
  await passkey('of the owner', room.clock.now() - 3 * DAY);
  await passkey('just before', room.clock.now() - DAY / 2);
  await ask(current, 'thief@example.com');
  await confirm({ token: tokenOf(await room.deliver()) });
  const token = undoToken();
  room.clock.advance(DAY);
  await passkey('afterwards', room.clock.now());
  await undoEmailChange(room.deps, { tenantId, token, device, locale: 'de' });
  const { passkeys } = await room.inTransaction((tx) => listFactors(tx, user));
  expect(passkeys.map(({ name }) => name)).toEqual(['of the owner']);
  const told = room.letters.findLast(({ template }) => template === 'factor_removed');
  expect(told).toMatchObject({ to: 'robbed@example.com', values: { factor: 'just before, afterwards' } });
});
