import { afterAll, beforeAll, expect, test } from 'vitest';
import { endAllSessions } from './end-all-sessions.ts';
import { resolveSession } from './resolve-session.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room?.close());

/** More than one batch. */
const PEOPLE = 3;
const SESSIONS_EACH = 70;

async function signIn(email: string, sessions: number): Promise<string[]> {
  const user = await room.addUser(email, undefined);
  return room.inTransaction(async (tx) => {
    const tokens = [];
    for (let index = 0; index < sessions; index += 1)
      tokens.push((await startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device })).token);
    return tokens;
  });
}
const isAlive = async (token = '') => (await resolveSession(room.deps, { tenantId, token })) !== undefined;

test('everybody is signed out, in batches, each session with its event; nobody who signs in afterwards', async () => {
  const tokens = [];
  for (let index = 0; index < PEOPLE; index += 1)
    tokens.push(...(await signIn(`ada${index}@example.com`, SESSIONS_EACH)));
  const all = PEOPLE * SESSIONS_EACH;
  // Twice at once: each session ends once.
  const counts = await Promise.all([1, 2].map(() => endAllSessions(room.deps, { tenantId, actor })));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all);
  for (const token of [tokens[0], tokens.at(-1)]) expect(await isAlive(token)).toBe(false);
  expect((await room.eventTypes()).filter((type) => type === 'session.ended')).toHaveLength(all);
  room.clock.advance(1);
  const [after] = await signIn('later@example.com', 1);
  expect(await isAlive(after)).toBe(true);
  expect(await endAllSessions(room.deps, { tenantId, actor })).toBe(1);
  expect(await isAlive(after)).toBe(false);
});
