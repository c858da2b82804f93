/** What an attacker tries at the issuer: each line an attack, and how it ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, assertionForm, makeKey, signJwt } from './authentication/assertions.fixture.ts';
import type { AuthorizationOutcome } from './authorization/context.ts';
import {
  basic,
  CHALLENGE,
  claimsOf,
  type Form,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from './oauth-world.fixture.ts';
import { readParams } from './protocol/read-params.ts';

let world: World;
let web: string;
const key = makeKey('k');
const CALLBACK = 'https://agent.example.com/callback';
let stranger: string;

beforeAll(async () => {
  world = await openWorld();
  const signing = {
    type: 'confidential',
    grants: ['authorization_code', 'client_credentials'],
    redirectUris: ['https://signing.example.com/cb'],
    scopes: ['openid', 'weather:read'],
    apis: ['weather'],
    firstParty: true,
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: [key.jwk] },
    requestObjects: { uris: ['https://signing.example.com/request.jwt'] },
  };
  await world.apply([
    { kind: 'client', name: 'signing', spec: signing },
    { kind: 'client', name: 'signing-too', spec: { ...signing, redirectUris: ['https://too.example.com/cb'] } },
    {
      kind: 'client',
      name: 'own-native',
      spec: {
        type: 'public',
        grants: ['authorization_code'],
        redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback', 'http://localhost:5173/callback'],
        scopes: ['openid'],
        firstParty: true,
      },
    },
    {
      kind: 'client_registration_policy',
      name: 'anybody',
      spec: { open: true, scopes: ['openid', 'weather:read'], apis: ['weather'], redirectHosts: ['agent.example.com'] },
    },
  ]);
  await world.store.changes.caughtUp();
  web = await world.secretOf('web');
  const { body } = await world.oauth.register({
    tenantId: TENANT,
    ip: '10.0.0.1',
    authorization: undefined,
    body: { redirect_uris: [CALLBACK], post_logout_redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
  });
  stranger = String((body as { client_id: string }).client_id);
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(60_000);
  world.signIn();
});

const STRANGER = () => ({ ...SPA_REQUEST, client_id: stranger, redirect_uri: CALLBACK, scope: 'openid' });
const paramOf = (outcome: AuthorizationOutcome, name: string) =>
  outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get(name) : outcome.kind;
const assertion = (client: string, sub = client) =>
  assertionForm(signJwt(key, { ...assertionClaims(client, ISSUER, world.clock.now()), sub }));
const object = (claims: object, client = 'signing') => {
  const now = Math.floor(world.clock.now() / 1000);
  const { redirect_uri: _, ...request } = SPA_REQUEST;
  const from = { iss: client, aud: ISSUER, exp: now + 60, client_id: client };
  return signJwt(key, {
    ...request,
    ...from,
    redirect_uri: 'https://signing.example.com/cb',
    scope: 'openid',
    ...claims,
  });
};

describe('an address of ours as a springboard (RFC 9700 §4.11.2)', () => {
  test.each<[string, Form]>([
    ['a mistake made on purpose', { scope: 'no-such-scope' }],
    ['without PKCE', { code_challenge: undefined }],
    ['prompt=none, and nobody signed in', { prompt: 'none' }],
    ['a wrong response type', { response_type: 'token' }],
  ])('a client that registered itself sends nobody anywhere by %s', async (name, form) => {
    if (name.startsWith('prompt')) world.signedIn.session = undefined;
    expect(await world.authorize({ ...STRANGER(), ...form })).toMatchObject({ kind: 'problem' });
  });

  test('it gets an answer once the person has agreed, and one once the person has declined', async () => {
    for (const decision of ['deny', 'allow']) {
      const asked = await world.authorize(STRANGER());
      if (asked.kind !== 'consent') throw new TypeError(JSON.stringify(asked));
      const answer = await world.consent({ interaction: asked.prompt.interaction, decision });
      expect(answer).toMatchObject({
        kind: 'redirect',
        location: expect.stringMatching(/^https:\/\/agent\.example\.com\//),
      });
    }
  });

  test('nor by the address after a logout, when nobody is signed in', async () => {
    world.signedIn.session = undefined;
    const logout = (client_id: string, uri: string) =>
      world.oauth.endSession({
        tenantId: TENANT,
        params: readParams(new URLSearchParams({ client_id, post_logout_redirect_uri: uri }).toString()),
        cookie: undefined,
        ip: '192.0.2.1',
        userAgent: undefined,
      });
    expect(await logout(stranger, CALLBACK)).toEqual({ kind: 'signed_out', location: undefined });
  });
});

describe('a program on the person’s own device', () => {
  test.each([
    ['http://127.0.0.1:51000/callback', 'consent'],
    ['http://localhost:51000/callback', 'consent'],
    ['http://localhost/callback', 'consent'],
    // The very port that is registered: what web developers use.
    ['http://localhost:5173/callback', 'redirect'],
  ])('at %s: %s, though the client is one of ours (RFC 8252 §8.6)', async (redirect_uri, kind) => {
    expect(
      await world.authorize({ ...SPA_REQUEST, client_id: 'own-native', redirect_uri, scope: 'openid' }),
    ).toMatchObject({ kind });
  });
});

describe('requests inside requests', () => {
  test.each<[string, () => Promise<unknown>, unknown]>([
    [
      'an address pushed along',
      async () =>
        (await world.par({ ...assertion('signing'), request_uri: 'https://signing.example.com/request.jwt' })).body
          .error,
      'invalid_request_uri',
    ],
    [
      'what was pushed, pushed again',
      async () =>
        (await world.par({ ...SPA_REQUEST, request_uri: 'urn:ietf:params:oauth:request_uri:gh_pr_x' })).body.error,
      'invalid_request_uri',
    ],
    [
      'parameters beside a signed request',
      async () =>
        paramOf(
          await world.authorize({
            ...SPA_REQUEST,
            client_id: 'signing',
            redirect_uri: 'https://evil.example',
            state: 'evil',
            request: object({}),
          }),
          'state',
        ),
      'st',
    ],
    [
      'a signed request of another client',
      async () => (await world.authorize({ client_id: 'signing-too', request: object({}) })).kind,
      'problem',
    ],
    [
      'one that names another client inside',
      async () => (await world.authorize({ client_id: 'signing', request: object({ client_id: 'signing-too' }) })).kind,
      'problem',
    ],
    [
      'one that could pass for an assertion',
      async () => (await world.authorize({ client_id: 'signing', request: object({ sub: 'signing' }) })).kind,
      'problem',
    ],
    [
      'an assertion as a request',
      async () =>
        (await world.authorize({ client_id: 'signing', request: assertion('signing').client_assertion })).kind,
      'problem',
    ],
    [
      'a nonce that no database holds',
      async () => (await world.authorize({ client_id: 'signing', request: object({ nonce: 'a\0b' }) })).kind,
      'problem',
    ],
    [
      'half a character',
      async () => (await world.authorize({ client_id: 'signing', request: object({ nonce: 'a\ud800' }) })).kind,
      'problem',
    ],
    [
      'a request for another server',
      async () =>
        (await world.authorize({ client_id: 'signing', request: object({ aud: 'https://other.example' }) })).kind,
      'problem',
    ],
  ])('%s', async (_, attempt, outcome) => {
    expect(await attempt()).toBe(outcome);
  });
});

describe('somebody else’s credentials', () => {
  const client = { grant_type: 'client_credentials' };
  test.each<[string, () => Form, number]>([
    ['an assertion of its own', () => ({ ...client, ...assertion('signing') }), 200],
    [
      'one for another client, named in the body',
      () => ({ ...client, ...assertion('signing'), client_id: 'signing-too' }),
      401,
    ],
    ['one about another client than its maker', () => ({ ...client, ...assertion('signing', 'signing-too') }), 401],
    ['an assertion and a secret', () => ({ ...client, ...assertion('signing'), client_secret: web }), 400],
    [
      'an id token as an assertion',
      () => ({
        ...client,
        ...assertionForm(signJwt(key, { iss: 'signing', sub: 'signing', aud: 'signing', exp: 9e9 })),
      }),
      401,
    ],
  ])('%s', async (_, form, status) => {
    expect((await world.token(form())).status).toBe(status);
  });

  test('a code of another client is no use, and is not lost to its own', async () => {
    const code = await world.code();
    const stolen = { grant_type: 'authorization_code', code, code_verifier: VERIFIER };
    expect((await world.token(stolen, basic('web', web))).body.error).toBe('invalid_grant');
    expect((await world.token({ ...SPA_REDEEM, code })).status).toBe(200);
  });

  test('a code at another address of its own client', async () => {
    const code = await world.code();
    const other = { ...SPA_REDEEM, code, redirect_uri: 'https://spa.example.com/other' };
    expect((await world.token(other)).body.error).toBe('invalid_grant');
  });

  test('a refresh token of a client shown by another, and one after its family ended', async () => {
    const first = (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
    const refresh = (token: unknown, form: Form = { client_id: 'spa' }, authorization?: string) =>
      world.token({ grant_type: 'refresh_token', refresh_token: String(token), ...form }, authorization);
    expect((await refresh(first.refresh_token, {}, basic('web', web))).body.error).toBe('invalid_grant');
    const second = (await refresh(first.refresh_token)).body;
    world.clock.advance(60_000);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(second.refresh_token)).body.error).toBe('invalid_grant');
    expect((await world.userinfo(`Bearer ${second.access_token}`)).status).toBe(401);
  });

  test('a token of somebody else, looked at by a client that serves no such API', async () => {
    const { access_token } = (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
    const asked = await world.introspect({ token: String(access_token), client_id: 'web', client_secret: web });
    expect(asked.body).toEqual({ active: false });
  });
});

describe('words that break out', () => {
  test('a line break and markup in state come back as data', async () => {
    const state = 'a\r\nSet-Cookie: x=1\r\n\r\n<script>&code=evil#frag';
    const outcome = await world.authorize({ ...SPA_REQUEST, state });
    expect(paramOf(outcome, 'state')).toBe(state);
    const location = outcome.kind === 'redirect' ? outcome.location : '';
    expect(location).toMatch(/^[\x21-\x7e]+$/);
    expect(new URL(location).searchParams.getAll('code')).toHaveLength(1);
    expect(location).not.toContain('#');
  });

  test.each<[string, string]>([
    ['state', 'b'],
    ['redirect_uri', 'https://evil.example'],
    ['client_id', 'web'],
    ['scope', 'openid'],
    ['code_challenge', CHALLENGE],
  ])('%s sent twice', async (name, value) => {
    expect(await world.authorizeText(SPA_REQUEST, [[name, value]])).toMatchObject({ kind: 'problem' });
  });

  test('every answer says which issuer it is from, errors too (RFC 9207)', async () => {
    for (const form of [{}, { scope: 'no-such' }, { response_mode: 'fragment' }]) {
      const outcome = await world.authorize({ ...SPA_REQUEST, ...form });
      const { hash, searchParams } = new URL(outcome.kind === 'redirect' ? outcome.location : 'x:');
      expect(searchParams.get('iss') ?? new URLSearchParams(hash.slice(1)).get('iss')).toBe(ISSUER);
    }
  });
});

test('an id token passes for no access token, and an access token for no id token', async () => {
  const { access_token, id_token } = (await world.token({ ...SPA_REDEEM, code: await world.code() })).body;
  expect((await world.userinfo(`Bearer ${id_token}`)).status).toBe(401);
  expect(claimsOf(access_token).aud).toContain(WEATHER);
  const hinted = await world.authorize({ ...SPA_REQUEST, prompt: 'none', id_token_hint: String(access_token) });
  expect(paramOf(hinted, 'error')).toBe('invalid_request');
});
