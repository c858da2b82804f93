/** Signed authorization requests (RFC 9101), answers in other ways than the query, and who must have signed in how. */
import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import {
  CHALLENGE,
  claimsOf,
  type Form,
  headerOf,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';
import type { AuthorizationOutcome } from './context.ts';

let world: World;
const key = makeKey('k');
const stranger = makeKey('k');
const CALLBACK = 'https://signer.example.com/callback';
const OBJECT_AT = 'https://signer.example.com/request.jwt';

const spec = {
  type: 'public',
  grants: ['authorization_code'],
  redirectUris: [CALLBACK],
  scopes: ['openid', 'weather:read'],
  apis: ['weather'],
  firstParty: true,
  jwks: { keys: [key.jwk] },
};

beforeAll(async () => {
  world = await openWorld();
  const requestObjects = { required: true, algs: ['ES256'], uris: [OBJECT_AT] };
  await world.apply([
    { kind: 'client', name: 'signer', spec: { ...spec, requestObjects } },
    { kind: 'client', name: 'other-signer', spec: { ...spec, jwks: { keys: [stranger.jwk] } } },
    { kind: 'client', name: 'poster', spec: { ...spec, responseModes: ['form_post'] } },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => world.signIn());

const parameters = {
  response_type: 'code',
  client_id: 'signer',
  redirect_uri: CALLBACK,
  scope: 'openid',
  state: 'signed',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};
const claims = (changes: object = {}) => {
  const { sub: _, ...own } = assertionClaims('signer', ISSUER, world.clock.now());
  return { ...own, ...parameters, ...changes };
};
const object = (changes: object = {}, header: object = {}, by = key) => signJwt(by, claims(changes), header);
const ask = (request: string, more: Form = {}) => world.authorize({ client_id: 'signer', request, ...more });
const paramsOf = (outcome: AuthorizationOutcome) =>
  outcome.kind === 'redirect' ? Object.fromEntries(new URL(outcome.location).searchParams) : { kind: outcome.kind };

describe('a request object', () => {
  test.each([
    ['as it should be', () => object()],
    ['with its own type', () => object({}, { typ: 'oauth-authz-req+jwt' })],
    ['without a jti', () => object({ jti: undefined })],
    ['with a number', () => object({ max_age: 3600 })],
  ])('good: %s; what stands beside it does not count', async (_, make) => {
    const params = paramsOf(
      await ask(make(), { state: 'evil', scope: 'weather:read', redirect_uri: 'https://evil.example' }),
    );
    expect(params).toMatchObject({ state: 'signed', code: expect.stringMatching(/^gh_ac_/) });
  });

  test.each([
    ['a key of another client', () => object({}, {}, stranger)],
    ['no signature', () => `${object().split('.').slice(0, 2).join('.')}.`],
    ['alg none', () => signJwt({ ...key, alg: 'none' }, claims())],
    ['HS256', () => signJwt({ ...key, alg: 'HS256' }, claims())],
    ['a key that it brings along', () => object({}, { jwk: stranger.jwk }, stranger)],
    ['another audience', () => object({ aud: 'https://other.example.com' })],
    ['two audiences', () => object({ aud: [ISSUER, 'https://other.example.com'] })],
    ['another issuer', () => object({ iss: 'other-signer' })],
    ['another client_id', () => object({ client_id: 'other-signer' })],
    ['no client_id', () => object({ client_id: undefined })],
    ['a subject: it would pass for a client assertion', () => object({ sub: 'signer' })],
    ['another object inside', () => object({ request: 'eyJ' })],
    ['an address inside', () => object({ request_uri: OBJECT_AT })],
    ['expired', () => object({ exp: Math.floor(world.clock.now() / 1000) })],
    ['no exp', () => object({ exp: undefined })],
    ['valid for a week', () => object({ exp: Math.floor(world.clock.now() / 1000) + 604_800 })],
    ['not valid yet', () => object({ nbf: Math.floor(world.clock.now() / 1000) + 300 })],
    ['an access token', () => object({}, { typ: 'at+jwt' })],
    ['a DPoP proof', () => object({}, { typ: 'dpop+jwt' })],
    ['crit', () => object({}, { crit: ['x'] })],
    ['no JWT', () => 'x.y.z'],
  ])('refused, and nobody is redirected: %s', async (_, make) => {
    expect(await ask(make())).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_object' } });
  });

  test('refused: a request object of one client sent by another', async () => {
    const outcome = await world.authorize({ client_id: 'other-signer', request: object() });
    expect(outcome).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_object' } });
  });

  test('refused: once is enough', async () => {
    const once = object();
    expect(paramsOf(await ask(once)).code).toBeDefined();
    expect(await ask(once)).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_object' } });
  });

  test('but the way back from the sign-in page leads to it again, though its time is over', async () => {
    world.signedIn.session = undefined;
    const outcome = await ask(object());
    if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
    world.clock.advance(2 * 60_000);
    world.signIn();
    const back = Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams);
    expect(paramsOf(await world.authorize(back)).code).toMatch(/^gh_ac_/);
  });

  test('is demanded of a client that declares so', async () => {
    expect(await world.authorize(parameters)).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request' } });
  });

  test('may be fetched from where it was registered to be, and from nowhere else', async () => {
    world.web.pages.set(OBJECT_AT, 'not a JWT');
    const fetched = await world.authorize({ client_id: 'signer', request_uri: OBJECT_AT });
    expect(fetched).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_object' } });
    world.web.asked = 0;
    const elsewhere = await world.authorize({ client_id: 'signer', request_uri: 'https://evil.example.com/r' });
    expect(elsewhere).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_uri' } });
    expect(world.web.asked).toBe(0);
  });
});

describe('how the answer travels', () => {
  const spa = (changes: Form) => world.authorize({ ...SPA_REQUEST, ...changes });

  test('fragment', async () => {
    const outcome = await spa({ response_mode: 'fragment' });
    expect(outcome).toMatchObject({ location: expect.stringMatching(/\/callback#code=gh_ac_\w+&state=st&iss=/) });
  });

  test('form_post', async () => {
    expect(await spa({ response_mode: 'form_post' })).toEqual({
      kind: 'form_post',
      action: 'https://spa.example.com/callback',
      fields: { code: expect.stringMatching(/^gh_ac_/), state: 'st', iss: ISSUER },
    });
  });

  test.each(['jwt', 'query.jwt'])('%s: one signed answer, and it is no id token', async (mode) => {
    const { response, ...others } = paramsOf(await spa({ response_mode: mode }));
    expect(others).toEqual({});
    const now = Math.floor(world.clock.now() / 1000);
    expect(claimsOf(response)).toEqual({
      iss: ISSUER,
      aud: 'spa',
      exp: now + 60,
      state: 'st',
      code: expect.any(String),
    });
    expect(headerOf(response).typ).toBe('oauth-authz-resp+jwt');
    const [jwk] = world.signingKeys.publicKeys(TENANT);
    const [head, body, signature = ''] = String(response).split('.');
    expect(
      jwk === undefined ||
        verify(
          'sha256',
          Buffer.from(`${head}.${body}`),
          { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
          Buffer.from(signature, 'base64url'),
        ),
    ).toBe(true);
    const hint = await spa({ id_token_hint: String(response) });
    expect(paramsOf(hint).error).toBe('invalid_request');
  });

  test('errors travel in the same way', async () => {
    const outcome = await spa({ response_mode: 'form_post.jwt', scope: 'bills:read' });
    if (outcome.kind !== 'form_post') throw new TypeError(outcome.kind);
    expect(claimsOf(outcome.fields.response)).toMatchObject({ error: 'invalid_scope', aud: 'spa' });
  });

  test('a client may be held to the modes it needs', async () => {
    const poster = { client_id: 'poster', redirect_uri: CALLBACK, scope: 'openid' };
    expect((await spa({ ...poster, response_mode: 'form_post' })).kind).toBe('form_post');
    expect(paramsOf(await spa({ ...poster, response_mode: 'fragment' })).error).toBe('invalid_request');
  });
});

describe('who must have signed in, and how', () => {
  const spa = async (changes: Form) => world.authorize({ ...SPA_REQUEST, ...changes });
  const idToken = async () => String((await world.token({ ...SPA_REDEEM, code: await world.code() })).body.id_token);

  test('id_token_hint: the person it names, or an error; never somebody else', async () => {
    const hint = await idToken();
    expect(paramsOf(await spa({ id_token_hint: hint, prompt: 'none' })).code).toBeDefined();
    world.signIn({ userId: 'usr_someone_else' });
    expect(paramsOf(await spa({ id_token_hint: hint, prompt: 'none' })).error).toBe('login_required');
    expect((await spa({ id_token_hint: hint })).kind).toBe('sign_in');
  });

  test.each([
    ['nonsense', async () => 'x'],
    [
      'an access token',
      async () => String((await world.token({ ...SPA_REDEEM, code: await world.code() })).body.access_token),
    ],
    [
      'a token of the client’s own making',
      async () => signJwt(stranger, { iss: ISSUER, sub: 'x', aud: 'spa' }, { typ: 'JWT' }),
    ],
  ])('id_token_hint that is %s is refused', async (_, make) => {
    expect(paramsOf(await spa({ id_token_hint: await make() })).error).toBe('invalid_request');
  });

  test('acr_values: more is asked for once, and then the client hears of it', async () => {
    world.signIn({ acr: 'aal1' });
    expect(paramsOf(await spa({ acr_values: 'aal1' })).code).toBeDefined();
    expect(paramsOf(await spa({ acr_values: 'unknown' })).code).toBeDefined();
    expect(paramsOf(await spa({ acr_values: 'aal2', prompt: 'none' })).error).toBe('unmet_authentication_requirements');
    const outcome = await spa({ acr_values: 'aal2' });
    if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
    expect(outcome.acrValues).toEqual(['aal2']);
    const back = Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams);
    expect(paramsOf(await world.authorize(back)).error).toBe('unmet_authentication_requirements');
    // Who strips our mark is asked again, and no more.
    const { asked_for_more: _, ...stripped } = back;
    expect((await world.authorize(stripped)).kind).toBe('sign_in');
    world.signIn({ acr: 'phr' });
    expect(paramsOf(await world.authorize(back)).code).toBeDefined();
  });

  test('claims: an essential acr that nobody can have is an error, and a demanded sub is the one', async () => {
    world.signIn({ acr: 'aal2' });
    const essential = (values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } });
    expect(paramsOf(await spa({ claims: essential(['aal2']) })).code).toBeDefined();
    expect(paramsOf(await spa({ claims: essential(['urn:nobody']), prompt: 'none' })).error).toBe(
      'unmet_authentication_requirements',
    );
    const sub = JSON.stringify({ id_token: { sub: { value: 'usr_someone_else' } } });
    expect(paramsOf(await spa({ claims: sub, prompt: 'none' })).error).toBe('login_required');
  });

  test.each(['x', '[]', '{"id_token":1}', '{"id_token":{"acr":1}}', '{"userinfo":{"x":"y"}}'])(
    'claims that can’t be read: %s',
    async (text) => expect(paramsOf(await spa({ claims: text })).error).toBe('invalid_request'),
  );
});
