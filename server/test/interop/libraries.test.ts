/** Client libraries and token verifiers that nobody changed, against the running program. */
import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, type JWK, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, signInByHttp } from '#testing';
import {
  type Application,
  AUDIENCE,
  type InteropWorld,
  openInteropWorld,
  SCOPE,
  startApplication,
} from './interop-world.ts';

const CALLBACK = 'https://app.example.com/callback';
let world: InteropWorld;
let machine: openid.Configuration;

beforeAll(async () => {
  world = await openInteropWorld([
    { name: 'machine' },
    { name: 'web', redirectUri: CALLBACK },
    { name: 'spa', redirectUri: CALLBACK, public: true, spec: { firstParty: true } },
  ]);
  machine = await discover('machine', openid.ClientSecretBasic(await world.secretOf('machine')));
});
afterAll(() => world?.close());

const discover = (client: string, authentication: openid.ClientAuth) =>
  openid.discovery(new URL(world.program.issuer), client, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });

/** Where the browser is sent in the end. */
async function callbackFor(url: string): Promise<URL> {
  const end = await signInByHttp({ ...world.visitor(), stopAt: CALLBACK }, url, world.program.issuer);
  if (!end.url.startsWith(CALLBACK)) throw new TypeError(`did not come back: ${end.url} ${end.text}`);
  return new URL(end.url);
}

describe('openid-client', () => {
  test.each([
    ['web', async () => openid.ClientSecretPost(await world.secretOf('web'))],
    ['spa', async () => openid.None()],
  ])('%s: code with PKCE, userinfo, refresh, introspection, revocation', async (client, authentication) => {
    const config = await discover(client, await authentication());
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: `openid profile email offline_access ${SCOPE}`,
      resource: AUDIENCE,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const tokens = await openid.authorizationCodeGrant(config, await callbackFor(url.href), checks);
    const claims = tokens.claims();
    expect(claims).toMatchObject({ aud: client, nonce: expectedNonce });
    const info = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(info).toMatchObject({ name: 'Ada', email: 'ada@example.com' });
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await openid.tokenRevocation(config, next.refresh_token ?? '');
    await expect(openid.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('client credentials, introspection, revocation', async () => {
    const tokens = await openid.clientCredentialsGrant(machine, { scope: SCOPE, resource: AUDIENCE });
    expect(await openid.tokenIntrospection(machine, tokens.access_token)).toMatchObject({ active: true });
    await openid.tokenRevocation(machine, tokens.access_token);
    expect(await openid.tokenIntrospection(machine, tokens.access_token)).toEqual({ active: false });
  });
});

test('oauth4webapi: code with PKCE, id token, userinfo, refresh', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(world.program.issuer);
  const server = await oauth
    .discoveryRequest(issuer, { ...insecure })
    .then((answer) => oauth.processDiscoveryResponse(issuer, answer));
  const client: oauth.Client = { client_id: 'web' };
  const authentication = oauth.ClientSecretBasic(await world.secretOf('web'));
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: 'web',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const params = oauth.validateAuthResponse(server, client, await callbackFor(url.href), state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    params,
    CALLBACK,
    verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  const { sub } = oauth.getValidatedIdTokenClaims(tokens) ?? { sub: '' };
  const info = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  expect(await oauth.processUserInfoResponse(server, client, sub, info)).toMatchObject({ email: 'ada@example.com' });
  const again = await oauth.refreshTokenGrantRequest(
    server,
    client,
    authentication,
    tokens.refresh_token ?? '',
    insecure,
  );
  expect(await oauth.processRefreshTokenResponse(server, client, again)).toMatchObject({ token_type: 'bearer' });
});

describe('an access token verified by', () => {
  const tokenFor = async () =>
    (await openid.clientCredentialsGrant(machine, { scope: SCOPE, resource: AUDIENCE })).access_token;
  const jwksUri = () => `${world.program.issuer}/.well-known/jwks.json`;

  test('jose', async () => {
    const keys = createRemoteJWKSet(new URL(jwksUri()));
    const { payload } = await jwtVerify(await tokenFor(), keys, {
      issuer: world.program.issuer,
      audience: AUDIENCE,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: 'machine', scope: SCOPE });
  });

  test('jsonwebtoken', async () => {
    const jsonwebtoken: JsonWebToken = (await import(JSONWEBTOKEN)).default;
    const { keys } = (await (await fetch(jwksUri())).json()) as { keys: JWK[] };
    const token = await tokenFor();
    const kid = jsonwebtoken.decode(token, { complete: true }).header.kid;
    const jwk = keys.find((key) => key.kid === kid);
    if (jwk === undefined) throw new TypeError('an unknown key');
    const options = { algorithms: ['ES256'], issuer: world.program.issuer, audience: AUDIENCE };
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(jsonwebtoken.verify(token, key, options)).toMatchObject({ client_id: 'machine' });
    expect(() => jsonwebtoken.verify(token, key, { ...options, audience: 'other' })).toThrow('audience');
  });

  test.each(['express-oauth2-jwt-bearer.mjs', 'passport-jwt.mjs'])('%s', async (file) => {
    const port = await freePort();
    const settings = { ISSUER: world.program.issuer, AUDIENCE };
    const application: Application = await startApplication(file, port, settings);
    try {
      const call = async (token: string | undefined) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const answer = await fetch(`${application.url}/me`, { headers });
        return { status: answer.status, text: await answer.text() };
      };
      const token = await tokenFor();
      expect(await call(token)).toMatchObject({ status: 200, text: expect.stringContaining('"machine"') });
      expect((await call(`${token.slice(0, -4)}AAAA`)).status).toBe(401);
      expect((await call(undefined)).status).toBe(401);
    } finally {
      await application.stop();
    }
  });
});

/** It comes without types; this is what we use of it. */
interface JsonWebToken {
  decode(token: string, options: { complete: true }): { header: { kid: string } };
  verify(token: string, key: object, options: object): Record<string, unknown>;
}
const JSONWEBTOKEN: string = 'jsonwebtoken';
