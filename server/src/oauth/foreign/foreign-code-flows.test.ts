/** Signing in at another OpenID provider: what of its answers is believed, and what it is never told. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SafeFetchOptions } from '#base';
import { fixedClock, testLogger } from '#testing';
import { readPublicKey } from '../jwt/public-key.ts';
import { createForeignCodeFlows } from './foreign-code-flows.ts';
import type { Provider } from './provider.ts';

const ISSUER = 'https://login.partner.example';
const SECRET = 's3cret: of ours';
const NONCE = 'n'.repeat(43);
const clock = fixedClock();
const seconds = () => Math.floor(clock.now() / 1000);

const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = [readPublicKey({ ...theirs.publicKey.export({ format: 'jwk' }), kid: 'k1' })].flatMap((key) => key ?? []);

function idToken(claims: object, header: object = {}, key: KeyObject = theirs.privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const own = { iss: ISSUER, aud: 'shop', sub: 'ann', nonce: NONCE, iat: seconds(), exp: seconds() + 60 };
  const signed = `${part({ alg: 'ES256', kid: 'k1', ...header })}.${part({ ...own, ...claims })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  jwks_uri: `${ISSUER}/jwks`,
};

function open({
  metadata = {},
  answer = {},
  status = 200,
}: {
  metadata?: object;
  answer?: object;
  status?: number;
} = {}) {
  const asked: { url: string; options: SafeFetchOptions }[] = [];
  const fetch = async (url: string, options: SafeFetchOptions = {}) => {
    const isMetadata = url.endsWith('/.well-known/openid-configuration');
    if (!isMetadata) asked.push({ url, options });
    const token = {
      access_token: 'at',
      token_type: 'Bearer',
      expires_in: 60,
      refresh_token: 'rt',
      id_token: idToken({}),
    };
    const body = isMetadata ? { ...METADATA, ...metadata } : { ...token, ...answer };
    return { status: isMetadata ? 200 : status, headers: {}, body: Buffer.from(JSON.stringify(body)), url };
  };
  const flows = createForeignCodeFlows({
    ...{ fetch, clock, log: testLogger(), algs: ['ES256', 'RS256', 'PS256', 'EdDSA'] },
    issuerKeys: { keysAt: async () => keys, encryptionKeyAt: async () => undefined },
    clients: { api: () => ({ audience: 'https://shop.example' }) as never },
  });
  const provider: Provider = {
    ...{ tenantId: 't', api: 'shop', issuer: ISSUER, clientId: 'shop', apiParameter: 'resource' },
    clientAuthentication: 'client_secret_basic',
    secretFor: (origin) => (origin === ISSUER ? SECRET : undefined),
  };
  const redeem = (more: Partial<Provider> = {}) =>
    flows.redeem(
      { ...provider, ...more },
      {
        ...{ tenantId: 't', clientId: 'shop', redirectUri: 'https://shop.example/session/callback' },
        ...{ code: 'code', codeVerifier: 'verifier', nonce: NONCE },
      },
    );
  return { flows, provider, redeem, asked };
}

test('good: the subject under its issuer, the secret by the way that was chosen', async () => {
  const at = createHash('sha256').update('at').digest().subarray(0, 16).toString('base64url');
  const { redeem, asked } = open({
    answer: { id_token: idToken({ at_hash: at, aud: ['shop', 'other'], azp: 'shop' }) },
  });
  expect(await redeem()).toMatchObject({ userId: `${ISSUER}#ann`, accessToken: 'at', refreshToken: 'rt' });
  const options = asked[0]?.options;
  // RFC 6749 §2.3.1: form-encoded, then base64.
  const basic = Buffer.from('shop:s3cret%3A+of+ours').toString('base64');
  expect(options?.headers?.authorization).toBe(`Basic ${basic}`);
  expect(Object.fromEntries(new URLSearchParams(String(options?.body)))).toEqual({
    ...{ grant_type: 'authorization_code', code: 'code', code_verifier: 'verifier' },
    ...{ redirect_uri: 'https://shop.example/session/callback', resource: 'https://shop.example' },
  });
  await redeem({ clientAuthentication: 'client_secret_post', apiParameter: 'none' });
  const second = new URLSearchParams(String(asked[1]?.options.body));
  expect([second.get('client_secret'), second.get('client_id'), second.has('resource')]).toEqual([
    SECRET,
    'shop',
    false,
  ]);
  expect(asked[1]?.options.headers).not.toHaveProperty('authorization');
});

const unsigned = (claims: object) => idToken(claims, { alg: 'none' }).replace(/[^.]*$/, '');
test.each<[string, () => object]>([
  ['no id token', () => ({ id_token: undefined })],
  ['one that is no JWT', () => ({ id_token: 'x.y.z' })],
  ['of another issuer', () => ({ id_token: idToken({ iss: 'https://evil.example' }) })],
  ['of the issuer with a slash', () => ({ id_token: idToken({ iss: `${ISSUER}/` }) })],
  ['for another client', () => ({ id_token: idToken({ aud: 'other' }) })],
  ['for several, and nobody asked', () => ({ id_token: idToken({ aud: ['shop', 'other'] }) })],
  ['that another client asked for', () => ({ id_token: idToken({ aud: ['shop', 'other'], azp: 'other' }) })],
  ['without a nonce', () => ({ id_token: idToken({ nonce: undefined }) })],
  ['with the nonce of another sign-in', () => ({ id_token: idToken({ nonce: 'm'.repeat(43) }) })],
  ['that is over', () => ({ id_token: idToken({ exp: seconds() - 1 }) })],
  ['without an end', () => ({ id_token: idToken({ exp: undefined }) })],
  ['that is not valid yet', () => ({ id_token: idToken({ nbf: seconds() + 600 }) })],
  ['without a subject', () => ({ id_token: idToken({ sub: '' }) })],
  ['with a subject on two lines', () => ({ id_token: idToken({ sub: 'a\nb' }) })],
  ['with a subject that is none', () => ({ id_token: idToken({ sub: 7 }) })],
  ['by a key of somebody else', () => ({ id_token: idToken({}, {}, stranger.privateKey) })],
  ['by no algorithm', () => ({ id_token: unsigned({}) })],
  ['by an algorithm that the key is not for', () => ({ id_token: idToken({}, { alg: 'RS256' }) })],
  ['by a key that it brings along', () => ({ id_token: idToken({}, { jwk: {}, kid: 'k2' }, stranger.privateKey) })],
  ['with what changes its meaning', () => ({ id_token: idToken({}, { crit: ['b64'], b64: false }) })],
  ['that came with another access token', () => ({ id_token: idToken({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }) })],
  ['beside a token that is no bearer token', () => ({ token_type: 'DPoP' })],
  ['beside no access token', () => ({ access_token: '' })],
])('refused: an id token %s', async (_, answer) => {
  await expect(open({ answer: answer() }).redeem()).rejects.toMatchObject({ code: 'provider_refused' });
});

test.each<[string, object]>([
  ['another issuer’s', { issuer: 'https://evil.example' }],
  ['no token endpoint', { token_endpoint: undefined }],
  ['a token endpoint without TLS', { token_endpoint: 'http://login.partner.example/token' }],
  ['a token endpoint elsewhere, for which no secret is set', { token_endpoint: 'https://evil.example/token' }],
  ['an address with a user', { token_endpoint: 'https://u:p@login.partner.example/token' }],
  ['a page that is a script', { authorization_endpoint: 'javascript:alert(1)' }],
])('metadata of %s: nothing is sent there', async (_, metadata) => {
  const { redeem, asked } = open({ metadata });
  await expect(redeem()).rejects.toMatchObject({ code: 'provider_unavailable' });
  expect(asked).toEqual([]);
});

test('answers are told apart by their issuer, where it says who it is', async () => {
  const silent = open();
  const says = open({ metadata: { authorization_response_iss_parameter_supported: true } });
  const tried = [ISSUER, undefined, 'https://evil.example', `${ISSUER}/`];
  const accepted = async ({ flows, provider }: ReturnType<typeof open>) =>
    Promise.all(tried.map((iss) => flows.answers(provider, iss)));
  expect(await accepted(says)).toEqual([true, false, false, false]);
  expect(await accepted(silent)).toEqual([true, true, false, false]);
});

test.each<[string, number | undefined, number]>([
  ['its own end, where that is sooner than was told', 20, 20],
  ['what was told, where that is sooner', 600, 60],
  ['what was told, where it says nothing', undefined, 60],
])('an access token lasts until %s', async (_, seconds, lasts) => {
  const exp = seconds === undefined ? 'soon' : Math.floor(clock.now() / 1000) + seconds;
  const { redeem } = open({ answer: { access_token: idToken({ exp }) } });
  const { expiresAt } = await redeem();
  expect(Math.round((expiresAt - clock.now()) / 1000)).toBe(lasts);
});

test('renewed: for the same person alone, and over when it is refused', async () => {
  const kept = await open().redeem();
  const renewed = (options: Parameters<typeof open>[0]) => {
    const { flows, provider } = open(options);
    return flows.refresh(provider, kept);
  };
  expect(
    await renewed({ answer: { access_token: 'at2', refresh_token: undefined, id_token: undefined } }),
  ).toMatchObject({
    ...{ accessToken: 'at2', refreshToken: 'rt', idToken: kept.idToken, userId: kept.userId },
  });
  expect(await renewed({ answer: { id_token: idToken({ nonce: undefined }) } })).toMatchObject({ userId: kept.userId });
  expect(await renewed({ answer: { id_token: idToken({ sub: 'eve' }) } })).toBeUndefined();
  expect(await renewed({ status: 400, answer: { error: 'invalid_grant' } })).toBeUndefined();
  await expect(renewed({ status: 503, answer: {} })).rejects.toMatchObject({ code: 'provider_unavailable' });
  await expect(renewed({ status: 401, answer: { error: 'invalid_client' } })).rejects.toMatchObject({
    code: 'provider_unavailable',
  });
});

test('signing out: the tokens are taken back, and the browser is led there; where there is no such page, it stays', async () => {
  const ends = { end_session_endpoint: `${ISSUER}/end?x=1`, revocation_endpoint: `${ISSUER}/revoke` };
  const { flows, provider, redeem, asked } = open({ metadata: ends });
  const kept = await redeem();
  const there = new URL(String(await flows.end(provider, kept, 'https://shop.example/')));
  expect(Object.fromEntries(there.searchParams)).toEqual({
    ...{ x: '1', client_id: 'shop', id_token_hint: kept.idToken, post_logout_redirect_uri: 'https://shop.example/' },
  });
  expect([asked[1]?.url, String(asked[1]?.options.body)]).toEqual([
    `${ISSUER}/revoke`,
    'token=rt&token_type_hint=refresh_token',
  ]);
  const plain = open();
  expect(await plain.flows.end(plain.provider, kept, 'https://shop.example/')).toBeUndefined();
});
