import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { User } from '#directory';
import type { Change } from '#store';
import { endExpiredSessions } from './end-expired-sessions.ts';
import { device, openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';
import type { SigninTables } from './tables.ts';

const DAY = 86_400_000;
let room: Awaited<ReturnType<typeof openSignin>>;
let user: User;
let count = 0;
const told: Change[] = [];

beforeAll(async () => {
  room = await openSignin();
  room.deps.store.changes.subscribe(['session'], (changes) => void told.push(...changes));
});
afterAll(() => room.close());
beforeEach(async () => {
  count += 1;
  user = await room.addUser(`expired${count}@example.com`, undefined);
  await endExpiredSessions(room.deps);
  await room.deps.store.changes.caughtUp();
  told.length = 0;
});

const start = (replacedToken?: string) =>
  room.inTransaction((tx) => startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device, replacedToken }));
const rowOf = (id: string) =>
  room.inTransaction((tx) =>
    tx
      .withTables<SigninTables>()
      .selectFrom('sessions')
      .select(['ended_at', 'end_reason'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  );

test('a session ends with its time, once, and everybody hears of it', async () => {
  const { session } = await start();
  room.clock.advance(30 * DAY - 1);
  expect(await endExpiredSessions(room.deps)).toBe(0);
  expect((await rowOf(session.id)).ended_at).toBeNull();
  room.clock.advance(1);
  const both = await Promise.all([endExpiredSessions(room.deps), endExpiredSessions(room.deps)]);
  expect(both.toSorted()).toEqual([0, 1]);
  expect(await rowOf(session.id)).toEqual({ ended_at: room.clock.now(), end_reason: 'expired' });
  await room.deps.store.changes.caughtUp();
  expect(told.filter(({ operation }) => operation === 'delete')).toMatchObject([
    { topic: 'session', id: session.originId, operation: 'delete' },
  ]);
  expect(await endExpiredSessions(room.deps)).toBe(0);
});

test('one that went on in another does not end with the first', async () => {
  const first = await start();
  room.clock.advance(DAY / 2);
  const second = await start(first.token);
  room.clock.advance(29.5 * DAY);
  expect(await endExpiredSessions(room.deps)).toBe(0);
  expect((await rowOf(second.session.id)).ended_at).toBeNull();
});

test('more than one batch, all of them', async () => {
  const people = await Promise.all(
    Array.from({ length: 3 }, (_, n) => room.addUser(`many${n}@example.com`, undefined)),
  );
  for (const person of people) {
    await room.inTransaction(async (tx) => {
      for (let n = 0; n < 45; n += 1) {
        await startSession(tx, room.deps, {
          user: person,
          acr: 'aal1',
          amr: ['pwd'],
          device,
          replacedToken: undefined,
        });
      }
    });
  }
  room.clock.advance(31 * DAY);
  expect(await endExpiredSessions(room.deps)).toBeGreaterThanOrEqual(135);
  expect(await endExpiredSessions(room.deps)).toBe(0);
});
