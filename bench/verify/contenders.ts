/** Verifiers of the same tokens, each as its own documentation says to use it, on the same key. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createVerifier as createSdkVerifier } from '@gatehouse/sdk/verify';
import { createVerifier as createFastJwt } from 'fast-jwt';
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

export interface Contender {
  name: string;
  /** Its own memory of tokens, if it has one, is on when `warm`. */
  verify(token: string): unknown;
}

export interface Issuer {
  url: string;
  alg: 'RS256' | 'ES256';
  tokens: readonly string[];
  publicKey: KeyObject;
  close(): void;
}

const AUDIENCE = 'https://orders.example.com';

/** A real issuer on a real port: two of the contenders find its keys by themselves. */
export async function startIssuer(alg: Issuer['alg'], count: number): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k1', alg, use: 'sig' };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = (index: number) =>
    new SignJWT({ client_id: 'shop', scope: 'orders:read orders:write', roles: ['clerk'] })
      .setProtectedHeader({ alg, kid: 'k1', typ: 'at+jwt' })
      .setIssuer(url)
      .setAudience(AUDIENCE)
      .setSubject(`usr_${index}`)
      .setJti(`jti_${index}`)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: count }, (_, index) => sign(index)));
  return {
    url,
    alg,
    tokens,
    publicKey: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
    close: () => server.close(),
  };
}

/** `express-oauth2-jwt-bearer` is middleware: it is called as one, with as little of a request as it reads. */
type BearerMiddleware = (request: object, response: object, next: (error?: unknown) => void) => void;
const { auth }: { auth(options: object): BearerMiddleware } = createRequire(
  new URL('../../sdk/package.json', import.meta.url),
)('express-oauth2-jwt-bearer');

export function contendersFor({ url, alg, publicKey }: Issuer, warm: boolean): readonly Contender[] {
  const expected = { issuer: url, audience: AUDIENCE, algorithms: [alg] };
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const fast = createFastJwt({
    key: pem,
    algorithms: [alg],
    allowedIss: url,
    allowedAud: AUDIENCE,
    cache: warm ? 10_000 : false,
  });
  const bearer = auth({
    issuerBaseURL: url,
    issuer: url,
    jwksUri: `${url}/jwks`,
    audience: AUDIENCE,
    tokenSigningAlg: alg,
  });
  const sdk = createSdkVerifier({ issuer: url, audience: AUDIENCE });
  return [
    { name: 'jose', verify: (token) => jwtVerify(token, publicKey, { ...expected, typ: 'at+jwt' }) },
    { name: 'jsonwebtoken', verify: (token) => jsonwebtoken.verify(token, pem, expected) },
    { name: warm ? 'fast-jwt, cache on' : 'fast-jwt, cache off', verify: (token) => fast(token) },
    {
      name: 'express-oauth2-jwt-bearer',
      verify: (token) =>
        new Promise<void>((resolve, reject) => {
          const headers = { authorization: `Bearer ${token}`, host: 'orders.example.com' };
          const request = {
            headers,
            query: {},
            is: () => false,
            method: 'GET',
            protocol: 'https',
            originalUrl: '/',
            host: headers.host,
            get: () => headers.host,
          };
          bearer(request, {}, (error) => (error === undefined ? resolve() : reject(error)));
        }),
    },
    { name: '@gatehouse/sdk', verify: (token) => sdk.verifyToken(token) },
  ];
}
