import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { setUserStatus } from '#directory';
import { openMailbox, tokenOf } from '../email-proof/mailbox.fixture.ts';
import { listFactors } from '../factors/list-factors.ts';
import { replaceRecoveryCodes } from '../factors/recovery-codes.ts';
import { beginFlow, findFlow } from '../flow/sign-in-flow.ts';
import { resolveSession } from '../resolve-session.ts';
import { openPasswordSignIn } from '../sign-in-with-password.ts';
import { actor, device, tenantId } from '../signin.fixture.ts';
import { startSession } from '../start-session.ts';
import { issueRecoveryLink } from './issue-recovery-link.ts';
import { requestRecovery } from './request-recovery.ts';
import { findRecovery, resetPassword } from './reset-password.ts';

const NEW = 'a wholly new passphrase';
const HOUR_MS = 3_600_000;
let room: Awaited<ReturnType<typeof openMailbox>>;
let count = 0;
beforeAll(async () => {
  room = await openMailbox();
});
afterAll(() => room?.close());

/** Whoever holds `administrator` may do everything, `help-desk` what a help desk may. */
const roles = {
  get: (_: string, name: string) => {
    const permissions = { administrator: ['*'], 'help-desk': ['users:*'] }[name];
    return permissions === undefined ? undefined : { spec: { permissions, inOrganizations: false } };
  },
};
const by = (more: object = {}) => ({
  ...actor,
  type: 'user' as const,
  id: 'usr_00000000000000000000000001',
  roles: ['help-desk'],
  ...more,
});
const issue = (userId: string, more: Partial<Parameters<typeof issueRecoveryLink>[1]> = {}, sendsMail = true) =>
  issueRecoveryLink({ ...room.deps, roles, sendsMail }, { tenantId, userId, delivery: 'mail', actor: by(), ...more });
const reset = (token: string, password = NEW) => resetPassword(room.deps, { tenantId, token, password, device });
async function person(withRoles: readonly string[] = []) {
  count += 1;
  return room.addUser(`lost${count}@example.com`, 'old password', withRoles);
}
async function enrol(user: Awaited<ReturnType<typeof person>>): Promise<void> {
  await room.inTransaction(async (tx) => {
    await replaceRecoveryCodes(tx, room.deps, { user, actor });
    const db = tx.withTables<{
      totp_credentials: { tenant_id: string; user_id: string; secret_sealed: string; created_at: number };
    }>();
    const row = { tenant_id: tenantId, user_id: user.id, secret_sealed: 'sealed', created_at: 1 };
    await db.insertInto('totp_credentials').values(row).execute();
  });
}
const tokenIn = (link: string | undefined) => new URL(link ?? 'missing:').searchParams.get('link') ?? '';

