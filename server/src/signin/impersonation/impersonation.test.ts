import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import type { Principal } from '#base';
import { setUserStatus, type User } from '#directory';
import { cookiesFor } from '../cookies.ts';
import { endSession } from '../end-session.ts';
import type { ResolvedSession } from '../resolve-session.ts';
import { createSessionPort } from '../session-port.ts';
import { device, openSignin, actor as system, tenantId } from '../signin.fixture.ts';
import { startSession } from '../start-session.ts';
import { endUserSessions } from '../user-sessions.ts';
import { beginImpersonation, endImpersonation, viewImpersonation } from './begin-impersonation.ts';
import { requestImpersonation } from './request-impersonation.ts';

const MINUTE = 60_000;
const letters: { template: string; to: string; values: object }[] = [];
const mailer = { queue: async (_: unknown, mail: never) => void letters.push(mail), request: async () => undefined };
/** Whoever holds `administrator` may do everything, anybody else what a help desk may. */
const roles = {
  get: (_: string, name: string) => ({ spec: { permissions: [name === 'administrator' ? '*' : 'x:*'] } }),
};
const cookies = cookiesFor('http://localhost:7700');

let room: Awaited<ReturnType<typeof openSignin>>;
let ada: User;
let pat: User;
let own: ResolvedSession;
let ownToken: string;
let count = 0;

const deps = () => ({ ...room.deps, roles, mailer: mailer as never, issuer: 'http://localhost:7700' });
const port = () => createSessionPort({ ...room.deps, cookies }, { tenantId });
const cookieOf = (token: string, acting?: string) =>
  [['session', token] as const, ...(acting === undefined ? [] : [['acting', acting] as const])]
    .map(([name, value]) => cookies.write(name, value).split(';')[0])
    .join('; ');

beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room.close());
beforeEach(async () => {
  count += 1;
  letters.length = 0;
  room.setPolicy({});
  ada = await room.addUser(`ada${count}@example.com`, undefined, ['administrator']);
  pat = await room.addUser(`pat${count}@example.com`, undefined);
  ownToken = (await signIn(ada)).token;
  own = await resolved(ownToken);
});

const signIn = (user: User, acr: 'aal1' | 'aal2' = 'aal2') =>
  room.inTransaction((tx) => startSession(tx, room.deps, { user, acr, amr: ['pwd'], device }));
async function resolved(token: string): Promise<ResolvedSession> {
  const found = await port().resolve(cookieOf(token));
  if (found === undefined) throw new TypeError('nobody is signed in');
  return found;
}
const byToken = (more: Partial<Principal> = {}): Principal => ({
  ...own.principal,
  credential: { type: 'access_token', id: 'jti' },
  ...more,
});
const ask = (more: Partial<Parameters<typeof requestImpersonation>[1]> = {}) =>
  requestImpersonation(deps(), {
    tenantId,
    userId: pat.id,
    reason: 'an order is missing',
    minutes: 10,
    actor: byToken(),
    ...more,
  });
const begin = async (id: string, of = own) => beginImpersonation(deps(), { own: of, id, device });
const acting = (token: string, cookie = ownToken) => port().acting(cookieOf(cookie, token));

test('asked for, begun once, told, and over when its time is', async () => {
  const { id } = await ask();
  expect(await viewImpersonation(deps(), { own, id })).toMatchObject({ user: { id: pat.id }, minutes: 10 });
  const { token, session } = await begin(id);
  expect(await acting(token)).toMatchObject({
    user: { id: pat.id },
    principal: { id: pat.id, act: { sub: ada.id }, acr: 'aal1', roles: [] },
  });
  // Whoever does not ask for it deals with the administrator.
  expect(await port().currentSession(cookieOf(ownToken, token))).toMatchObject({ userId: ada.id });
  expect(letters).toMatchObject([
    { template: 'impersonation_started', to: pat.email, values: { reason: 'an order is missing', minutes: '10' } },
  ]);
  await expect(begin(id)).rejects.toMatchObject({ code: 'impersonation_over' });
  const { items } = await listEvents(room, { tenantId, targetId: pat.id, limit: 10 });
  expect(items.slice(0, 2)).toMatchObject([
    { type: 'impersonation.started', actor: { id: ada.id }, detail: { sessionId: session.id, impersonationId: id } },
    { type: 'impersonation.requested', actor: { id: ada.id }, detail: { reason: 'an order is missing' } },
  ]);
  room.clock.advance(10 * MINUTE);
  expect(await acting(token)).toBeUndefined();
});

