import { createPublicKey, type webcrypto } from 'node:crypto';
import { PRIVATE_MEMBERS } from './public-key.ts';

/** A client's key that answers are encrypted to, and by which algorithm (RFC 7518 §4). */
export interface EncryptionKey {
  kid: string | undefined;
  alg: EncryptionAlg;
  jwk: webcrypto.JsonWebKey;
}

/** No RSA1_5, whose padding has told plaintexts for decades (RFC 8725 §3.2), and no RSA-OAEP with SHA-1. */
const ALGS_BY_KEY = {
  RSA: ['RSA-OAEP-256'],
  'EC P-256': ['ECDH-ES', 'ECDH-ES+A256KW'],
  'EC P-384': ['ECDH-ES', 'ECDH-ES+A256KW'],
  'OKP X25519': ['ECDH-ES', 'ECDH-ES+A256KW'],
} as const;

export const ENCRYPTION_ALGS = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const;
export type EncryptionAlg = (typeof ENCRYPTION_ALGS)[number];

/** RFC 7518 §5.3 and §5.2.5: authenticated all of them. */
export const CONTENT_ENCRYPTIONS = ['A256GCM', 'A128GCM', 'A256CBC-HS512', 'A128CBC-HS256'] as const;

const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 8192;

/** Reads one JWK (RFC 7517 §4); undefined for a key that is private, broken, too weak, or not for encryption. */
export function readEncryptionKey(jwk: Readonly<Record<string, unknown>>): EncryptionKey | undefined {
  const { kty, crv, alg, use, kid } = jwk;
  if (PRIVATE_MEMBERS.some((member) => member in jwk) || (use !== undefined && use !== 'enc')) return undefined;
  if (typeof kty !== 'string' || (crv !== undefined && typeof crv !== 'string')) return undefined;
  const able: readonly EncryptionAlg[] =
    Object.entries(ALGS_BY_KEY).find(([name]) => name === (crv === undefined ? kty : `${kty} ${crv}`))?.[1] ?? [];
  const chosen = alg === undefined ? able[0] : able.find((each) => each === alg);
  if (chosen === undefined || !isSound(jwk as webcrypto.JsonWebKey)) return undefined;
  return { kid: typeof kid === 'string' ? kid : undefined, alg: chosen, jwk: jwk as webcrypto.JsonWebKey };
}

/** The same of what stands in somebody's key set, where keys for other things stand as well: only those that say what they are for. */
export function readUnknownEncryptionKey(jwk: unknown): EncryptionKey | undefined {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return undefined;
  const key = jwk as Readonly<Record<string, unknown>>;
  // A key for signatures without `use` must not become one that we encrypt to.
  return key.use === 'enc' || ENCRYPTION_ALGS.some((alg) => alg === key.alg) ? readEncryptionKey(key) : undefined;
}

function isSound(jwk: webcrypto.JsonWebKey): boolean {
  try {
    const bits = createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN;
    return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
  } catch {
    return false;
  }
}
