import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeKey, signJwt, type TestKey } from '../authentication/assertions.fixture.ts';
import { revokeClientSecret } from '../clients/client-secrets.ts';
import {
  ALICE,
  actor,
  basic,
  claimsOf,
  type Form,
  ISSUER,
  openWorld,
  SPA_REDEEM,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { signedInAtEachTest, TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

const spec = {
  type: 'confidential',
  grants: ['token_exchange', 'client_credentials'],
  scopes: ['weather:read'],
  apis: ['weather'],
};
const key = makeKey('k');
const thief = makeKey('t');
const certificate = Buffer.from('certificate one');
const otherCertificate = Buffer.from('certificate two');

let world: World;
let broker: string;
let bound: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'broker', spec },
    { kind: 'client', name: 'bound-broker', spec: { ...spec, senderConstraint: 'mtls' } },
  ]);
  await world.store.changes.caughtUp();
  broker = basic('broker', await world.secretOf('broker'));
  bound = basic('bound-broker', await world.secretOf('bound-broker'));
});
signedInAtEachTest(() => world);

function proof(by: TestKey): string {
  const iat = Math.floor(world.clock.now() / 1000);
  const claims = { jti: randomUUID(), htm: 'POST', htu: `${ISSUER}/oauth/token`, iat };
  return signJwt(by, claims, { typ: 'dpop+jwt', jwk: by.jwk, kid: undefined });
}
interface Shown {
  by?: TestKey;
  certificate?: Buffer;
}
const ask = (form: Form, authorization: string | undefined, { by, certificate }: Shown = {}) =>
  world.token(form, authorization, undefined, {
    dpop: by === undefined ? [] : [proof(by)],
    ...(certificate === undefined ? {} : { certificate }),
  });
const tokenOfAlice = async (shown?: Shown) =>
  String((await ask({ ...SPA_REDEEM, code: await world.code() }, undefined, shown)).body.access_token);
const machineToken = async (authorization: string, shown?: Shown) =>
  String((await ask({ grant_type: 'client_credentials', resource: WEATHER }, authorization, shown)).body.access_token);
const exchange = (subject_token: string, shown?: Shown, form: Form = {}, authorization = broker) =>
  ask(
    {
      grant_type: TOKEN_EXCHANGE,
      subject_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      resource: WEATHER,
      ...form,
    },
    authorization,
    shown,
  );
const acting = (actor_token: string) => ({ actor_token, actor_token_type: TOKEN_TYPES.accessToken });
const refused = {
  status: 400,
  body: { error: 'invalid_request', error_description: expect.stringContaining('bound') },
};

describe('a token that is bound to a DPoP key', () => {
  test('is exchanged by whoever proves that key, for one that is bound to it too', async () => {
    const { body } = await exchange(await tokenOfAlice({ by: key }), { by: key });
    expect(body.token_type).toBe('DPoP');
    expect(claimsOf(body.access_token)).toMatchObject({ sub: ALICE, client_id: 'broker', cnf: { jkt: key.jkt } });
  });

  test.each<[string, Shown]>([
    ['no proof', {}],
    ['another key', { by: thief }],
    ['a certificate', { certificate }],
  ])('not with %s', async (_, shown) => {
    expect(await exchange(await tokenOfAlice({ by: key }), shown)).toMatchObject(refused);
  });

  test.each<[string, Shown, number]>([
    ['its key', { by: key }, 200],
    ['no proof', {}, 400],
    ['another key', { by: thief }, 400],
  ])('speaks for an actor with %s: %#', async (_, shown, status) => {
    const form = acting(await machineToken(broker, { by: key }));
    expect((await exchange(await tokenOfAlice(), shown, form)).status).toBe(status);
  });
});

describe('an API key, which is bound to nothing', () => {
  const form = { subject_token_type: TOKEN_TYPES.apiKey };
  beforeAll(() => {
    const credential = { type: 'api_key', id: 'key_1' } as const;
    world.keys.set('a key', {
      type: 'service_account',
      id: 'svc_1',
      tenantId: TENANT,
      roles: [],
      scopes: ['weather:read'],
      credential,
    });
  });

  test.each<[string, Shown, string, object]>([
    ['a proof: bound to the key that proved it', { by: key }, 'DPoP', { cnf: { jkt: key.jkt } }],
    [
      'a certificate, at a client that binds by it',
      { certificate },
      'Bearer',
      { cnf: { 'x5t#S256': expect.any(String) } },
    ],
    ['neither: bound to nothing', {}, 'Bearer', {}],
  ])('becomes with %s', async (_, shown, type, claims) => {
    const { body } = await exchange('a key', shown, form, shown.certificate === undefined ? broker : bound);
    expect(body).toMatchObject({ token_type: type, expires_in: 900 });
    const { cnf, sub } = claimsOf(body.access_token) as { cnf?: object; sub: string };
    expect({ ...(cnf === undefined ? {} : { cnf }), sub }).toEqual({ ...claims, sub: 'svc_1' });
  });
});

describe('a token that is bound to a certificate', () => {
  test('is exchanged over a connection with that certificate, for one that is bound to it too', async () => {
    const subject = await machineToken(bound, { certificate });
    const { status, body } = await exchange(subject, { certificate }, {}, bound);
    expect(status).toBe(200);
    expect(claimsOf(body.access_token).cnf).toEqual(claimsOf(subject).cnf);
  });

  test('not with another certificate, nor by a client whose tokens are not bound to it', async () => {
    const subject = await machineToken(bound, { certificate });
    expect(await exchange(subject, { certificate: otherCertificate }, {}, bound)).toMatchObject(refused);
    expect(await exchange(subject, { certificate })).toMatchObject(refused);
    expect(await exchange(subject, { by: key })).toMatchObject(refused);
  });
});

test('a bearer token may become a bound one', async () => {
  const { body } = await exchange(await tokenOfAlice(), { by: key });
  expect(claimsOf(body.access_token).cnf).toEqual({ jkt: key.jkt });
});

describe('a secret that leaked', () => {
  const verify = (token: unknown) =>
    world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;

  test.each<['end' | 'keep', boolean]>([
    ['end', false],
    ['keep', true],
  ])('ends what was exchanged from its tokens, when told to: %s', async (tokens, alive) => {
    const authorization = basic('machine', await world.secretOf('machine'));
    const subject = await machineToken(authorization);
    const first = String((await exchange(subject)).body.access_token);
    const second = (await exchange(first)).body.access_token;
    const unconcerned = (await exchange(await tokenOfAlice())).body.access_token;
    const secretId = String(claimsOf(subject).client_secret_id);
    const input = { tenantId: TENANT, clientId: 'machine', secretId, tokens, actor };
    await revokeClientSecret({ ...world.secrets, store: world.store }, input);
    await world.store.changes.caughtUp();
    expect([verify(subject), verify(first), verify(second)]).toEqual([alive, alive, alive]);
    expect(verify(unconcerned)).toBe(true);
  });
});
