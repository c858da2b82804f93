/** Pairwise subjects (OpenID Connect Core §8.1): the unit, and every place where a person or a session is named. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkClient, clientSchema } from '../clients/client-schema.ts';
import { TOKEN_TYPES } from '../exchange/token-types.ts';
import {
  ALICE,
  actor,
  basic,
  CHALLENGE,
  claimsOf,
  type Form,
  openWorld,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';
import { createPairwiseSubjects } from './pairwise-subjects.ts';

const mac = (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest();

describe('the names', () => {
  const subjects = createPairwiseSubjects({ keyring: { mac } });
  const here = { tenantId: 'ten_1', sector: 'a.example' };
  const name = subjects.hide(here, 'subject', ALICE);

  test('are the same each time, say nothing, and are read by us alone', () => {
    expect(subjects.hide(here, 'subject', ALICE)).toBe(name);
    expect(name).toMatch(/^pw_[A-Za-z0-9_-]{62}$/);
    expect(Buffer.from(name.slice(3), 'base64url').toString('latin1')).not.toContain('usr_');
    expect(subjects.reveal(here, 'subject', name)).toBe(ALICE);
  });

  test.each<[string, { tenantId: string; sector: string | undefined }, 'subject' | 'session']>([
    ['another sector', { ...here, sector: 'b.example' }, 'subject'],
    ['another tenant', { ...here, tenantId: 'ten_2' }, 'subject'],
    ['a session', here, 'session'],
    ['a client that is told plain ids now', { ...here, sector: undefined }, 'subject'],
  ])('mean nothing to %s, which has others', (_, place, kind) => {
    expect(subjects.hide(place, kind, ALICE)).not.toBe(name);
    expect(subjects.reveal(place, kind, name)).toBeUndefined();
  });

  test('no altered one is read', () => {
    for (let index = 3; index < name.length; index += 1) {
      const other = name[index] === 'A' ? 'B' : 'A';
      const altered = name.slice(0, index) + other + name.slice(index + 1);
      const same = Buffer.from(altered.slice(3), 'base64url').equals(Buffer.from(name.slice(3), 'base64url'));
      expect([index, subjects.reveal(here, 'subject', altered)]).toEqual([index, same ? ALICE : undefined]);
    }
    for (const text of ['pw_', 'pw_AAAA', `pw_${'A'.repeat(2000)}`]) {
      expect(subjects.reveal(here, 'subject', text)).toBeUndefined();
    }
  });
});

describe('a declaration', () => {
  const spec = { type: 'public', grants: ['authorization_code'], scopes: [], subjectType: 'pairwise' };
  test.each<[string, object, string[]]>([
    ['one host', { redirectUris: ['https://a.example/x', 'https://a.example/y'] }, []],
    ['several hosts', { redirectUris: ['https://a.example/x', 'https://b.example/x'] }, ['sectorIdentifier']],
    [
      'several hosts, and a sector',
      { redirectUris: ['https://a.example/x', 'https://b.example/x'], sectorIdentifier: 'a.example' },
      [],
    ],
    ['an address that every device has', { redirectUris: ['http://localhost:3000/x'] }, ['sectorIdentifier']],
    ['a private scheme', { redirectUris: ['com.example.app:/x'] }, ['sectorIdentifier']],
    [
      'a sector for public subjects',
      { redirectUris: ['https://a.example/x'], subjectType: 'public', sectorIdentifier: 'a.example' },
      ['sectorIdentifier'],
    ],
  ])('%s', (_, more, paths) => {
    expect(checkClient(clientSchema.parse({ ...spec, ...more })).map(({ path }) => path)).toEqual(paths);
  });
});

describe('in a world', () => {
  let world: World;
  const clients = new Map<string, string>();
  const TOLD = 'https://told.example.com/logout';
  beforeAll(async () => {
    world = await openWorld();
    const spec = (host: string, more: object = {}) => ({
      type: 'confidential',
      grants: ['authorization_code', 'refresh_token', 'token_exchange'],
      redirectUris: [`https://${host}/callback`],
      backchannelLogoutUri: TOLD,
      postLogoutRedirectUris: [],
      scopes: ['openid', 'profile', 'offline_access', 'weather:read', 'sealed:read'],
      apis: ['weather', 'sealed'],
      resourceServerFor: ['weather', 'sealed'],
      firstParty: true,
      subjectType: 'pairwise',
      claims: { who: { from: 'user.id' } },
      ...more,
    });
    const claims = { who: { from: 'user.id' } };
    const audience = 'https://sealed.example.com';
    await world.apply([
      { kind: 'api', name: 'weather', spec: { audience: WEATHER, scopes: { 'weather:read': 'Read' }, claims } },
      {
        kind: 'api',
        name: 'sealed',
        spec: { audience, scopes: { 'sealed:read': 'Read' }, accessTokenFormat: 'opaque', claims },
      },
      { kind: 'client', name: 'one', spec: spec('app.example.com') },
      { kind: 'client', name: 'sister', spec: spec('app.example.com') },
      { kind: 'client', name: 'stranger', spec: spec('elsewhere.example.com') },
      { kind: 'client', name: 'plain', spec: spec('plain.example.com', { subjectType: undefined }) },
    ]);
    await world.store.changes.caughtUp();
    for (const name of ['one', 'sister', 'stranger', 'plain'])
      clients.set(name, basic(name, await world.secretOf(name)));
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.clock.advance(2_000);
    world.policy.permits = () => true;
    world.signIn({ sessionId: 'ses_of_alice' });
  });

  const HOSTS: Record<string, string> = { stranger: 'elsewhere', plain: 'plain' };
  const request = (client: string, form: Form = {}) => ({
    response_type: 'code',
    client_id: client,
    redirect_uri: `https://${HOSTS[client] ?? 'app'}.example.com/callback`,
    scope: 'openid profile weather:read',
    resource: WEATHER,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...form,
  });
  const ask = (client: string, form: Form) => world.token(form, clients.get(client));
  async function signIn(client: string, form: Form = {}) {
    const outcome = await world.authorize(request(client, form));
    if (outcome.kind !== 'redirect') throw new TypeError(JSON.stringify(outcome));
    const code = new URL(outcome.location).searchParams.get('code') ?? '';
    return (await ask(client, { grant_type: 'authorization_code', code, code_verifier: VERIFIER })).body;
  }
  const introspect = async (client: string, token: unknown) =>
    (
      await world.oauth.introspect({
        tenantId: TENANT,
        params: [['token', String(token)]],
        ip: '10.9.9.9',
        authorization: clients.get(client),
      })
    ).body as Record<string, unknown>;

  /** Nothing that the client gets may hold these, in whatever it is wrapped. */
  const unseen = (...texts: unknown[]) => {
    for (const text of texts) {
      const whole = typeof text === 'string' ? text : JSON.stringify(text);
      const parts = whole.split(/[."]/).map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      expect(`${whole} ${parts.join(' ')}`).not.toMatch(/usr_|ses_of_alice/);
    }
  };

  test('one person is one name to a sector, wherever it stands, and our own id nowhere', async () => {
    const one = await signIn('one', { scope: 'openid profile offline_access weather:read' });
    const { sub, sid, who } = claimsOf(one.id_token);
    expect([sub, sid]).toEqual([expect.stringMatching(/^pw_/), expect.stringMatching(/^pw_/)]);
    expect(who).toBe(sub);
    expect(claimsOf(one.access_token)).toMatchObject({ sub, who: sub });
    const refreshed = (await ask('one', { grant_type: 'refresh_token', refresh_token: String(one.refresh_token) }))
      .body;
    expect([claimsOf(refreshed.id_token).sub, claimsOf(refreshed.access_token).sub]).toEqual([sub, sub]);
    const told = await world.userinfo(`Bearer ${one.access_token}`);
    expect(told.body).toMatchObject({ sub, who: sub });
    const seen = await introspect('one', one.access_token);
    expect(seen).toMatchObject({ active: true, sub });
    const renewal = await introspect('one', refreshed.refresh_token);
    expect(renewal).toMatchObject({ active: true, sub });
    const opaque = await signIn('one', { scope: 'openid sealed:read', resource: 'https://sealed.example.com' });
    const opened = await introspect('one', opaque.access_token);
    expect(opened).toMatchObject({ active: true, sub, sid, who: sub });
    unseen(one, refreshed, told.body, seen, renewal, opaque, opened);
    const [sister, stranger, plain] = await Promise.all(
      ['sister', 'stranger', 'plain'].map((client) => signIn(client)),
    );
    expect(claimsOf(sister?.id_token).sub).toBe(sub);
    expect(claimsOf(stranger?.id_token).sub).not.toBe(sub);
    expect(claimsOf(plain?.id_token).sub).toBe(ALICE);
  });

  test('to us it is the person: policies, revocation and exchange know who', async () => {
    const { access_token: token, id_token: hint } = await signIn('one');
    const verify = (text: unknown) =>
      world.oauth.verifier.verifyAccessToken(String(text), { audience: WEATHER }, world.clock.now());
    expect(verify(token)).toMatchObject({ ok: true, principal: { id: ALICE, type: 'user' } });
    const exchanged = (
      await ask('stranger', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: String(token),
        subject_token_type: TOKEN_TYPES.accessToken,
        actor_token: String((await signIn('stranger')).access_token),
        actor_token_type: TOKEN_TYPES.accessToken,
        resource: WEATHER,
      })
    ).body;
    unseen(exchanged);
    expect(verify(exchanged.access_token)).toMatchObject({ ok: true, principal: { id: ALICE, act: { sub: ALICE } } });
    expect(claimsOf(exchanged.access_token).sub).not.toBe(claimsOf(token).sub);
    const byIdToken = await ask('one', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: String(hint),
      subject_token_type: TOKEN_TYPES.idToken,
      resource: WEATHER,
    });
    expect(verify(byIdToken.body.access_token)).toMatchObject({ ok: true, principal: { id: ALICE } });
    await world.oauth.revokeTokens({
      tenantId: TENANT,
      kind: 'session',
      id: 'ses_of_alice',
      actor,
      because: 'signed_out',
    });
    expect(verify(token)).toMatchObject({ ok: false, reason: 'revoked' });
    expect(verify(exchanged.access_token)).toMatchObject({ ok: false, reason: 'revoked' });
  });

  test('hints and wishes of its own are understood, and those of another sector are not', async () => {
    world.signIn({ sessionId: 'ses_hints' });
    const { id_token: hint } = await signIn('one');
    const sub = claimsOf(hint).sub;
    const wish = (value: unknown) => JSON.stringify({ id_token: { sub: { value } } });
    const kind = async (client: string, form: Form) => {
      const outcome = await world.authorize(request(client, { prompt: 'none', ...form }));
      return outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('error') : outcome.kind;
    };
    expect(await kind('one', { id_token_hint: String(hint) })).toBeNull();
    expect(await kind('one', { claims: wish(sub) })).toBeNull();
    expect(await kind('stranger', { claims: wish(sub) })).toBe('login_required');
    expect(await kind('stranger', { id_token_hint: String(hint) })).toBe('invalid_request');
    const logout = await world.oauth.endSession({
      tenantId: TENANT,
      params: readParams(new URLSearchParams({ id_token_hint: String(hint) }).toString()),
      cookie: undefined,
      ip: '192.0.2.1',
      userAgent: undefined,
    });
    expect(logout).toMatchObject({ kind: 'signed_out' });
  });

  test('a logout token names session and person as the id token did', async () => {
    world.signIn({ sessionId: 'ses_of_alice_two' });
    const { id_token } = await signIn('one');
    world.web.pages.set(TOLD, {});
    await world.oauth.deliverLogouts();
    world.web.posted.length = 0;
    await world.oauth.revokeTokens({
      tenantId: TENANT,
      kind: 'session',
      id: 'ses_of_alice_two',
      actor,
      because: 'signed_out',
    });
    await world.oauth.deliverLogouts();
    const [posted] = world.web.posted;
    const token = new URLSearchParams(posted?.body).get('logout_token');
    const { sub, sid } = claimsOf(id_token);
    expect(claimsOf(token)).toMatchObject({ aud: 'one', sub, sid });
    unseen(token);
  });
});