test('mailed: a new password, no second factor left, nobody signed in, and the person is told', async () => {
  const user = await person();
  await enrol(user);
  const device2 = { ...device, address: '192.0.2.77' };
  const before = await room.inTransaction((tx) =>
    startSession(tx, room.deps, { user, acr: 'aal2', amr: ['pwd', 'otp'], device: device2 }),
  );
  const issued = await issue(user.id);
  expect(issued).toEqual({ link: undefined, expiresAt: room.clock.now() + HOUR_MS });
  const letter = room.letters.at(-1);
  expect(letter).toMatchObject({ to: user.email, template: 'administrator_recovery', values: { minutes: '60' } });
  const token = tokenOf(letter);
  // Nothing is gone before it is used.
  expect((await room.inTransaction((tx) => listFactors(tx, user))).totpSince).toBeDefined();
  expect(await findRecovery(room.deps, { tenantId, token })).toMatchObject({ purpose: 'administrator_recovery' });
  await reset(token);
  const left = await room.inTransaction((tx) => listFactors(tx, user));
  expect(left).toEqual({ totpSince: undefined, passkeys: [], recoveryCodes: 0 });
  expect(await resolveSession(room.deps, { tenantId, token: before.token })).toBeUndefined();
  expect(room.letters.slice(-2).map(({ template, values }) => [template, values.factor])).toEqual([
    ['factor_removed', 'Authenticator app'],
    ['password_changed', undefined],
  ]);
  const outcome = await openPasswordSignIn(room.deps)({ tenantId, email: user.email, password: NEW, device });
  expect(outcome.kind).toBe('done');
  await expect(reset(token)).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

test('an administrator who got back in has to set a second factor up again', async () => {
  const user = await person(['administrator']);
  await enrol(user);
  const { link } = await issue(user.id, { delivery: 'shown', actor: by({ roles: ['administrator'] }) });
  await reset(tokenIn(link));
  const outcome = await openPasswordSignIn(room.deps)({ tenantId, email: user.email, password: NEW, device });
  expect(outcome).toMatchObject({ kind: 'flow', step: 'enrol' });
});

test('shown: the link stands in the answer, and not in the mail that tells of it', async () => {
  const user = await person();
  const { link } = await issue(user.id, { delivery: 'shown' }, false);
  const letter = room.letters.at(-1);
  expect(letter).toMatchObject({ to: user.email, template: 'administrator_recovery_shown' });
  expect(JSON.stringify(letter)).not.toContain(tokenIn(link));
  const { items } = await listEvents(room, { tenantId, type: 'user.recovery_link_issued', limit: 1 });
  expect(items[0]).toMatchObject({ target: { id: user.id }, detail: { delivery: 'shown' } });
  expect(JSON.stringify(items)).not.toContain(tokenIn(link));
});

test('the address counts as proved only where the link went there', async () => {
  const user = await person();
  const { link } = await issue(user.id, { delivery: 'shown' });
  expect((await reset(tokenIn(link))).emailVerified).toBe(false);
  expect(await room.eventTypes()).not.toContain('user.email_verified');
});

test('sign-ins under way end when the link is made, and a newer link ends the older one', async () => {
  const user = await person();
  const state = { purpose: 'sign_in', userId: user.id, proofs: [], demandedAcr: 'aal1' } as const;
  const flow = await room.inTransaction((tx) =>
    beginFlow(tx, room.deps, { tenantId, state: { ...state, deviceRemembered: false, returnTo: '/' } }),
  );
  const older = tokenIn((await issue(user.id, { delivery: 'shown' })).link);
  expect(await room.inTransaction((tx) => findFlow(tx, room.deps, { tenantId, token: flow }))).toBeUndefined();
  const newer = tokenIn((await issue(user.id, { delivery: 'shown' })).link);
  await expect(reset(older)).rejects.toMatchObject({ code: 'recovery_link_refused' });
  await reset(newer);
});

test('a password that one chose by mail meanwhile ends the administrator’s link', async () => {
  const user = await person();
  const { link } = await issue(user.id, { delivery: 'shown' });
  await requestRecovery(room.deps, { tenantId, email: user.email, address: '198.51.100.9', locale: 'en' });
  await reset(tokenOf(await room.deliver()));
  await expect(reset(tokenIn(link))).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

test('after an hour it is too late', async () => {
  const user = await person();
  const { link } = await issue(user.id, { delivery: 'shown' });
  room.clock.advance(HOUR_MS);
  await expect(reset(tokenIn(link))).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

test('twenty uses at once: one wins', async () => {
  const { link } = await issue((await person()).id, { delivery: 'shown' });
  const used = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => reset(tokenIn(link), `${NEW} ${n}`)));
  expect(used.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('refused, with nothing sent and nothing made', () => {
  test.each([
    ['for somebody who may do more', 'person_beyond_own', async () => issue((await person(['administrator'])).id)],
    [
      'for oneself',
      'recovery_of_oneself',
      async () => {
        const { id } = await person();
        return issue(id, { actor: by({ id }) });
      },
    ],
    ['for nobody', 'user_not_found', () => issue('usr_01h455vb4pex5vsknk084sn02q')],
    ['by mail, where none is sent', 'recovery_mail_unavailable', async () => issue((await person()).id, {}, false)],
    [
      'from an organization that does not manage the account',
      'person_not_managed',
      async () => issue((await person()).id, { actor: by({ organizationId: 'org_01h455vb4pex5vsknk084sn02q' }) }),
    ],
  ])('%s: %s', async (_, code, attempt) => {
    const before = [room.letters.length, (await room.eventTypes()).filter((type) => type.includes('recovery_link'))];
    await expect(attempt()).rejects.toMatchObject({ code });
    expect([room.letters.length, (await room.eventTypes()).filter((type) => type.includes('recovery_link'))]).toEqual(
      before,
    );
  });

  test('a link for somebody who is disabled afterwards opens nothing', async () => {
    const { id } = await person();
    const { link } = await issue(id, { delivery: 'shown' });
    await room.inTransaction((tx) => setUserStatus(tx, room.deps, { tenantId, id, actor, status: 'disabled' }));
    await expect(reset(tokenIn(link))).rejects.toMatchObject({ code: 'recovery_link_refused' });
  });
});
