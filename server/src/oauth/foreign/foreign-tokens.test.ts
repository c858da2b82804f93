/** Access tokens of other issuers, on the real store, with an issuer of straw. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { ISSUER as OWN, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { checkForeignIssuers, foreignIssuersSchema } from './foreign-issuer-schema.ts';

const ISSUER = 'https://login.partner.example';
const KEYS_AT = `${ISSUER}/keys`;
const AUDIENCE = 'https://orders.example.com';
const ORGANIZATION = 'org_01k9e5y3sgfx0b2v8d4j6m7n9p';
const key = makeKey('k1', 'RS256');
const stranger = makeKey('k1', 'RS256');

const SPEC = {
  issuer: ISSUER,
  conditions: { tier: 'gold*' },
  scopes: { claim: 'scp', allowed: ['orders:read'] },
  roles: { claim: 'realm_access.roles', values: { clerk: 'order-clerk' } },
};

let world: World;

async function declare(...issuers: object[]): Promise<void> {
  const spec = { audience: AUDIENCE, scopes: { 'orders:read': 'Read', 'orders:write': 'Write' }, issuers };
  await world.apply([{ kind: 'api', name: 'orders', spec }]);
  await world.store.changes.caughtUp();
}

beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  world.clock.advance(3_600_000);
  world.web.pages.set(`${ISSUER}/.well-known/openid-configuration`, { issuer: ISSUER, jwks_uri: KEYS_AT });
  world.web.pages.set(KEYS_AT, { keys: [key.jwk] });
  await declare();
  await declare(SPEC);
});
afterAll(() => world?.close());

const claims = (changes: object = {}) => {
  const now = Math.floor(world.clock.now() / 1000);
  return {
    ...{
      iss: ISSUER,
      sub: 'u-17',
      aud: AUDIENCE,
      iat: now,
      exp: now + 600,
      jti: 'j1',
      client_id: 'shop',
      tier: 'gold-1',
    },
    ...{ scp: ['orders:read', 'orders:write', 'admin'], realm_access: { roles: ['clerk', 'administrator'] } },
    ...changes,
  };
};
const AT = { typ: 'at+jwt' };
const token = (changes: object = {}, header: object = AT) => signJwt(key, claims(changes), header);
const verify = (text: string, confirmation?: { jkt: string }, audience = AUDIENCE) =>
  world.oauth.gatewayTokens.verifyAccessToken(
    text,
    { audience, tenantId: TENANT, ...(confirmation === undefined ? {} : { confirmation }) },
    world.clock.now(),
  );
const outcome = async (...input: Parameters<typeof verify>) => {
  const found = await verify(...input);
  return found.ok ? 'accepted' : found.reason;
};

test('who it is: named after the issuer, with the scopes that are allowed and the roles that are translated', async () => {
  expect(await verify(token())).toEqual({
    ok: true,
    principal: {
      type: 'user',
      id: `${ISSUER}#u-17`,
      tenantId: TENANT,
      roles: ['order-clerk'],
      scopes: ['orders:read'],
      credential: {
        type: 'access_token',
        id: `${ISSUER}#j1`,
        clientId: `${ISSUER}#shop`,
        expiresAt: Math.floor(world.clock.now() / 1000) + 600,
      },
    },
  });
});

test('a client of theirs is a client; scopes as one text; a list of audiences', async () => {
  const found = await verify(token({ sub: 'shop', scp: 'orders:read x', aud: ['other', AUDIENCE] }));
  expect(found).toMatchObject({ principal: { type: 'client', id: `${ISSUER}#shop`, scopes: ['orders:read'] } });
});

test('a subject that is the id of somebody here is not that somebody', async () => {
  const found = await verify(token({ sub: 'usr_01k9e5y3sgfx0b2v8d4j6m7n9p', client_id: 'web', jti: undefined }));
  expect(found).toMatchObject({ principal: { id: `${ISSUER}#usr_01k9e5y3sgfx0b2v8d4j6m7n9p` } });
});

test.each([
  ['api_key_environment', 'live'],
  ['api_key_environment', 'test'],
  ['environment', 'test'],
  ['api_key_id', 'key_01k9e5y3sgfx0b2v8d4j6m7n9p'],
])('what they say of keys, %s %s, is no word of ours: no key of theirs is known here', async (name, value) => {
  const found = await verify(token({ [name]: value }));
  expect(found).toMatchObject({ ok: true, principal: { id: `${ISSUER}#u-17` } });
  expect(found.ok && found.principal.credential).not.toHaveProperty('environment');
});

describe('refused', () => {
  const now = () => Math.floor(world.clock.now() / 1000);
  test.for<[why: string, make: () => string, reason: string]>([
    ['a signature by another key of that name', () => signJwt(stranger, claims(), AT), 'bad_signature'],
    ['a key that nobody has', () => signJwt(makeKey('k9'), claims(), AT), 'bad_signature'],
    ['alg none', () => `${token().split('.').slice(0, 2).join('.')}.`, 'malformed'],
    ['another alg than the key’s', () => token({}, { ...AT, alg: 'ES256' }), 'bad_signature'],
    ['HMAC', () => token({}, { ...AT, alg: 'HS256' }), 'bad_signature'],
    ['a changed claim', () => token().replace(/\.[^.]+\./, `.${token({ sub: 'x' }).split('.')[1]}.`), 'bad_signature'],
    ['an extension that must be understood', () => token({}, { ...AT, crit: ['x'], x: 1 }), 'malformed'],
    ['an ID token by typ', () => token({}, { typ: 'JWT' }), 'wrong_type'],
    ['no typ', () => token({}, {}), 'wrong_type'],
    ['a typ that is no text', () => token({}, { typ: { toString: 1, valueOf: 1 } }), 'wrong_type'],
    ['a logout token', () => token({}, { typ: 'logout+jwt' }), 'wrong_type'],
    ['an ID token by its claims', () => token({ nonce: 'n' }), 'wrong_type'],
    ['another issuer', () => token({ iss: 'https://evil.example' }), 'wrong_issuer'],
    ['an issuer with a slash more', () => token({ iss: `${ISSUER}/` }), 'wrong_issuer'],
    ['our own issuer, signed by them', () => token({ iss: OWN }), 'bad_signature'],
    ['no audience', () => token({ aud: undefined }), 'wrong_audience'],
    ['another audience', () => token({ aud: 'https://other.example.com' }), 'wrong_audience'],
    ['part of an audience', () => token({ aud: `${AUDIENCE}/v2` }), 'wrong_audience'],
    ['expired', () => token({ exp: now() }), 'expired'],
    ['no expiry', () => token({ exp: undefined }), 'malformed'],
    ['an expiry in words', () => token({ exp: 'never' }), 'malformed'],
    ['good for a year', () => token({ exp: now() + 31_536_000 }), 'malformed'],
    ['not valid yet', () => token({ nbf: now() + 60 }), 'malformed'],
    ['issued in the future', () => token({ iat: now() + 60 }), 'malformed'],
    ['no subject', () => token({ sub: undefined }), 'malformed'],
    ['a subject that is no text', () => token({ sub: 17 }), 'malformed'],
    ['an endless subject', () => token({ sub: 'x'.repeat(256) }), 'malformed'],
    ['a subject with a line break', () => token({ sub: 'a\nb' }), 'malformed'],
    ['a condition that fails', () => token({ tier: 'silver' }), 'unknown'],
    ['a condition without its claim', () => token({ tier: undefined }), 'unknown'],
    ['bound to a key that is not shown', () => token({ cnf: { jkt: key.jkt } }), 'wrong_sender'],
    ['bound to something unknown', () => token({ cnf: { kid: 'x' } }), 'wrong_sender'],
    ['no JWT', () => 'ey.x', 'malformed'],
  ])('%s', async ([, make, reason]) => {
    expect(await outcome(make())).toBe(reason);
    // Nor is it remembered as good.
    expect(await outcome(make())).toBe(reason);
  });
});

test('clocks may differ by half a minute', async () => {
  const now = Math.floor(world.clock.now() / 1000);
  expect(await outcome(token({ iat: now + 29, nbf: now + 29 }))).toBe('accepted');
});

test('a token that is bound to a key is good with it, and one that is not is not made better by a proof', async () => {
  const bound = token({ cnf: { jkt: key.jkt } });
  expect([
    await outcome(bound, { jkt: key.jkt }),
    await outcome(bound),
    await outcome(bound, { jkt: stranger.jkt }),
  ]).toEqual([...['accepted', 'wrong_sender', 'wrong_sender']]);
  expect(await outcome(token(), { jkt: key.jkt })).toBe('wrong_sender');
});

test('it is good for the API that names its issuer, and our own tokens go on', async () => {
  expect(
    await outcome(token({ aud: 'https://weather.example.com' }), undefined, 'https://weather.example.com'),
  ).not.toBe('accepted');
  const secret = await world.secretOf('machine');
  const { access_token: own } = (
    await world.token({ grant_type: 'client_credentials', client_id: 'machine', client_secret: secret })
  ).body as { access_token?: string };
  expect(await outcome(String(own))).toBe('wrong_audience');
});

test('an issuer that writes JWT: only where the API says so', async () => {
  await declare({ ...SPEC, types: ['JWT'], audiences: ['api://orders'] });
  expect(await outcome(token({ aud: 'api://orders' }, { typ: 'JWT' }))).toBe('accepted');
  expect(await outcome(token({ aud: 'api://orders' }, {}))).toBe('accepted');
  expect(await outcome(token({ aud: AUDIENCE }, { typ: 'JWT' }))).toBe('wrong_audience');
  expect(await outcome(token({ aud: 'api://orders', at_hash: 'x' }, {}))).toBe('wrong_type');
  expect(await outcome(token({ aud: 'api://orders' }))).toBe('wrong_type');
});

test('organizations: one that is known, or none', async () => {
  await declare({ ...SPEC, organization: { claim: 'tid', values: { acme: ORGANIZATION } } });
  expect(await verify(token({ tid: 'acme' }))).toMatchObject({ principal: { organizationId: ORGANIZATION } });
  for (const tid of [undefined, 'other', ['acme', 'other'], 'toString', '__proto__', 7]) {
    expect(await outcome(token({ tid }))).toBe('malformed');
  }
});

describe('keys', () => {
  test('are asked for once, whoever waits; then nobody waits', async () => {
    world.web.asked = 0;
    const found = await Promise.all(Array.from({ length: 50 }, (_, index) => outcome(token({ jti: `j${index}` }))));
    expect(new Set(found)).toEqual(new Set(['accepted']));
    expect(world.web.asked).toBeLessThanOrEqual(2);
    expect(verify(token({ jti: 'another' }))).not.toBeInstanceOf(Promise);
    world.clock.advance(5 * 60_000 + 1);
    // Time to look again: beside the request.
    expect(verify(token({ jti: 'later' }))).not.toBeInstanceOf(Promise);
  });

  test('a new key is found at its first token; one that is taken out is not believed for long', async () => {
    const old = signJwt(key, claims({ exp: Math.floor(world.clock.now() / 1000) + 3600 }), AT);
    expect(await outcome(old)).toBe('accepted');
    world.clock.advance(20_000);
    const next = makeKey('k2');
    world.web.pages.set(KEYS_AT, { keys: [next.jwk] });
    expect(await outcome(signJwt(next, claims(), AT))).toBe('accepted');
    expect(await outcome(old)).toBe('bad_signature');
  });

  test('names that nobody has do not make us knock at the issuer’s door', async () => {
    await outcome(token());
    world.web.asked = 0;
    for (let index = 0; index < 50; index += 1) await outcome(signJwt({ ...stranger, kid: `x${index}` }, claims(), AT));
    expect(world.web.asked).toBeLessThanOrEqual(1);
  });

  test('while the issuer is away, what he said last counts, and not for ever', async () => {
    await outcome(token());
    world.web.pages.delete(KEYS_AT);
    world.clock.advance(9 * 60_000);
    expect(await outcome(token())).toBe('accepted');
    world.clock.advance(62 * 60_000);
    expect(await outcome(token())).toBe('bad_signature');
  });

  test('metadata of another issuer is not believed', async () => {
    const evil = 'https://evil.example';
    world.web.pages.set(`${evil}/.well-known/openid-configuration`, { issuer: ISSUER, jwks_uri: KEYS_AT });
    await declare({ ...SPEC, issuer: evil });
    expect(await outcome(token({ iss: evil }))).toBe('bad_signature');
  });
});

test('an issuer that is taken out ends at once, tokens that were good before as well', async () => {
  const text = token();
  expect(await outcome(text)).toBe('accepted');
  await declare();
  expect(await outcome(text)).toBe('wrong_issuer');
});

test('we are not another issuer to ourselves: a token of ours is judged as ours, with everything that was revoked', async () => {
  world.web.pages.set(`${OWN}/keys`, { keys: [key.jwk] });
  await declare({ ...SPEC, issuer: OWN, jwksUri: `${OWN}/keys`, conditions: {} });
  expect(await outcome(token({ iss: OWN }))).toBe('bad_signature');
});

test.for([
  ['an issuer that is no address', { ...SPEC, issuer: 'partner' }],
  ['an issuer with a fragment', { ...SPEC, issuer: `${ISSUER}#x` }],
  ['an issuer with a query', { ...SPEC, issuer: `${ISSUER}?x` }],
  ['no scopes', { issuer: ISSUER }],
  ['a type that is none', { ...SPEC, types: ['id_token'] }],
  ['no audience', { ...SPEC, audiences: [] }],
  ['an unknown field', { ...SPEC, keys: [] }],
] as const)('%s is not declared', ([, spec]) => {
  expect(foreignIssuersSchema.safeParse([spec]).success).toBe(false);
});

test('two entries for one issuer, and an organization that is none, are told', () => {
  const organization = { claim: 'tid', values: { acme: 'acme' } };
  const [spec] = foreignIssuersSchema.parse([{ ...SPEC, organization }]);
  expect(spec && checkForeignIssuers([spec, spec]).map(({ path }) => path)).toEqual([
    'issuers.0.organization.values.acme',
    'issuers.1.issuer',
    'issuers.1.organization.values.acme',
  ]);
});

test('a foreign issuer is asked as an issuer', () => {
  expect(world.web.purposes.get(KEYS_AT)).toBe('issuers');
});
