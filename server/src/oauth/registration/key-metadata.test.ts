/** Clients that register what their tokens and requests are encrypted and signed by (RFC 7591, OpenID Connect Registration §2). */
import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, assertionForm, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { CHALLENGE, ISSUER, openWorld, TENANT, VERIFIER, type World } from '../oauth-world.fixture.ts';

const CALLBACK = 'https://agent.example.com/callback';
const JWKS_URI = 'https://agent.example.com/jwks';
const sig = makeKey('s');
const rsaSig = makeKey('r', 'RS256');
let world: World;
let ec: { jwk: JWK; privateKey: CryptoKey };
let rsa: { jwk: JWK; privateKey: CryptoKey };
beforeAll(async () => {
  world = await openWorld();
  const spec = { open: true, confidential: true, scopes: ['openid'], apis: [] };
  await world.apply([{ kind: 'client_registration_policy', name: 'all', spec }]);
  await world.store.changes.caughtUp();
  ec = await encryptionKey('ECDH-ES', 'e');
  rsa = await encryptionKey('RSA-OAEP-256', 'o');
});
afterAll(() => world?.close());
beforeEach(() => {
  world.clock.advance(60_000);
  world.signIn();
});

async function encryptionKey(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid, use: 'enc' }, privateKey };
}

let callers = 0;
type Body = Record<string, unknown>;
async function register(more: Body) {
  callers += 1;
  const body = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt', ...more };
  const request = { tenantId: TENANT, authorization: undefined, ip: `10.11.0.${callers}`, body };
  const answer = await world.oauth.register(request);
  await world.store.changes.caughtUp();
  return { status: answer.status, body: (answer.body ?? {}) as Body };
}
const jwks = (...keys: unknown[]) => ({ jwks: { keys } });

