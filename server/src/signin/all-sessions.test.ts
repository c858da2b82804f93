import { afterAll, beforeAll, expect, test } from 'vitest';
import { setUserStatus } from '#directory';
import { listAllSessions, type SessionMark } from './all-sessions.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';
import { endUserSessions } from './user-sessions.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
const people: string[] = [];
beforeAll(async () => {
  room = await openSignin();
  // Five people with two sessions each, begun in turn; the first two at one moment.
  for (const name of ['ada', 'bea', 'cleo', 'dora', 'emma']) {
    const user = await room.addUser(`${name}@example.com`, undefined);
    people.push(user.id);
    for (let index = 0; index < 2; index += 1) {
      await room.inTransaction((tx) => startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device }));
    }
  }
});
afterAll(() => room.close());

const list = (more: { search?: string; limit?: number; after?: SessionMark } = {}) =>
  listAllSessions(room.deps, { tenantId, limit: 50, ...more });

test('all of them, newest first, page by page', async () => {
  const all = (await list()).items.map(({ session }) => session.id);
  expect(all).toHaveLength(10);
  const paged: string[] = [];
  let after: SessionMark | undefined;
  do {
    const page = await list({ limit: 3, ...(after === undefined ? {} : { after }) });
    paged.push(...page.items.map(({ session }) => session.id));
    after = page.next;
  } while (after !== undefined);
  expect(paged).toEqual(all);
});

test('of who is meant', async () => {
  expect(await list({ search: 'CLEO@' })).toMatchObject({
    complete: true,
    items: [{ user: { id: people[2] } }, { user: { id: people[2] } }],
  });
  expect((await list({ search: 'nobody' })).items).toEqual([]);
});

test('not what ended, expired, lay idle, or belongs to who was suspended', async () => {
  await endUserSessions(room.deps, { tenantId, userId: people[0] ?? '', actor });
  expect((await list()).items).toHaveLength(8);
  await room.inTransaction((tx) =>
    setUserStatus(tx, room.deps, { tenantId, id: people[1] ?? '', status: 'disabled', actor }),
  );
  expect((await list()).items).toHaveLength(6);
  room.clock.advance(25 * 3_600_000);
  expect((await list()).items).toEqual([]);
});
