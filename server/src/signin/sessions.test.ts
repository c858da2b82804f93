import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setUserRoles, setUserStatus, type User } from '#directory';
import { mintCredential } from '#keyring';
import type { Change } from '#store';
import { cookiesFor } from './cookies.ts';
import { endOtherSessions, endSession } from './end-session.ts';
import { endedSessions } from './ended-sessions.ts';
import { listSessions } from './list-sessions.ts';
import { removeOldSessions } from './remove-old-sessions.ts';
import { resolveSession } from './resolve-session.ts';
import { SESSIONS_PER_USER_MAX } from './session-lifetimes.ts';
import { createSessionPort } from './session-port.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';

const DAY = 86_400_000;
let room: Awaited<ReturnType<typeof openSignin>>;
let user: User;
let count = 0;

beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room.close());
beforeEach(async () => {
  count += 1;
  user = await room.addUser(`u${count}@example.com`, undefined);
});

const start = (replacedToken?: string, of: User = user) =>
  room.inTransaction((tx) =>
    startSession(tx, room.deps, { user: of, acr: 'aal1', amr: ['pwd'], device, replacedToken }),
  );
const resolve = (token: string, tenant: string = tenantId) => resolveSession(room.deps, { tenantId: tenant, token });
const setStatus = (status: 'active' | 'disabled') =>
  room.inTransaction((tx) => setUserStatus(tx, room.deps, { tenantId, id: user.id, status, actor }));
const list = () => room.inTransaction((tx) => listSessions(tx, { user, now: room.clock.now() }));
const end = (id: string, userId = user.id) =>
  room.inTransaction((tx) => endSession(tx, room.deps, { tenantId, userId, id, reason: 'ended_by_user', actor }));

const ended = async (id: string) => (await endedSessions(room.deps, { tenantId, ids: [id] })).has(id);

describe('what applications ask: is this session over?', () => {
  test.each([
    ['signed out', (id: string) => end(id), true],
    ['past its thirty days', () => void room.clock.advance(30 * DAY), true],
    ['idle for a day', () => void room.clock.advance(DAY), false],
    ['of a person who was disabled', () => setStatus('disabled'), true],
    [
      'of a person who was disabled and let in again',
      async () => {
        room.clock.advance(1);
        await setStatus('disabled');
        await setStatus('active');
      },
      true,
    ],
    ['in use', () => undefined, false],
  ])('%s', async (_, happen, over) => {
    const { session } = await start();
    await happen(session.id);
    expect(await ended(session.id)).toBe(over);
  });

  test('one that never was, and one of another tenant', async () => {
    const { session } = await start();
    expect(await ended('ses_00000000000000000000000000')).toBe(true);
    const elsewhere = await endedSessions(room.deps, { tenantId: 'ten_00000000000000000000000001', ids: [session.id] });
    expect(elsewhere.has(session.id)).toBe(true);
    expect((await endedSessions(room.deps, { tenantId, ids: [] })).size).toBe(0);
  });
});

describe('a token', () => {
  test('opens its session, and is nowhere in the database', async () => {
    const { token, session } = await start();
    expect((await resolve(token))?.session.id).toBe(session.id);
    const rows = await room.store.transaction({ system: true }, (tx) =>
      tx.withTables<{ sessions: object }>().selectFrom('sessions').selectAll().execute(),
    );
    for (const form of [token, Buffer.from(token).toString('base64'), Buffer.from(token).toString('hex')]) {
      expect(JSON.stringify(rows)).not.toContain(form);
    }
  });

  test.each([
    ['never issued', () => mintCredential('session', room.random)],
    ['with a letter changed', (token: string) => `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`],
    ['of another kind', () => mintCredential('csrf', room.random)],
    ['in capitals', (token: string) => token.toUpperCase()],
    ['empty', () => ''],
    ['its hash', () => 'a'.repeat(64)],
  ])('%s opens nothing', async (_, change) => {
    const { token } = await start();
    expect(await resolve(change(token))).toBeUndefined();
  });

  test('opens nothing in another tenant', async () => {
    const { token } = await start();
    expect(await resolve(token, 'ten_00000000000000000000000001')).toBeUndefined();
  });
});