async function signIn(clientId: string, alg = sig) {
  const outcome = await world.authorize({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'openid',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const agreed =
    outcome.kind === 'consent'
      ? await world.consent({ interaction: outcome.prompt.interaction, decision: 'allow' })
      : outcome;
  const code = agreed.kind === 'redirect' ? new URL(agreed.location).searchParams.get('code') : undefined;
  const assertion = signJwt(alg, assertionClaims(clientId, ISSUER, world.clock.now()));
  return world.token({
    grant_type: 'authorization_code',
    code: code ?? '',
    code_verifier: VERIFIER,
    redirect_uri: CALLBACK,
    ...assertionForm(assertion),
  });
}

describe('id tokens encrypted to a key in jwks, where keys for signatures stand as well', () => {
  test.each([
    ['ECDH-ES', 'A256GCM', () => ec],
    ['ECDH-ES+A256KW', 'A128GCM', () => ec],
    ['RSA-OAEP-256', undefined, () => rsa],
  ] as const)('%s, %s', async (alg, enc, keyOf) => {
    const { status, body } = await register({
      ...jwks(sig.jwk, ec.jwk, rsa.jwk),
      id_token_encrypted_response_alg: alg,
      ...(enc === undefined ? {} : { id_token_encrypted_response_enc: enc }),
    });
    expect(status).toBe(201);
    // OpenID Connect Registration §2 says what stands for one that is left out.
    const chosen = enc ?? 'A128CBC-HS256';
    expect(body).toMatchObject({ id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: chosen });
    expect(body.jwks).toMatchObject({ keys: [{ kid: 's' }, { kid: keyOf().jwk.kid, alg }] });
    const tokens = await signIn(String(body.client_id));
    const { protectedHeader } = await compactDecrypt(String(tokens.body.id_token), keyOf().privateKey);
    expect(protectedHeader).toMatchObject({ alg, enc: chosen, cty: 'JWT', kid: keyOf().jwk.kid });
  });

  test('and a public client may have them as well', async () => {
    const { body } = await register({
      token_endpoint_auth_method: 'none',
      ...jwks(ec.jwk),
      userinfo_encrypted_response_alg: 'ECDH-ES',
    });
    expect(body).toMatchObject({ userinfo_encrypted_response_alg: 'ECDH-ES', jwks: { keys: [{ kid: 'e' }] } });
  });

  test('or to one at jwks_uri', async () => {
    world.web.pages.set(JWKS_URI, { keys: [sig.jwk, rsa.jwk, ec.jwk] });
    const { body } = await register({ jwks_uri: JWKS_URI, id_token_encrypted_response_alg: 'ECDH-ES' });
    expect(body).toMatchObject({ jwks_uri: JWKS_URI, id_token_encrypted_response_alg: 'ECDH-ES' });
    const tokens = await signIn(String(body.client_id));
    expect((await compactDecrypt(String(tokens.body.id_token), ec.privateKey)).protectedHeader.kid).toBe('e');
  });
});

test('what is said of requests is held', async () => {
  const { body } = await register({
    ...jwks(sig.jwk),
    request_object_signing_alg: 'ES256',
    request_object_encryption_alg: 'ECDH-ES',
    request_object_encryption_enc: 'A256GCM',
    require_signed_request_object: true,
  });
  expect(body).toMatchObject({
    request_object_signing_alg: 'ES256',
    request_object_encryption_alg: 'ECDH-ES',
    request_object_encryption_enc: 'A256GCM',
    require_signed_request_object: true,
  });
  const plain = await world.authorize({ client_id: String(body.client_id), redirect_uri: CALLBACK });
  expect(plain).toMatchObject({ kind: 'problem' });
});

test('an assertion by another algorithm than was registered is refused, by a good key or not', async () => {
  const { body } = await register({ ...jwks(sig.jwk, rsaSig.jwk), token_endpoint_auth_signing_alg: 'ES256' });
  expect(body.token_endpoint_auth_signing_alg).toBe('ES256');
  const clientId = String(body.client_id);
  expect((await signIn(clientId, rsaSig)).body.error).toBe('invalid_client');
  expect((await signIn(clientId)).status).toBe(200);
});

test.each<[string, () => Body]>([
  ['RSA1_5', () => ({ ...jwks(sig.jwk, rsa.jwk), id_token_encrypted_response_alg: 'RSA1_5' })],
  ['RSA1_5 at jwks_uri', () => ({ jwks_uri: JWKS_URI, id_token_encrypted_response_alg: 'RSA1_5' })],
  ['RSA-OAEP with SHA-1', () => ({ ...jwks(sig.jwk, rsa.jwk), userinfo_encrypted_response_alg: 'RSA-OAEP' })],
  ['a password', () => ({ jwks_uri: JWKS_URI, id_token_encrypted_response_alg: 'PBES2-HS256+A128KW' })],
  [
    'an enc of its own',
    () => ({
      ...jwks(sig.jwk, ec.jwk),
      id_token_encrypted_response_alg: 'ECDH-ES',
      id_token_encrypted_response_enc: 'none',
    }),
  ],
  ['enc without alg', () => ({ ...jwks(sig.jwk, ec.jwk), id_token_encrypted_response_enc: 'A256GCM' })],
  ['no key for it', () => ({ ...jwks(sig.jwk), id_token_encrypted_response_alg: 'ECDH-ES' })],
  ['a key of another kind', () => ({ ...jwks(sig.jwk, ec.jwk), id_token_encrypted_response_alg: 'RSA-OAEP-256' })],
  [
    'a key for signatures',
    () => ({ ...jwks(sig.jwk, { ...ec.jwk, use: 'sig' }), id_token_encrypted_response_alg: 'ECDH-ES' }),
  ],
  ['a private key', () => ({ ...jwks(sig.jwk, { ...ec.jwk, d: 'AA' }), id_token_encrypted_response_alg: 'ECDH-ES' })],
  ['no keys at all', () => ({ token_endpoint_auth_method: 'none', id_token_encrypted_response_alg: 'ECDH-ES' })],
  [
    'keys in two places',
    () => ({ ...jwks(sig.jwk, ec.jwk), jwks_uri: JWKS_URI, id_token_encrypted_response_alg: 'ECDH-ES' }),
  ],
  ['requests by RSA1_5', () => ({ ...jwks(sig.jwk), request_object_encryption_alg: 'RSA1_5' })],
  ['requests that nobody signs', () => ({ ...jwks(sig.jwk), request_object_signing_alg: 'none' })],
  ['requests by a shared secret', () => ({ ...jwks(sig.jwk), request_object_signing_alg: 'HS256' })],
  ['signed requests without keys', () => ({ token_endpoint_auth_method: 'none', require_signed_request_object: true })],
  ['the requests’ enc alone', () => ({ ...jwks(sig.jwk), request_object_encryption_enc: 'A256GCM' })],
  ['assertions by none', () => ({ ...jwks(sig.jwk), token_endpoint_auth_signing_alg: 'none' })],
  [
    'an algorithm of assertions for a secret',
    () => ({ token_endpoint_auth_method: 'client_secret_basic', token_endpoint_auth_signing_alg: 'ES256' }),
  ],
  ['an algorithm that is no text', () => ({ ...jwks(sig.jwk), id_token_encrypted_response_alg: ['ECDH-ES'] })],
  ['a key set that is none', () => ({ jwks: 'x', id_token_encrypted_response_alg: 'ECDH-ES' })],
])('%s is refused', async (_, make) => {
  expect(await register(make())).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
});
