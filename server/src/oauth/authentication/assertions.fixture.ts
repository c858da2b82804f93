/** Keys and signed JWTs of others, for tests. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

import { jwkThumbprint } from '../jwt/public-key.ts';
export interface TestKey {
  alg: string;
  kid: string;
  privateKey: KeyObject;
  jwk: Record<string, unknown>;
  jkt: string;
}

const MAKERS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;

export function makeKey(kid: string, alg: keyof typeof MAKERS = 'ES256'): TestKey {
  const { publicKey, privateKey } = MAKERS[alg]();
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as Record<string, unknown>), kid, use: 'sig' };
  return { alg, kid, privateKey, jwk, jkt: jwkThumbprint(publicKey) };
}

const encodeJson = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs anything, however wrong. */
export function signJwt(key: TestKey, payload: object, header: object = {}): string {
  const head = encodeJson({ alg: key.alg, kid: key.kid, ...header });
  const text = `${head}.${encodeJson(payload)}`;
  const digest = key.alg === 'EdDSA' ? null : 'sha256';
  const signature = sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** `now` in milliseconds. */
export const assertionClaims = (clientId: string, audience: unknown, now: number) => ({
  iss: clientId,
  sub: clientId,
  aud: audience,
  jti: randomUUID(),
  iat: Math.floor(now / 1000),
  exp: Math.floor(now / 1000) + 60,
});

export const assertionForm = (assertion: string) => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
});
