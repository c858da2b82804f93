import { createHash } from 'node:crypto';
import type { Alg } from '#keyring';

/** The hash within each signature algorithm. For Ed25519 it is SHA-512 (RFC 8032 §5.1). */
const HASHES: Readonly<Record<Alg, 'sha256' | 'sha384' | 'sha512'>> = {
  ES256: 'sha256',
  ES384: 'sha384',
  RS256: 'sha256',
  PS256: 'sha256',
  EdDSA: 'sha512',
};

/** `at_hash` and `c_hash` (OpenID Connect Core §3.1.3.6 and §3.3.2.11): the left half of the text's hash, base64url. */
export function leftHalfHash(alg: Alg, text: string): string {
  const digest = createHash(HASHES[alg]).update(text).digest();
  return digest.subarray(0, digest.byteLength / 2).toString('base64url');
}
