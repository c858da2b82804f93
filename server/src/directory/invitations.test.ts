import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { type Principal, systemPrincipal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import type { Tx } from '#store';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { type Accepting, acceptInvitation } from './accept-invitation.ts';
import { createInvitation, type InvitationPost, resendInvitation, revokeInvitation } from './invitations-change.ts';
import { findOpenInvitation, getInvitation, listInvitations } from './invitations-find.ts';
import { addMembership } from './memberships-change.ts';
import { getMembership } from './memberships-find.ts';
import { directoryMigrations } from './migrations.ts';
import { organizationKind } from './organization-kind.ts';
import type { Roles } from './permissions-of.ts';
import { roleKind } from './role-kind.ts';
import { createUser } from './users-create.ts';

const tenantId = 'ten_1';
const DAY = 24 * 3_600_000;
const system = systemPrincipal(tenantId, 'test');
const specs = { member: { permissions: [], inOrganizations: true }, viewer: { permissions: ['*:read'] } } as const;
const roles: Roles = {
  get: (_tenant, name) => {
    const spec = (specs as Record<string, { permissions: readonly string[] }>)[name];
    return spec === undefined ? undefined : { spec: { ...spec, permissions: [...spec.permissions] } };
  },
};
const clock = fixedClock();
const keyring = {
  mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest(),
};
const base = { clock, random: seededRandom(), roles, keyring, issuer: 'https://auth.example.com' };
const posted: string[] = [];
const invitationPost: InvitationPost = { send: async (_tx, { link }) => void posted.push(link) };
let store: TestStore;
let count = 0;
let email: string;

const run = <T>(work: (tx: Tx) => Promise<T>) => store.transaction({ tenantId }, work);
const invite = (more: { organization?: string; roles?: string[]; actor?: Principal } = {}, deps = base) =>
  run((tx) => createInvitation(tx, deps, { tenantId, actor: system, email, organization: 'acme', ...more }));
const tokenOf = (link: string | undefined) => new URL(link ?? 'https://none.example').searchParams.get('link') ?? '';
const accept = (token: string, by: Accepting = { name: 'Bea' }) =>
  run((tx) => acceptInvitation(tx, base, { tenantId, token, by }));

beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations], { clock });
  const documents = readPlainDocuments(kindRegistry([roleKind, organizationKind]), [
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme' } },
    { kind: 'organization', name: 'bolt', spec: { displayName: 'Bolt' } },
    { kind: 'role', name: 'member', spec: specs.member },
  ]);
  await applyResources({ store, ...base }, { caller: systemCaller(tenantId, 'test'), documents });
});
afterAll(() => store.close());
beforeEach(() => {
  email = `guest${++count}@example.com`;
});

test('an invitation is shown to who has the link, accepted once, and makes a member', async () => {
  const { invitation, link } = await invite({ roles: ['member'] });
  const token = tokenOf(link);
  const shown = await run((tx) => findOpenInvitation(tx, base, { tenantId, token }));
  expect(shown).toMatchObject({ email, organizationName: 'Acme', hasAccount: false, status: 'open' });
  const { user, created } = await accept(token);
  // The link was shown to whoever invited, so that it proves nothing of the address.
  expect([created, user]).toMatchObject([true, { email, name: 'Bea', emailVerified: false }]);
  const { organizationId = '' } = invitation;
  const membership = await run((tx) => getMembership(tx, { tenantId, organizationId, userId: user.id }));
  expect(membership.roles).toEqual(['member']);
  await expect(accept(token)).rejects.toMatchObject({ code: 'invitation_refused' });
  expect(await run((tx) => findOpenInvitation(tx, base, { tenantId, token }))).toBeUndefined();
  expect(await run((tx) => getInvitation(tx, base, { tenantId, id: invitation.id }))).toMatchObject({
    status: 'accepted',
    acceptedBy: user.id,
  });
  const { items } = await listEvents({ store }, { tenantId, limit: 20 });
  const types = items.filter(({ target }) => target.id === invitation.id).map(({ type }) => type);
  expect(types).toEqual(['invitation.accepted', 'invitation.created']);
  expect(JSON.stringify(items)).not.toContain(token);
});

test('by mail the link goes nowhere else, and accepting it proves the address', async () => {
  const { link } = await invite({}, { ...base, invitationPost } as typeof base);
  expect(link).toBeUndefined();
  const { user } = await accept(tokenOf(posted.at(-1)));
  expect(user.emailVerified).toBe(true);
});

