/** Questions to people that their client signed (OpenID Connect CIBA §7.1.1), and how strongly people must have signed in. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import {
  ALICE,
  basic,
  claimsOf,
  encode,
  type Form,
  ISSUER,
  openWorld,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

const key = makeKey('k');
const stranger = makeKey('k');
const spec = {
  type: 'confidential',
  grants: ['ciba', 'authorization_code'],
  redirectUris: ['https://shop.example.com/callback'],
  scopes: ['openid', 'weather:read'],
  apis: ['weather'],
  jwks: { keys: [key.jwk] },
};

let world: World;
let shop: string;
let strict: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'shop', spec },
    { kind: 'client', name: 'strict', spec: { ...spec, requestObjects: { required: true, algs: ['ES256'] } } },
  ]);
  await world.store.changes.caughtUp();
  shop = basic('shop', await world.secretOf('shop'));
  strict = basic('strict', await world.secretOf('strict'));
});
afterAll(() => world?.close());
beforeEach(() => {
  world.clock.advance(700_000);
  world.signIn();
});

let callers = 0;
const request = (form: Form, authorization?: string) => {
  callers += 1;
  return {
    tenantId: TENANT,
    params: readParams(encode(form)),
    authorization,
    ip: `10.8.0.${callers}`,
    cookie: undefined,
    userAgent: undefined,
  };
};
const send = async (form: Form, authorization = shop) => {
  const { status, body } = await world.oauth.backchannelAuthentication(request(form, authorization));
  return { status, body: body as Record<string, string> };
};
const seconds = () => Math.floor(world.clock.now() / 1000);
const claims = (changes: object = {}, client = 'shop') => {
  const { sub: _, ...own } = assertionClaims(client, ISSUER, world.clock.now());
  return { ...own, nbf: seconds(), scope: 'openid weather:read', login_hint: ALICE, ...changes };
};
const signed = (changes: object = {}, header: object = {}) => signJwt(key, claims(changes), header);
const approvals = async () => {
  const outcome = await world.oauth.showApprovals(request({}));
  if (outcome.kind !== 'approvals') throw new TypeError(outcome.kind);
  return outcome.approvals;
};

describe('a signed question', () => {
  test('is asked with what stands in it, numbers as numbers', async () => {
    const { status, body } = await send({ request: signed({ binding_message: 'Table 9', requested_expiry: 60 }) });
    expect({ status, expires: body.expires_in }).toEqual({ status: 200, expires: 60 });
    expect((await approvals())[0]).toMatchObject({ bindingMessage: 'Table 9' });
  });

  test('counts once', async () => {
    const object = signed();
    expect((await send({ request: object })).status).toBe(200);
    expect(await send({ request: object })).toMatchObject({ status: 400, body: { error: 'invalid_request_object' } });
  });

  test('counts once of twenty at the same time', async () => {
    const object = signed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ request: object })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is asked for from who must sign', async () => {
    const plain = await send({ scope: 'openid', login_hint: ALICE }, strict);
    expect(plain).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const object = signJwt(key, claims({}, 'strict'));
    expect((await send({ request: object }, strict)).status).toBe(200);
  });

  test('with whatever else beside it is refused', async () => {
    for (const [name, value] of Object.entries({
      scope: 'openid',
      login_hint: ALICE,
      binding_message: 'x',
      acr_values: 'aal1',
    })) {
      const answer = await send({ request: signed(), [name]: value });
      expect(answer, name).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
  });

  test.each<[string, () => string]>([
    ['no JWT', () => 'x'],
    ['three parts of nothing', () => 'x.y.z'],
    ['by a stranger', () => signJwt(stranger, claims())],
    ['of another client', () => signJwt(key, claims({}, 'strict'))],
    ['for another issuer', () => signed({ aud: 'https://evil.example' })],
    ['for the token endpoint', () => signed({ aud: `${ISSUER}/oauth/token` })],
    ['for several', () => signed({ aud: [ISSUER, 'https://evil.example'] })],
    ['without aud', () => signed({ aud: undefined })],
    ['without iss', () => signed({ iss: undefined })],
    ['without exp', () => signed({ exp: undefined })],
    ['without nbf', () => signed({ nbf: undefined })],
    ['without iat', () => signed({ iat: undefined })],
    ['without jti', () => signed({ jti: undefined })],
    ['with an empty jti', () => signed({ jti: '' })],
    ['with a jti that is a list', () => signed({ jti: ['a'] })],
    ['with a jti of null', () => signed({ jti: null })],
    ['with times as texts', () => signed({ nbf: String(seconds()) })],
    ['that has expired', () => signed({ exp: seconds() })],
    ['good for more than an hour', () => signed({ exp: seconds() + 3700 })],
    ['that is not yet good', () => signed({ nbf: seconds() + 60 })],
    ['from before an hour', () => signed({ nbf: seconds() - 3601 })],
    ['issued in the future', () => signed({ iat: seconds() + 60 })],
    ['for the authorization endpoint', () => signed({ response_type: 'code' })],
    ['with an address to return to', () => signed({ redirect_uri: 'https://shop.example.com/callback' })],
    ['that passes for a client assertion', () => signed({ sub: 'shop' })],
    ['that names another client', () => signed({ client_id: 'strict' })],
    ['that holds another', () => signed({ request: 'x.y.z' })],
    ['of the type of an access token', () => signed({}, { typ: 'at+jwt' })],
    ['of the type of a logout token', () => signed({}, { typ: 'logout+jwt' })],
    ['with crit', () => signed({}, { crit: ['exp'] })],
    ['with no algorithm', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${signed().split('.')[1]}.`],
    ['with a NUL', () => signed({ binding_message: 'a\0b' })],
  ])('%s is refused', async (_, object) => {
    expect(await send({ request: object() })).toMatchObject({ status: 400, body: { error: 'invalid_request_object' } });
  });

  test.each<[string, object, string]>([
    ['a message that is too long', { binding_message: 'x'.repeat(65) }, 'invalid_binding_message'],
    ['no time', { requested_expiry: 0 }, 'invalid_request'],
    ['half a second', { requested_expiry: 0.5 }, 'invalid_request'],
    ['a time before this one', { requested_expiry: -1 }, 'invalid_request'],
    ['no openid', { scope: 'weather:read' }, 'invalid_scope'],
  ])('is judged like any other: %s', async (_, changes, error) => {
    expect(await send({ request: signed(changes) })).toMatchObject({ status: 400, body: { error } });
  });

  test('is no authorization request, and the other way round', async () => {
    const outcome = await world.authorize({ client_id: 'shop', request: signed({ client_id: 'shop' }) });
    expect(outcome).toMatchObject({ kind: 'problem' });
  });

  test('spent at one endpoint, it is spent at the other', async () => {
    const both = signed({ client_id: 'shop' });
    expect((await send({ request: both })).status).toBe(200);
    const outcome = await world.authorize({ client_id: 'shop', request: both });
    expect(outcome).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request_object' } });
  });

  test('the metadata say by which algorithms', () => {
    expect(world.oauth.discovery(TENANT).body).toMatchObject({
      backchannel_authentication_request_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });
});

describe('acr_values', () => {
  const answer = async (decision = 'allow') => {
    const [first] = await approvals();
    return world.oauth.decideApproval(request({ request: first?.request, interaction: first?.interaction, decision }));
  };
  const ask = async (acr_values: string) =>
    (await send({ scope: 'openid', login_hint: ALICE, acr_values })).body.auth_req_id ?? '';
  const poll = (auth_req_id: string) =>
    world.token({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id }, shop);

  test('who signed in too weakly proves more first, and nothing is decided until then', async () => {
    const asked = await ask('aal2 phr');
    world.signIn({ acr: 'aal1' });
    expect(await answer()).toEqual({ kind: 'sign_in', returnTo: '/approvals', acrValues: ['aal2', 'phr'] });
    expect((await poll(asked)).body.error).toBe('authorization_pending');
    world.clock.advance(10_000);
    world.signIn({ acr: 'aal2' });
    expect(await answer()).toMatchObject({ kind: 'approvals' });
    expect(claimsOf((await poll(asked)).body.id_token)).toMatchObject({ acr: 'aal2' });
  });

  test('a stronger one is enough, no is said by anybody, and what nobody knows asks for nothing', async () => {
    world.signIn({ acr: 'phr' });
    await ask('aal2');
    expect(await answer()).toMatchObject({ kind: 'approvals' });
    world.signIn({ acr: 'aal1' });
    const declined = await ask('aal2');
    expect(await answer('deny')).toMatchObject({ kind: 'approvals' });
    expect((await poll(declined)).body.error).toBe('access_denied');
    await ask('loa3');
    expect(await answer()).toMatchObject({ kind: 'approvals' });
  });
});
