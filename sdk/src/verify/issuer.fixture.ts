/** An issuer in memory, as strict or as hostile as a test wants it. Not ours: plain jose, so that the two are not one mistake. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { exportJWK, type JWK, SignJWT } from 'jose';
import type { Fetch } from '../net/fetch-json.ts';

export const ISSUER = 'https://id.example.com';
export const AUDIENCE = 'https://orders.example.com';
/** Milliseconds; a whole second. */
export const START = 1_800_000_000_000;

export interface SigningPair {
  kid: string;
  alg: string;
  privateKey: KeyObject;
  jwk: JWK;
}

export async function newPair(kid: string, alg = 'ES256'): Promise<SigningPair> {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export type Answer = (url: string, init: RequestInit | undefined) => Response | Promise<Response> | undefined;

export async function startIssuer(issuer: string = ISSUER) {
  const first = await newPair('first');
  const state = {
    now: START,
    pair: first,
    keys: [first.jwk] as object[],
    metadata: {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      introspection_endpoint: `${issuer}/introspect`,
      token_endpoint: `${issuer}/token`,
    } as Record<string, unknown>,
    /** Requests so far, by path. */
    asked: new Map<string, number>(),
    /** Nobody answers. */
    down: false,
    /** Other paths, or other answers. */
    answer: (() => undefined) as Answer,
  };
  const json = (body: unknown, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json', ...headers } });
  const fetch: Fetch = async (url, init) => {
    const { pathname } = new URL(url);
    state.asked.set(pathname, (state.asked.get(pathname) ?? 0) + 1);
    if (state.down) throw new TypeError('fetch failed');
    const own = await state.answer(url, init);
    if (own !== undefined) return own;
    if (url === `${issuer}/.well-known/openid-configuration`) return json(state.metadata);
    if (url === `${issuer}/jwks`) return json({ keys: state.keys }, { 'cache-control': 'public, max-age=300' });
    return new Response('{}', { status: 404 });
  };
  const claims = (more: Record<string, unknown> = {}) => ({
    iss: issuer,
    sub: 'usr_1',
    aud: AUDIENCE,
    client_id: 'shop',
    scope: 'orders:read',
    roles: ['clerk'],
    iat: state.now / 1000,
    exp: state.now / 1000 + 300,
    jti: randomUUID(),
    ...more,
  });
  return Object.assign(state, {
    issuer,
    fetch,
    json,
    claims,
    count: (path: string) => state.asked.get(path) ?? 0,
    options: { issuer, audience: AUDIENCE, fetch, now: () => state.now },
    sign(more: Record<string, unknown> = {}, header: Record<string, unknown> = {}, pair: SigningPair = state.pair) {
      return new SignJWT(withoutUndefined(claims(more)))
        .setProtectedHeader(
          withoutUndefined({ alg: pair.alg, kid: pair.kid, typ: 'at+jwt', ...header }) as { alg: string },
        )
        .sign(pair.privateKey);
    },
  });
}

export type FakeIssuer = Awaited<ReturnType<typeof startIssuer>>;

const withoutUndefined = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** A DPoP proof (RFC 9449 §4.2), with whatever a test wants wrong in it. */
export function proofOf(
  pair: SigningPair,
  request: { method: string; url: string; token: string; now: number },
  { payload = {}, header = {} }: { payload?: Record<string, unknown>; header?: Record<string, unknown> } = {},
): Promise<string> {
  const { kid: _, alg: __, use: ___, ...jwk } = pair.jwk;
  const body = {
    jti: randomUUID(),
    htm: request.method,
    htu: request.url,
    iat: request.now / 1000,
    ath: createHash('sha256').update(request.token).digest('base64url'),
    ...payload,
  };
  const protectedHeader = withoutUndefined({ alg: pair.alg, typ: 'dpop+jwt', jwk, ...header });
  return new SignJWT(withoutUndefined(body))
    .setProtectedHeader(protectedHeader as { alg: string })
    .sign(pair.privateKey);
}

/** A request with these headers. */
export function requestWith(
  headers: Record<string, string | readonly string[]>,
  more: { method?: string; url?: string; certificate?: Uint8Array; clientAddress?: string } = {},
) {
  return {
    method: more.method ?? 'GET',
    url: more.url ?? 'https://orders.example.com/orders?page=2',
    header: (name: string) => {
      const value = headers[name];
      return value === undefined ? [] : typeof value === 'string' ? [value] : value;
    },
    certificate: () => more.certificate,
    clientAddress: () => more.clientAddress,
  };
}
