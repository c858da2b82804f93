import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  actor,
  claimsOf,
  type Form,
  headerOf,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

const BYE = 'https://spa.example.com/bye';
const TOLD = 'https://spa.example.com/logged-out';

let world: World;
let sessions = 0;
beforeAll(async () => {
  world = await openWorld();
  const spa = {
    kind: 'client',
    name: 'spa',
    spec: {
      type: 'public',
      grants: ['authorization_code', 'refresh_token'],
      redirectUris: ['https://spa.example.com/callback'],
      postLogoutRedirectUris: [BYE, `${BYE}?tab=1`],
      backchannelLogoutUri: TOLD,
      scopes: ['openid', 'profile', 'offline_access', 'weather:read'],
      apis: ['weather'],
      firstParty: true,
    },
  };
  await world.apply([spa]);
  await world.store.changes.caughtUp();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(60_000);
  sessions += 1;
  world.signIn({ sessionId: `ses_logout_${sessions}` });
  world.web.pages.clear();
});

const tokens = async (form: Form = {}) => (await world.token({ ...SPA_REDEEM, code: await world.code(form) })).body;
const logout = (form: Form) =>
  world.oauth.endSession({
    tenantId: TENANT,
    params: readParams(new URLSearchParams(form as Record<string, string>).toString()),
    cookie: undefined,
    ip: '192.0.2.1',
    userAgent: undefined,
  });

describe('the end session endpoint', () => {
  test('with the hint of this very session it asks nobody, and sends back exactly where it was told', async () => {
    const { id_token } = await tokens();
    const form = { id_token_hint: String(id_token), post_logout_redirect_uri: BYE, state: 'a b' };
    expect(await logout(form)).toEqual({ kind: 'signed_out', location: `${BYE}?state=a+b` });
    expect(world.signedIn.session).toBeUndefined();
  });

  test('an expired hint will do', async () => {
    const { id_token } = await tokens();
    world.clock.advance(7_200_000);
    expect(await logout({ id_token_hint: String(id_token) })).toMatchObject({ kind: 'signed_out' });
  });

  test('a registered query is kept', async () => {
    const form = { client_id: 'spa', post_logout_redirect_uri: `${BYE}?tab=1`, state: 'x' };
    world.signedIn.session = undefined;
    expect(await logout(form)).toEqual({ kind: 'signed_out', location: `${BYE}?tab=1&state=x` });
  });

  test('without a hint the person is asked, and only their own answer counts', async () => {
    const form = { client_id: 'spa', post_logout_redirect_uri: BYE, state: 's' };
    const asked = await logout(form);
    if (asked.kind !== 'confirm') throw new TypeError(asked.kind);
    expect(asked).toMatchObject({ client: 'spa', fields: form });
    expect(await logout({ ...form, csrf_token: 'forged' })).toMatchObject({ kind: 'confirm' });
    expect(await logout({ ...form, csrf_token: asked.proof })).toMatchObject({ kind: 'signed_out' });
    world.signIn({ sessionId: 'ses_another' });
    expect(await logout({ ...form, csrf_token: asked.proof })).toMatchObject({ kind: 'confirm' });
  });

  test('a hint of another session, or of nobody here, signs nobody out', async () => {
    const { id_token } = await tokens();
    world.signIn({ sessionId: 'ses_later' });
    expect(await logout({ id_token_hint: String(id_token) })).toMatchObject({ kind: 'confirm' });
    world.signIn({ userId: 'usr_somebody_else', sessionId: 'ses_theirs' });
    expect(await logout({ id_token_hint: String(id_token) })).toMatchObject({ kind: 'confirm' });
  });

  test.each<[string, (id: string, access: string) => Form]>([
    ['an address that is not registered', () => ({ client_id: 'spa', post_logout_redirect_uri: `${BYE}/` })],
    ['an address of nobody', () => ({ post_logout_redirect_uri: BYE })],
    ['an address of another client', () => ({ client_id: 'web', post_logout_redirect_uri: BYE })],
    ['an unknown client', () => ({ client_id: 'nobody' })],
    ['a hint that is none', () => ({ id_token_hint: 'x.y.z' })],
    ['an access token as hint', (_, access) => ({ id_token_hint: access })],
    ['a hint with a changed signature', (id) => ({ id_token_hint: `${id.slice(0, -4)}AAAA` })],
    ['the hint of another client', (id) => ({ id_token_hint: id, client_id: 'web' })],
  ])('goes nowhere with %s', async (_, form) => {
    const { id_token, access_token } = await tokens();
    const outcome = await logout(form(String(id_token), String(access_token)));
    expect(outcome).toMatchObject({ kind: 'problem', problem: { status: 400 } });
    expect(world.signedIn.session).toBeDefined();
  });
});

