import { constants, createHash, type KeyObject, verify } from 'node:crypto';
import type { Alg } from '#keyring';

interface Algorithm {
  verify(data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
  /** For `at_hash` (OpenID Connect Core §3.1.3.6): the hash of the signature algorithm. */
  hash: 'sha256' | 'sha512';
}

/** RFC 7518 §3.1 and RFC 8037 §3.1. What is not here is refused: `none` and every shared-secret algorithm among it. */
const ALGORITHMS: Readonly<Record<Alg, Algorithm>> = {
  ES256: {
    verify: (data, key, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
    hash: 'sha256',
  },
  RS256: { verify: (data, key, signature) => verify('sha256', data, key, signature), hash: 'sha256' },
  PS256: {
    verify: (data, key, signature) =>
      verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature),
    hash: 'sha256',
  },
  EdDSA: { verify: (data, key, signature) => verify(null, data, key, signature), hash: 'sha512' },
};

/** Verifies with the algorithm that belongs to the key, never with one the token names (RFC 8725 §3.1). */
export function verifySignature(alg: Alg, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  return ALGORITHMS[alg].verify(data, key, signature);
}

/** `at_hash`: the left half of the access token's hash, base64url. */
export function accessTokenHash(alg: Alg, accessToken: string): string {
  const digest = createHash(ALGORITHMS[alg].hash).update(accessToken).digest();
  return digest.subarray(0, digest.byteLength / 2).toString('base64url');
}
