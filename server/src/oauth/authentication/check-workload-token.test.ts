/** Workload tokens: a CI job's own token in place of a secret; the dry run; and the tenant's profile over all clients. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISSUER, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { assertionClaims, assertionForm, makeKey, signJwt } from './assertions.fixture.ts';

let world: World;
const CI = 'https://ci.example.com';
const key = makeKey('ci-1', 'RS256');
const stranger = makeKey('ci-1', 'RS256');

beforeAll(async () => {
  world = await openWorld();
  const spec = {
    type: 'confidential',
    grants: ['client_credentials'],
    scopes: ['weather:read'],
    apis: ['weather'],
    tokenEndpointAuthMethod: 'workload_token',
    workloads: [
      { issuer: CI, audience: ISSUER, claims: { sub: 'repo:acme/shop:ref:refs/tags/*', environment: 'production' } },
    ],
  };
  await world.apply([{ kind: 'client', name: 'deploy', spec }]);
  await world.store.changes.caughtUp();
  world.web.pages.set(`${CI}/.well-known/openid-configuration`, { issuer: CI, jwks_uri: `${CI}/keys` });
  world.web.pages.set(`${CI}/keys`, { keys: [key.jwk] });
});
afterAll(() => world?.close());

const claims = (changes: object = {}) => ({
  ...assertionClaims(CI, ISSUER, world.clock.now()),
  sub: 'repo:acme/shop:ref:refs/tags/v1',
  environment: 'production',
  ...changes,
});
const ask = (token: string, clientId: string | undefined = 'deploy') =>
  world.token({ grant_type: 'client_credentials', client_id: clientId, ...assertionForm(token) });
const dryRun = (token: string, clientId = 'deploy') =>
  world.oauth.dryRunWorkloadToken({ tenantId: TENANT, clientId, token });

describe('a workload token', () => {
  test('is good, and more than once: the job uses it as often as it needs', async () => {
    const token = signJwt(key, claims());
    expect([(await ask(token)).status, (await ask(token)).status]).toEqual([200, 200]);
    expect(await dryRun(token)).toMatchObject({ matches: true });
  });

  test.each([
    ['another branch', () => signJwt(key, claims({ sub: 'repo:acme/shop:ref:refs/heads/main' })), 'sub'],
    [
      'another repository that begins alike',
      () => signJwt(key, claims({ sub: 'repo:acme/shop-evil:ref:refs/tags/v1' })),
      'sub',
    ],
    ['another environment', () => signJwt(key, claims({ environment: 'staging' })), 'environment'],
    ['no environment', () => signJwt(key, claims({ environment: undefined })), 'environment'],
    ['an object as environment', () => signJwt(key, claims({ environment: { production: true } })), 'environment'],
    ['another audience', () => signJwt(key, claims({ aud: 'https://other.example.com' })), 'aud'],
  ])('401: %s; the dry run says which condition fails', async (_, make, claim) => {
    expect((await ask(make())).body.error).toBe('invalid_client');
    const { matches, rules } = await dryRun(make());
    expect(matches).toBe(false);
    expect(rules[0]?.problem).toBeUndefined();
    expect(rules[0]?.conditions.filter((each) => !each.matches).map((each) => each.claim)).toEqual([claim]);
  });

  test.each([
    ['another issuer', () => signJwt(key, claims({ iss: 'https://evil.example.com' })), 'another issuer'],
    ['a key that is not the issuer’s', () => signJwt(stranger, claims()), 'signature'],
    ['a key that it brings along', () => signJwt(stranger, claims(), { jwk: stranger.jwk }), 'signature'],
    ['expired', () => signJwt(key, claims({ exp: Math.floor(world.clock.now() / 1000) })), 'expired'],
    ['an access token', () => signJwt(key, claims(), { typ: 'at+jwt' }), 'kind'],
    ['no JWT', () => 'x', 'JWT'],
  ])('401: %s; the dry run says why', async (_, make, words) => {
    expect((await ask(make())).body.error).toBe('invalid_client');
    const { rules } = await dryRun(make());
    expect(rules[0]?.problem).toContain(words);
  });

  test('401: without client_id, or for a client that declares no workload', async () => {
    const token = signJwt(key, claims());
    const form = { grant_type: 'client_credentials', ...assertionForm(token) };
    expect((await world.token(form)).body.error).toBe('invalid_client');
    expect((await ask(token, 'machine')).body.error).toBe('invalid_client');
    await expect(dryRun(token, 'machine')).rejects.toMatchObject({ code: 'client_takes_no_workload_token' });
    await expect(dryRun(token, 'nobody')).rejects.toMatchObject({ code: 'client_not_found' });
  });

  test('401: an issuer whose metadata speak for another', async () => {
    world.clock.advance(2 * 3_600_000);
    world.web.pages.set(`${CI}/.well-known/openid-configuration`, {
      issuer: 'https://evil.example.com',
      jwks_uri: 'x',
    });
    expect((await ask(signJwt(key, claims()))).body.error).toBe('invalid_client');
  });
});

describe('the tenant’s profile', () => {
  const machine = async () => ({
    grant_type: 'client_credentials',
    client_id: 'machine',
    client_secret: await world.secretOf('machine'),
  });
  const setProfile = async (profile: string) => {
    await world.apply([{ kind: 'security_profile', name: 'default', spec: { profile } }]);
    await world.store.changes.caughtUp();
  };

  test('holds for clients that declare none, at once; a client’s own goes before', async () => {
    const form = await machine();
    expect((await world.token(form)).status).toBe(200);
    await setProfile('fapi2');
    expect((await world.token(form)).body).toMatchObject({ error: 'unauthorized_client' });
    const lenient = { type: 'confidential', grants: ['client_credentials'], apis: ['weather'], profile: 'oauth2.1' };
    await world.apply([{ kind: 'client', name: 'lenient', spec: lenient }]);
    await world.store.changes.caughtUp();
    const own = {
      grant_type: 'client_credentials',
      client_id: 'lenient',
      client_secret: await world.secretOf('lenient'),
    };
    expect((await world.token(own)).status).toBe(200);
    await setProfile('oauth2.1');
    expect((await world.token(form)).status).toBe(200);
  });
});

describe('a secret that is revoked', () => {
  test.each(['keep', 'end'] as const)('%s its tokens', async (tokens) => {
    const { listClientSecrets, revokeClientSecret } = await import('../clients/client-secrets.ts');
    const { actor } = await import('../oauth-world.fixture.ts');
    const secret = await world.secretOf('machine');
    const { body } = await world.token({
      grant_type: 'client_credentials',
      client_id: 'machine',
      client_secret: secret,
    });
    const secrets = await listClientSecrets(world.secrets, { tenantId: TENANT, clientId: 'machine' });
    const secretId = secrets.find(({ hint }) => secret.endsWith(hint))?.id ?? '';
    await revokeClientSecret(world.secrets, { tenantId: TENANT, clientId: 'machine', secretId, tokens, actor });
    const read = world.oauth.verifier.readAccessToken(String(body.access_token), world.clock.now());
    expect('reason' in read ? read.reason : 'good').toBe(tokens === 'end' ? 'revoked' : 'good');
  });
});

test('issuers are asked as issuers: a network that is open to clients alone stays closed to them', () => {
  const asked = [`${CI}/.well-known/openid-configuration`, `${CI}/keys`];
  expect(asked.map((url) => world.web.purposes.get(url))).toEqual(['issuers', 'issuers']);
});