test('of two who begin it at once, one does', async () => {
  const { id } = await ask();
  const both = await Promise.allSettled([begin(id), begin(id)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the policy may say that nobody is told, and how long it may take', async () => {
  room.setPolicy({ impersonation: { minutesMax: 5, tell: false } });
  await expect(ask()).rejects.toMatchObject({ code: 'impersonation_too_long', details: { minutesMax: 5 } });
  await begin((await ask({ minutes: 5 })).id);
  expect(letters).toEqual([]);
});

describe('it can’t be asked for', () => {
  test.each<[string, () => Promise<Partial<Parameters<typeof requestImpersonation>[1]>>, string]>([
    [
      'by an API key',
      async () => ({ actor: byToken({ credential: { type: 'api_key', id: 'key_1' } }) }),
      'impersonation_by_people',
    ],
    ['by a program', async () => ({ actor: byToken({ type: 'client' }) }), 'impersonation_by_people'],
    [
      'by who acts for somebody',
      async () => ({ actor: byToken({ act: { sub: 'usr_x' } }) }),
      'impersonation_by_people',
    ],
    ['for oneself', async () => ({ userId: ada.id }), 'impersonation_unavailable'],
    ['for nobody', async () => ({ userId: 'usr_nobody' }), 'user_not_found'],
    [
      'for who may do more',
      async () => ({ userId: ada.id, actor: byToken({ id: 'usr_h', roles: ['help'] }) }),
      'person_beyond_own',
    ],
    ['from another organization', async () => ({ actor: byToken({ organizationId: 'org_x' }) }), 'person_not_managed'],
    [
      'for who is suspended',
      async () => {
        await room.inTransaction((tx) =>
          setUserStatus(tx, room.deps, { tenantId, id: pat.id, status: 'disabled', actor: system }),
        );
        return {};
      },
      'impersonation_unavailable',
    ],
    [
      'where the policy forbids it',
      async () => {
        room.setPolicy({ impersonation: { minutesMax: 0 } });
        return {};
      },
      'impersonation_unavailable',
    ],
  ])('%s', async (_, more, code) => {
    await expect(ask(await more())).rejects.toMatchObject({ code });
  });
});

describe('it can’t be begun', () => {
  test.each<[string, (id: string) => Promise<unknown>, string]>([
    ['by another administrator', async (id) => begin(id, await another()), 'impersonation_over'],
    ['too late', async (id) => begin(id, await later(6 * MINUTE)), 'impersonation_over'],
    [
      'with a password alone',
      async (id) => {
        room.setPolicy({ secondFactor: { required: 'nobody' } });
        return begin(id, await resolved((await signIn(ada, 'aal1')).token));
      },
      'impersonation_proof_missing',
    ],
    [
      'with a proof that is old',
      async (id) => begin(id, { ...own, session: { ...own.session, authTime: 0 } }),
      'impersonation_proof_missing',
    ],
  ])('%s', async (_, attempt, code) => {
    const { id } = await ask();
    await expect(attempt(id)).rejects.toMatchObject({ code });
    expect(letters).toEqual([]);
  });

  const another = async () =>
    resolved((await signIn(await room.addUser(`x${count}@example.com`, undefined, ['administrator']))).token);
  async function later(milliseconds: number) {
    room.clock.advance(milliseconds);
    return resolved((await signIn(ada)).token);
  }
});

describe('it is over', () => {
  test.each<[string, (token: string) => Promise<unknown>]>([
    ['when it is ended', async (token) => endImpersonation(room.deps, (await acting(token)) ?? own)],
    ['when the person ends it', async () => endUserSessions(room.deps, { tenantId, userId: pat.id, actor: system })],
    [
      'when the administrator signs out',
      () =>
        room.inTransaction((tx) =>
          endSession(tx, room.deps, {
            tenantId,
            userId: ada.id,
            id: own.session.id,
            reason: 'signed_out',
            actor: own.principal,
          }),
        ),
    ],
    [
      'when the administrator is suspended',
      () =>
        room.inTransaction((tx) =>
          setUserStatus(tx, room.deps, { tenantId, id: ada.id, status: 'disabled', actor: system }),
        ),
    ],
  ])('%s', async (_, end) => {
    const { token } = await begin((await ask()).id);
    expect(await acting(token)).toBeDefined();
    await end(token);
    expect(await acting(token)).toBeUndefined();
  });

  test('its token is good beside the administrator’s own session, and nowhere else', async () => {
    const { token } = await begin((await ask()).id);
    const other = (await signIn(ada)).token;
    const pats = (await signIn(pat)).token;
    expect(await acting(token, other)).toBeUndefined();
    expect(await acting(token, pats)).toBeUndefined();
    expect(await port().acting(cookieOf(token, token))).toBeUndefined();
    expect(await port().resolve(cookieOf(token))).toBeUndefined();
    expect(await port().acting(cookieOf(ownToken, pats))).toBeUndefined();
  });

  test('who proves again who they are goes on acting', async () => {
    const { token } = await begin((await ask()).id);
    const renewed = await room.inTransaction((tx) =>
      startSession(tx, room.deps, { user: ada, acr: 'aal2', amr: ['pwd'], device, replacedToken: ownToken }),
    );
    expect(await acting(token, renewed.token)).toBeDefined();
  });
});
