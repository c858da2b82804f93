/** Request objects that are encrypted to us (RFC 9101 §6.1), by jose as a client would. */
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { CHALLENGE, ISSUER, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { EncryptionSalts } from './encryption-salts.ts';
import { createRequestEncryption } from './request-encryption.ts';

const CALLBACK = 'https://signer.example.com/callback';
const PERIOD = 30 * 86_400_000;
const key = makeKey('k');
let world: World;
beforeAll(async () => {
  world = await openWorld();
  const spec = {
    type: 'public',
    grants: ['authorization_code'],
    redirectUris: [CALLBACK],
    scopes: ['openid'],
    firstParty: true,
    jwks: { keys: [key.jwk] },
    requestObjects: { required: true },
  };
  await world.apply([{ kind: 'client', name: 'signer', spec }]);
  await world.store.changes.caughtUp();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const published = (): JWK => {
  const { keys } = world.oauth.jwks(TENANT).body as { keys: JWK[] };
  const [found, ...more] = keys.filter(({ use }) => use === 'enc');
  if (found === undefined || more.length > 0) throw new TypeError('one key to encrypt to was expected');
  return found;
};
function signed(state: string): string {
  const { sub: _, ...own } = assertionClaims('signer', ISSUER, world.clock.now());
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const asked = { response_type: 'code', client_id: 'signer', redirect_uri: CALLBACK, scope: 'openid', state };
  return signJwt(key, { ...own, ...asked, ...pkce });
}
async function encrypted(text: string, header: object = {}, to: JWK = published()): Promise<string> {
  const all = { alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', kid: to.kid ?? '', ...header };
  const { alg: _, ...bare } = to;
  return new CompactEncrypt(Buffer.from(text)).setProtectedHeader(all).encrypt(await importJWK(bare, all.alg));
}
async function ask(request: string): Promise<Record<string, string>> {
  const outcome = await world.authorize({ client_id: 'signer', request });
  if (outcome.kind === 'redirect') return Object.fromEntries(new URL(outcome.location).searchParams);
  return { kind: outcome.kind, ...('problem' in outcome ? { error: outcome.problem.error } : {}) };
}

describe('taken', () => {
  test.each([
    ['ECDH-ES', 'A256GCM'],
    ['ECDH-ES', 'A128CBC-HS256'],
    ['ECDH-ES+A256KW', 'A128GCM'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ])('by %s, %s', async (alg, enc) => {
    expect(await ask(await encrypted(signed('inside'), { alg, enc }))).toMatchObject({
      state: 'inside',
      code: expect.anything(),
    });
  });

  test('pushed', async () => {
    const { status, body } = await world.par({ client_id: 'signer', request: await encrypted(signed('pushed')) });
    expect([status, body.error]).toEqual([201, undefined]);
  });

  test('to the key before this one, whoever has it from an older JWKS', async () => {
    const old = published();
    world.clock.advance(PERIOD);
    world.signIn();
    expect(published().kid).not.toBe(old.kid);
    expect(await ask(await encrypted(signed('late'), {}, old))).toMatchObject({ state: 'late' });
    world.clock.advance(PERIOD);
    world.signIn();
    expect(await ask(await encrypted(signed('too late'), {}, old))).not.toHaveProperty('code');
  });
});

describe('refused', () => {
  const damaged = (jwe: string, part: number) => {
    const parts = jwe.split('.');
    parts[part] = `${parts[part]?.startsWith('A') === true ? 'B' : 'A'}${parts[part]?.slice(1)}`;
    return parts.join('.');
  };
  test.each<[string, () => string | Promise<string>]>([
    [
      'to somebody else’s key',
      async () => encrypted(signed('x'), { kid: published().kid }, { ...(await strangersKey()) }),
    ],
    ['an unknown kid', () => encrypted(signed('x'), { kid: 'enc_other' })],
    ['not signed inside', () => encrypted(JSON.stringify({ client_id: 'signer' }))],
    ['twice encrypted', async () => encrypted(await encrypted(signed('x')))],
    [
      'signed by nobody we know',
      () => encrypted(signJwt(makeKey('k'), { iss: 'signer', client_id: 'signer', aud: ISSUER })),
    ],
    ['changed on the way', async () => damaged(await encrypted(signed('x')), 3)],
    ['another header on it', async () => damaged(await encrypted(signed('x')), 0)],
    ['five parts of nothing', () => '....'],
    ['five parts of something', () => 'e30.e30.e30.e30.e30'],
  ])('%s', async (_, make) => {
    expect(await ask(await make())).not.toHaveProperty('code');
  });

  async function strangersKey(): Promise<JWK> {
    const other = createRequestEncryption({
      keyring: { mac: () => Buffer.alloc(32, 7) },
      clock: world.clock,
      salts: new EncryptionSalts(),
    });
    return other.publicKey(TENANT);
  }
});

test('every tenant has a key of its own, no private part of it is published, and metadata tells how', () => {
  const own = createRequestEncryption({ ...world, salts: new EncryptionSalts() });
  expect(own.publicKey(TENANT)).toEqual(published());
  expect(own.publicKey('ten_other').x).not.toBe(published().x);
  expect(Object.keys(published()).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  expect(world.oauth.discovery(TENANT).body).toMatchObject({
    request_object_encryption_alg_values_supported: ['ECDH-ES', 'ECDH-ES+A256KW'],
    request_object_encryption_enc_values_supported: expect.arrayContaining(['A256GCM']),
  });
});