describe('applications are told', () => {
  const end = (kind: 'session' | 'user', id: string) =>
    world.oauth.revokeTokens({ tenantId: TENANT, kind, id, actor, because: 'test' });
  const listen = () => world.web.pages.set(TOLD, {});
  const told = () =>
    world.web.posted.filter(({ url }) => url === TOLD).map(({ body }) => new URLSearchParams(body).get('logout_token'));

  test('once, with a token that can’t be mistaken for another', async () => {
    listen();
    await tokens();
    await tokens();
    const { sessionId = '' } = world.signedIn.session ?? {};
    const before = told().length;
    await end('session', sessionId);
    await world.oauth.deliverLogouts();
    await world.oauth.deliverLogouts();
    const [token, ...more] = told().slice(before);
    expect(more).toEqual([]);
    expect(headerOf(token).typ).toBe('logout+jwt');
    expect(claimsOf(token)).toEqual({
      iss: ISSUER,
      aud: 'spa',
      sub: ALICE,
      sid: sessionId,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    const used = await logout({ id_token_hint: String(token) });
    expect(used).toMatchObject({ kind: 'problem' });
  });

  const OFFLINE = { scope: 'openid offline_access weather:read' };
  const toldOf = (sid: unknown) => told().filter((token) => claimsOf(token).sid === sid);

  test('who has offline access too, once, by the sid of its id token; and its access goes on', async () => {
    listen();
    const { id_token, access_token, refresh_token } = await tokens(OFFLINE);
    const { sid } = claimsOf(id_token);
    expect(sid).toBe(world.signedIn.session?.sessionId);
    expect(claimsOf(access_token).sid).toBeUndefined();
    for (let round = 0; round < 2; round += 1) {
      await end('session', String(sid));
      await world.oauth.deliverLogouts();
    }
    expect(toldOf(sid)).toHaveLength(1);
    const refreshed = await world.token({
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: String(refresh_token),
    });
    expect(refreshed.status).toBe(200);
    expect(claimsOf(refreshed.body.id_token).sid).toBeUndefined();
  });

  test('of a session that ended while nobody listened, offline access or not', async () => {
    listen();
    await tokens(OFFLINE);
    const sid = world.signedIn.session?.sessionId ?? '';
    await world.oauth.endOrphans();
    await world.oauth.deliverLogouts();
    expect(toldOf(sid)).toEqual([]);
    world.over.add(sid);
    await world.oauth.endOrphans();
    await world.oauth.endOrphans();
    await world.oauth.deliverLogouts();
    expect(toldOf(sid)).toHaveLength(1);
  });

  test('of a person of whom everything ends, offline access included', async () => {
    listen();
    const { id_token } = await tokens(OFFLINE);
    await end('user', ALICE);
    await world.oauth.deliverLogouts();
    expect(toldOf(claimsOf(id_token).sid)).toHaveLength(1);
  });

  test('also when an administrator ends everything of a person', async () => {
    listen();
    await tokens();
    const sid = world.signedIn.session?.sessionId;
    await end('user', ALICE);
    await world.oauth.deliverLogouts();
    expect(told().filter((token) => claimsOf(token).sid === sid)).toHaveLength(1);
  });

  test('again and again, later each time, and then no more', async () => {
    await tokens();
    await end('session', world.signedIn.session?.sessionId ?? '');
    const attempts = async () => {
      const before = told().length;
      await world.oauth.deliverLogouts();
      return told().length - before;
    };
    expect(await attempts()).toBe(1);
    expect(await attempts()).toBe(0);
    world.clock.advance(10_000);
    expect(await attempts()).toBe(1);
    world.clock.advance(10_000);
    expect(await attempts()).toBe(0);
    for (let index = 0; index < 12; index += 1) {
      world.clock.advance(3 * 3_600_000);
      await attempts();
    }
    world.clock.advance(24 * 3_600_000);
    listen();
    expect(await attempts()).toBe(0);
  });
});