test('of fifty who accept at once exactly one does', async () => {
  const token = tokenOf((await invite()).link);
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => accept(token)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('who has an account', () => {
  const account = (address: string) =>
    run((tx) => createUser(tx, base, { tenantId, actor: system, email: address, name: 'Ada' }));

  test('signs in to accept, and keeps what they have', async () => {
    const { id: userId } = await account(email);
    const { link, invitation } = await invite({ roles: ['member'] });
    await expect(accept(tokenOf(link))).rejects.toMatchObject({ code: 'invitation_needs_sign_in' });
    const { user, created } = await accept(tokenOf(link), { userId });
    expect([created, user.id, user.organizationIds]).toEqual([false, userId, [invitation.organizationId]]);
  });

  test('can’t accept what is for another address, which stays open', async () => {
    const { id: userId } = await account(`other-${email}`);
    const { link } = await invite();
    await expect(accept(tokenOf(link), { userId })).rejects.toMatchObject({ code: 'invitation_for_another' });
    await expect(accept(tokenOf(link))).resolves.toMatchObject({ created: true });
  });

  test('is not invited to where they are', async () => {
    const { id: userId } = await account(email);
    const { invitation } = await invite({ organization: 'bolt' });
    const { organizationId = '' } = invitation;
    await run((tx) => addMembership(tx, base, { tenantId, organizationId, userId, roles: [], actor: system }));
    await expect(invite({ organization: 'bolt' })).rejects.toMatchObject({ code: 'already_member' });
    await expect(invite({ organization: 'acme' })).resolves.toBeDefined();
  });
});

describe('an invitation that is no good', () => {
  test.each<[string, (token: string, id: string) => Promise<unknown>]>([
    ['too old', async () => clock.advance(7 * DAY)],
    ['revoked', (_token, id) => run((tx) => revokeInvitation(tx, base, { tenantId, id, actor: system }))],
    ['sent again', (_token, id) => run((tx) => resendInvitation(tx, base, { tenantId, id, actor: system }))],
  ])('%s', async (_name, spoil) => {
    const { invitation, link } = await invite();
    await spoil(tokenOf(link), invitation.id);
    await expect(accept(tokenOf(link))).rejects.toMatchObject({ code: 'invitation_refused' });
  });

  test.each(['', 'gh_ln_x', 'x'.repeat(500)])('%j', async (token) => {
    await expect(accept(token)).rejects.toMatchObject({ code: 'invitation_refused' });
  });

  test('of another tenant', async () => {
    const token = tokenOf((await invite()).link);
    const elsewhere = store.transaction({ tenantId: 'ten_2' }, (tx) =>
      acceptInvitation(tx, base, { tenantId: 'ten_2', token, by: { name: 'Eve' } }),
    );
    await expect(elsewhere).rejects.toMatchObject({ code: 'invitation_refused' });
  });
});

test('sent again, it is good for its whole time; one that ended makes room for another', async () => {
  const { invitation } = await invite();
  await expect(invite()).rejects.toMatchObject({ code: 'invitation_open' });
  clock.advance(6 * DAY);
  const again = await run((tx) => resendInvitation(tx, base, { tenantId, id: invitation.id, actor: system }));
  clock.advance(6 * DAY);
  await expect(accept(tokenOf(again.link))).resolves.toMatchObject({ created: true });
  const over = run((tx) => resendInvitation(tx, base, { tenantId, id: invitation.id, actor: system }));
  await expect(over).rejects.toMatchObject({ code: 'invitation_over' });
  email = `late-${email}`;
  await invite();
  clock.advance(8 * DAY);
  await expect(invite()).resolves.toMatchObject({ invitation: { status: 'open' } });
});

describe('nobody invites to more than he has', () => {
  const person: Principal = {
    type: 'user',
    id: 'usr_1',
    tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'session', id: 'ses_1' },
  };
  test('neither anew, nor by sending again what somebody else made', async () => {
    await expect(invite({ roles: ['viewer'], actor: person })).rejects.toMatchObject({ code: 'grant_beyond_own' });
    await expect(invite({ roles: ['later'] })).rejects.toMatchObject({ code: 'role_not_found' });
    await expect(invite({ organization: 'nowhere' })).rejects.toMatchObject({ code: 'organization_not_found' });
    const { invitation } = await invite({ roles: ['viewer'] });
    const again = run((tx) => resendInvitation(tx, base, { tenantId, id: invitation.id, actor: person }));
    await expect(again).rejects.toMatchObject({ code: 'grant_beyond_own' });
  });
});

test('an organization sees its own alone', async () => {
  const { invitation } = await invite({ organization: 'bolt' });
  const { invitation: other } = await invite({ organization: 'acme' });
  const scope = { tenantId, organizationId: String(invitation.organizationId) };
  const { items } = await store.transaction(scope, (tx) => listInvitations(tx, base, { tenantId, limit: 500 }));
  expect(items.map(({ id }) => id)).toContain(invitation.id);
  expect(items.map(({ id }) => id)).not.toContain(other.id);
});
