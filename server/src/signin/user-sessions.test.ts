import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSession } from './resolve-session.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';
import { endUserSessions, listUserSessions } from './user-sessions.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
let count = 0;
beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room.close());

async function signedIn(sessions: number) {
  count += 1;
  const user = await room.addUser(`ada${count}@example.com`, undefined);
  const started = [];
  for (let index = 0; index < sessions; index += 1) {
    started.push(
      await room.inTransaction((tx) => startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device })),
    );
  }
  return { userId: user.id, started };
}
const isAlive = async (token: string) => (await resolveSession(room.deps, { tenantId, token })) !== undefined;

test('an administrator ends one session, or all, at once', async () => {
  const { userId, started } = await signedIn(3);
  const [first] = started;
  expect(await listUserSessions(room.deps, { tenantId, userId })).toHaveLength(3);
  expect(await endUserSessions(room.deps, { tenantId, userId, actor, id: first?.session.id ?? '' })).toBe(1);
  expect(await isAlive(first?.token ?? '')).toBe(false);
  expect(await endUserSessions(room.deps, { tenantId, userId, actor })).toBe(2);
  for (const { token } of started) expect(await isAlive(token)).toBe(false);
  expect((await room.eventTypes()).filter((type) => type === 'session.ended')).toHaveLength(3);
});

test.each([
  ['a person there is not', async () => ({ userId: 'usr_01h455vb4pex5vsknk084sn02q' }), 'user_not_found'],
  [
    "another person's session",
    async () => ({ ...(await signedIn(1)), id: (await signedIn(1)).started[0]?.session.id ?? '' }),
    'session_not_found',
  ],
  [
    'a session that has ended',
    async () => {
      const { userId, started } = await signedIn(1);
      const id = started[0]?.session.id ?? '';
      await endUserSessions(room.deps, { tenantId, userId, actor });
      return { userId, id };
    },
    'session_not_found',
  ],
  [
    'from an organization, a person that it does not manage',
    async () => ({ ...(await signedIn(1)), organizationId: 'org_01h455vb4pex5vsknk084sn02q' }),
    'user_not_found',
  ],
])('%s', async (_, prepare, code) => {
  const input = await prepare();
  await expect(endUserSessions(room.deps, { tenantId, actor, ...input })).rejects.toMatchObject({ code });
});

test('an organization ends the sessions of an account it manages, inside its own scope of the database', async () => {
  const organizationId = 'org_01h455vb4pex5vsknk084sn02q';
  const { userId, started } = await signedIn(2);
  await room.inTransaction(async (tx) => {
    const where = { tenant_id: tenantId, user_id: userId, organization_id: organizationId };
    const db = tx.withTables<{
      memberships: typeof where & { roles: string[]; created_at: number; updated_at: number };
      users: { id: string; organization_id: string };
    }>();
    await db.updateTable('users').set({ organization_id: organizationId }).where('id', '=', userId).execute();
    await db
      .insertInto('memberships')
      .values({ ...where, roles: [], created_at: 1, updated_at: 1 })
      .execute();
  });
  const transaction: typeof room.store.transaction = (_, work, options) =>
    room.store.transaction({ tenantId, organizationId }, work, options);
  const inside = { ...room.deps, store: { transaction } };
  const place = { tenantId, organizationId, userId, actor: { ...actor, organizationId } };
  expect(await endUserSessions(inside, { ...place, id: started[0]?.session.id ?? '' })).toBe(1);
  expect(await endUserSessions(inside, place)).toBe(1);
  for (const { token } of started) expect(await isAlive(token)).toBe(false);
});