describe('time', () => {
  test('a session ends when it was not used for a day', async () => {
    const { token } = await start();
    room.clock.advance(DAY);
    expect(await resolve(token)).toBeUndefined();
  });

  test('use keeps it alive, for thirty days', async () => {
    const { token } = await start();
    for (let half = 1; half < 60; half += 1) {
      room.clock.advance(DAY / 2);
      expect(await resolve(token), `half day ${half}`).toBeDefined();
    }
    room.clock.advance(DAY / 2);
    expect(await resolve(token)).toBeUndefined();
  });

  test('being seen is written once a minute, not at each request', async () => {
    const { token, session } = await start();
    room.clock.advance(59_999);
    expect((await resolve(token))?.session.lastSeenAt).toBe(session.lastSeenAt);
    room.clock.advance(1);
    expect((await resolve(token))?.session.lastSeenAt).toBe(session.lastSeenAt + 60_000);
    expect((await list())[0]?.lastSeenAt).toBe(session.lastSeenAt + 60_000);
  });
});

describe('signing in again', () => {
  test('gives a token of its own and ends the session the browser had', async () => {
    const before = await start();
    const after = await start(before.token);
    expect(after.token).not.toBe(before.token);
    expect(await resolve(before.token)).toBeUndefined();
    expect(await resolve(after.token)).toBeDefined();
  });

  test("a token planted by someone else is worth nothing afterwards: neither for the attacker's session nor the victim's", async () => {
    const attacker = await room.addUser(`attacker${count}@example.com`, undefined);
    const planted = await start(undefined, attacker);
    const victims = await start(planted.token);
    expect(victims.token).not.toBe(planted.token);
    expect(await resolve(planted.token)).toBeUndefined();
  });

  test.each([
    ['one’s own session goes on in the new one: a change', () => user, 'put'],
    ['another person’s ends: a removal', () => room.addUser(`other${count}@example.com`, undefined), 'delete'],
  ] as const)('what the change feed tells: %s', async (_, whose, operation) => {
    const before = await start(undefined, await whose());
    const heard: Change[] = [];
    await room.store.changes.caughtUp();
    const stop = room.store.changes.subscribe(['session'], (changes) => void heard.push(...changes));
    await start(before.token);
    await room.store.changes.caughtUp();
    stop();
    expect(heard.map((change) => [change.id, change.operation])).toEqual([[before.session.id, operation]]);
  });

  test('applications know all sessions that went on in one another as one, which ends with the last', async () => {
    const first = await start();
    const second = await start(first.token);
    const third = await start(second.token);
    expect([first, second, third].map(({ session }) => session.originId)).toEqual(Array(3).fill(first.session.id));
    expect(await ended(first.session.id)).toBe(false);
    const heard: Change[] = [];
    await room.store.changes.caughtUp();
    const stop = room.store.changes.subscribe(['session'], (changes) => void heard.push(...changes));
    await end(third.session.id);
    await room.store.changes.caughtUp();
    stop();
    expect(heard.map((change) => [change.id, change.operation])).toEqual([[first.session.id, 'delete']]);
    expect(await ended(first.session.id)).toBe(true);
  });

  test('a session that was signed out is not taken up again by whoever still has its token', async () => {
    const before = await start();
    await end(before.session.id);
    const after = await start(before.token);
    expect(after.session.originId).toBe(after.session.id);
    expect([await ended(before.session.id), await ended(after.session.id)]).toEqual([true, false]);
  });

  test('another person’s session does not lend its name', async () => {
    const before = await start(undefined, await room.addUser(`lender${count}@example.com`, undefined));
    const after = await start(before.token);
    expect(after.session.originId).toBe(after.session.id);
  });

  test('of two sign-ins at once, one takes the session up and the other begins anew', async () => {
    const before = await start();
    const both = await Promise.all([start(before.token), start(before.token)]);
    const origins = both.map(({ session }) => session.originId);
    expect(origins.filter((origin) => origin === before.session.id)).toHaveLength(1);
    expect(new Set(origins).size).toBe(2);
  });

  test('the session unused for longest gives way when there are too many', async () => {
    const tokens: string[] = [];
    for (let index = 0; index < SESSIONS_PER_USER_MAX + 1; index += 1) {
      room.clock.advance(1);
      tokens.push((await start()).token);
    }
    expect(await list()).toHaveLength(SESSIONS_PER_USER_MAX);
    expect(await resolve(tokens[0] ?? '')).toBeUndefined();
    expect(await resolve(tokens[1] ?? '')).toBeDefined();
  });
});

