/**
 * Each kind of JWT that we sign, at each place that takes one. All of them say the very same, everything that any place looks
 * for, and are signed by the right key: only what they call themselves keeps them apart (RFC 8725 §3.11).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALICE, basic, ISSUER, openWorld, SPA_REQUEST, TENANT, WEATHER, type World } from './oauth-world.fixture.ts';
import { readParams } from './protocol/read-params.ts';

let world: World;
let broker: string;
beforeAll(async () => {
  world = await openWorld();
  const spec = {
    type: 'confidential',
    grants: ['token_exchange', 'authorization_code', 'jwt_bearer'],
    redirectUris: ['https://broker.example.com/cb'],
    scopes: ['openid', 'weather:read'],
    apis: ['weather'],
    resourceServerFor: ['weather'],
  };
  await world.apply([{ kind: 'client', name: 'broker', spec }]);
  await world.store.changes.caughtUp();
  broker = basic('broker', await world.secretOf('broker'));
  world.policy.permits = () => true;
  world.clock.advance(60_000);
  world.signIn();
});
afterAll(() => world?.close());

const KINDS = {
  'an access token': 'at+jwt',
  'an id token': 'JWT',
  'a logout token': 'logout+jwt',
  'an answer of the authorization endpoint': 'oauth-authz-resp+jwt',
  'an answer of introspection': 'token-introspection+jwt',
  'an identity assertion': 'oauth-id-jag+jwt',
  'the identity token of an upstream': 'identity+jwt',
  'a proof of a key': 'dpop+jwt',
  'a request object': 'oauth-authz-req+jwt',
  'a client assertion': 'client-authentication+jwt',
  'an access token in capitals': 'AT+JWT',
  'an access token in full': 'application/at+jwt',
  'an id token in small letters': 'jwt',
  'a token of no kind': '',
} as const;

function make(typ: string, audience: unknown): string | Promise<string> {
  const now = Math.floor(world.clock.now() / 1000);
  const { sessionId: sid } = world.signedIn.session ?? {};
  const claims = {
    iss: ISSUER,
    sub: ALICE,
    aud: audience,
    client_id: 'broker',
    azp: 'broker',
    exp: now + 60,
    iat: now,
    auth_time: now,
    jti: `${typ} ${Math.random()}`,
    scope: 'openid weather:read',
    sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    token_introspection: { active: true },
  };
  return world.signingKeys.sign(TENANT, claims, { typ });
}

const ACCESS = 'urn:ietf:params:oauth:token-type:access_token';
const ID = 'urn:ietf:params:oauth:token-type:id_token';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const exchange = async (form: Record<string, string>) =>
  (await world.token({ grant_type: EXCHANGE, resource: WEATHER, ...form }, broker)).status === 200;

/** `aud`, so that nothing but the kind is wrong; whether it was taken. */
type Place = [aud: unknown, takes: (token: string) => Promise<boolean>];
const ACCESS_PLACES: Record<string, Place> = {
  'the verifier of the gateway': [
    WEATHER,
    async (token) => world.oauth.verifier.verifyAccessToken(token, { audience: WEATHER }, world.clock.now()).ok,
  ],
  userinfo: [ISSUER, async (token) => (await world.userinfo(`Bearer ${token}`)).status === 200],
  introspection: [
    WEATHER,
    async (token) => (await world.introspect({ token }, { authorization: broker })).body.active === true,
  ],
  'the subject of an exchange': [
    WEATHER,
    (subject_token) => exchange({ subject_token, subject_token_type: ACCESS, scope: 'weather:read' }),
  ],
};
const ID_PLACES: Record<string, Place> = {
  'a hint to the authorization endpoint': [
    'broker',
    async (id_token_hint) => {
      const client = { client_id: 'broker', redirect_uri: 'https://broker.example.com/cb', scope: 'openid' };
      const outcome = await world.authorize({ ...SPA_REQUEST, ...client, id_token_hint });
      return outcome.kind === 'consent';
    },
  ],
  'a hint to the logout': [
    'broker',
    async (id_token_hint) => {
      const outcome = await world.oauth.endSession({
        tenantId: TENANT,
        params: readParams(new URLSearchParams({ id_token_hint }).toString()),
        cookie: undefined,
        ip: '192.0.2.1',
        userAgent: undefined,
      });
      world.over.clear();
      world.signIn();
      return outcome.kind === 'signed_out';
    },
  ],
  'the subject of an exchange': [
    'broker',
    // It carries no scope; that it is refused for that, and not for what it is, is being taken.
    async (subject_token) => {
      const form = { grant_type: EXCHANGE, subject_token, subject_token_type: ID, audience: 'https://other.example' };
      const { body } = await world.token(
        { ...form, requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag' },
        broker,
      );
      return body.error === 'invalid_target';
    },
  ],
};

describe.each([
  ['an access token', ACCESS_PLACES],
  ['an id token', ID_PLACES],
] as const)('where %s is taken', (kind, places) => {
  test.each(Object.entries(places))('%s: nothing else is', async (_, [aud, takes]) => {
    const taken: string[] = [];
    for (const [name, typ] of Object.entries(KINDS)) if (await takes(await make(typ, aud))) taken.push(name);
    expect(taken).toEqual([kind]);
  });
});

test('nothing that we sign for others is taken back as their word', async () => {
  for (const typ of Object.values(KINDS)) {
    const assertion = await make(typ, ISSUER);
    const granted = await world.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }, broker);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const proven = await world.token({ client_id: 'broker', client_assertion_type, client_assertion: assertion });
    expect([typ, granted.body.error, proven.body.error]).toEqual([typ, 'invalid_grant', 'invalid_client']);
  }
});
