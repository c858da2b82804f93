/** An unmodified client library, against the real listener. */
import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUDIENCE, ISSUER, openIssuer } from './issuer.fixture.ts';

let issuer: Awaited<ReturnType<typeof openIssuer>>;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer.close());

const discover = (clientId: string, authentication: openid.ClientAuth, algorithm: 'oidc' | 'oauth2' = 'oidc') =>
  openid.discovery(new URL(ISSUER), clientId, undefined, authentication, {
    algorithm,
    execute: [openid.allowInsecureRequests],
    [openid.customFetch]: (url, options) => issuer.fetch(url, options as RequestInit),
  });

async function verifyWithJose(token: string) {
  const jwks = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`), {
    [joseFetch]: (url: string, options: RequestInit) => issuer.fetch(url, options),
  });
  return jwtVerify(token, jwks, { issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['ES256'] });
}

/** Follows the browser's way: to the authorization endpoint, through consent if it is asked, back to the client. */
async function browse(url: URL, cookie = 'who=alice'): Promise<URL> {
  const response = await issuer.fetch(url.href, { headers: { cookie } });
  if (response.status === 303) return new URL(response.headers.get('location') ?? '');
  const page = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("form-action 'self' https:;");
  const interaction = /name="interaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const answer = await issuer.fetch(`${ISSUER}/oauth/consent`, {
    method: 'POST',
    headers: { cookie, origin: ISSUER, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ interaction, decision: 'allow' }),
  });
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get('location') ?? '');
}

test.each([
  ['client_secret_basic', openid.ClientSecretBasic],
  ['client_secret_post', openid.ClientSecretPost],
])('client credentials with %s; the token verifies with the published keys', async (_, method) => {
  const config = await discover('machine', method(await issuer.secretOf('machine')), 'oauth2');
  const tokens = await openid.clientCredentialsGrant(config, { scope: 'weather:read', resource: AUDIENCE });
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'weather:read', expires_in: 900 });
  const { payload } = await verifyWithJose(tokens.access_token);
  expect(payload).toMatchObject({ sub: 'machine', client_id: 'machine' });
  const answer = await openid.tokenIntrospection(config, tokens.access_token);
  expect(answer).toMatchObject({ active: true, client_id: 'machine' });
  await openid.tokenRevocation(config, tokens.access_token);
  expect(await openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
});

test.each([
  ['web', 'https://web.example.com/callback', async () => openid.ClientSecretBasic(await issuer.secretOf('web'))],
  ['spa', 'https://spa.example.com/callback', async () => openid.None()],
])('authorization code with PKCE for %s, userinfo, refresh, revocation', async (clientId, redirect_uri, method) => {
  const config = await discover(clientId, await method());
  const codeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid email weather:read',
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    max_age: '600',
  });
  const callback = await browse(url);
  const checks = { pkceCodeVerifier: codeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: 600 };
  const tokens = await openid.authorizationCodeGrant(config, callback, checks);
  expect(tokens.claims()).toMatchObject({ iss: ISSUER, aud: clientId, sub: 'usr_alice', nonce: expectedNonce });
  expect((await verifyWithJose(tokens.access_token)).payload).toMatchObject({ sub: 'usr_alice', roles: ['analyst'] });
  expect(await openid.fetchUserInfo(config, tokens.access_token, 'usr_alice')).toEqual({
    sub: 'usr_alice',
    email: 'alice@example.com',
    email_verified: true,
  });
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
  await openid.tokenRevocation(config, refreshed.refresh_token ?? '');
  await expect(openid.refreshTokenGrant(config, refreshed.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
    status: 400,
  });
  await expect(openid.fetchUserInfo(config, refreshed.access_token, 'usr_alice')).rejects.toMatchObject({
    status: 401,
  });
});

test('a refused client meets the challenge of RFC 6749 §5.2; a refused request, its error', async () => {
  const refused = await discover('machine', openid.ClientSecretBasic('wrong'), 'oauth2');
  await expect(openid.clientCredentialsGrant(refused)).rejects.toMatchObject({
    status: 401,
    cause: [{ scheme: 'basic' }],
  });
  const config = await discover('machine', openid.ClientSecretBasic(await issuer.secretOf('machine')), 'oauth2');
  await expect(openid.clientCredentialsGrant(config, { scope: 'bills:read' })).rejects.toMatchObject({
    status: 400,
    error: 'invalid_scope',
    error_description: expect.stringContaining('bills:read'),
  });
});