describe('ending', () => {
  test('is effective at once, recorded, and told to the change feed', async () => {
    const heard: Change[] = [];
    // What the tests before wrote may be read only now.
    await room.store.changes.caughtUp();
    const stop = room.store.changes.subscribe(['session'], (changes) => void heard.push(...changes));
    const { token, session } = await start();
    await end(session.id);
    expect(await resolve(token)).toBeUndefined();
    expect((await room.eventTypes())[0]).toBe('session.ended');
    await room.store.changes.caughtUp();
    stop();
    expect(heard.map(({ id, operation }) => [id, operation])).toEqual([[session.id, 'delete']]);
  });

  test('of twenty at once exactly one ends it', async () => {
    const { session } = await start();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => end(session.id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await room.eventTypes()).slice(0, 2)).not.toEqual(['session.ended', 'session.ended']);
  });

  test("another person's session is not found, and goes on", async () => {
    const { token, session } = await start();
    const eve = await room.addUser(`eve${count}@example.com`, undefined);
    await expect(end(session.id, eve.id)).rejects.toMatchObject({ code: 'session_not_found' });
    expect(await resolve(token)).toBeDefined();
  });

  test('all others: only this one is left', async () => {
    const [first, second, third] = [await start(), await start(), await start()];
    const ended = await room.inTransaction((tx) =>
      endOtherSessions(tx, room.deps, { user, keep: second.session.id, actor }),
    );
    expect(ended).toBe(2);
    expect((await list()).map(({ id }) => id)).toEqual([second.session.id]);
    expect([await resolve(first.token), await resolve(third.token)]).toEqual([undefined, undefined]);
  });
});

describe('the account', () => {
  const set = (status: 'active' | 'disabled') =>
    room.inTransaction((tx) => setUserStatus(tx, room.deps, { tenantId, id: user.id, status, actor }));

  test('disabled: out at once; enabled again: sessions of before stay ended, new ones open', async () => {
    const { token } = await start();
    await set('disabled');
    expect(await resolve(token)).toBeUndefined();
    const enabled = await set('active');
    expect(await resolve(token)).toBeUndefined();
    expect(await room.inTransaction((tx) => listSessions(tx, { user: enabled, now: room.clock.now() }))).toEqual([]);
    room.clock.advance(1);
    expect(await resolve((await start(undefined, enabled)).token)).toBeDefined();
  });

  test('roles are read with the session: a change counts at the next request', async () => {
    const { token } = await start();
    await room.inTransaction((tx) => setUserRoles(tx, room.deps, { tenantId, id: user.id, roles: ['viewer'], actor }));
    expect((await resolve(token))?.principal.roles).toEqual(['viewer']);
  });
});

describe('housekeeping', () => {
  test('removes what ended or ran out ninety days ago, and nothing else', async () => {
    const [ended, ranOut] = [await start(), await start()];
    await end(ended.session.id);
    const left = async () => {
      const rows = await room.store.transaction({ system: true }, (tx) =>
        tx.withTables<{ sessions: { id: string } }>().selectFrom('sessions').select('id').execute(),
      );
      return [ended, ranOut].map(({ session }) => rows.some(({ id }) => id === session.id));
    };
    room.clock.advance(90 * DAY);
    await removeOldSessions(room.deps);
    expect(await left()).toEqual([true, true]);
    room.clock.advance(1);
    await removeOldSessions(room.deps);
    expect(await left()).toEqual([false, true]);
    room.clock.advance(30 * DAY);
    const { token } = await start();
    await removeOldSessions(room.deps);
    expect(await left()).toEqual([false, false]);
    expect(await resolve(token)).toBeDefined();
  });
});

describe('the port for other rooms', () => {
  const port = () => createSessionPort({ ...room.deps, cookies: cookiesFor('https://auth.example.com') }, { tenantId });

  test('reads the session from the Cookie header', async () => {
    const { token, session } = await start();
    expect(await port().currentSession(`a=b; __Host-gatehouse_session=${token}`)).toEqual({
      userId: user.id,
      sessionId: session.id,
      authTime: session.authTime,
      acr: 'aal1',
      amr: ['pwd'],
    });
  });

  test.each([
    ['no header', () => undefined],
    ['another cookie', (token: string) => `gatehouse_session=${token}`],
    ['the cookie twice', (token: string) => `__Host-gatehouse_session=${token}; __Host-gatehouse_session=${token}`],
  ])('%s: nobody', async (_, header) => {
    const { token } = await start();
    expect(await port().currentSession(header(token))).toBeUndefined();
  });
});
