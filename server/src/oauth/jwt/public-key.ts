import { createHash, createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import type { Alg } from '#keyring';

/** A key of somebody else's, with the one algorithm or the few that it may be used with. */
export interface PublicKey {
  kid: string | undefined;
  algs: readonly Alg[];
  key: KeyObject;
  /** SHA-256 of the certificate that the key came with (`x5c`), base64url. */
  certificate: string | undefined;
}

/** RFC 7518 §3.3 and §3.5: a key of size 2048 bits or larger MUST be used. Above 8192, verifying is a way to hurt us. */
const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 8192;

/**
 * What a key can do, by its type and curve: an algorithm is never taken from the token alone (RFC 8725 §3.1). A map: the
 * type comes from whoever made the key, and every object has something called `constructor`.
 */
const ALGS_BY_KEY: ReadonlyMap<string, readonly Alg[]> = new Map([
  ['EC P-256', ['ES256']],
  ['OKP Ed25519', ['EdDSA']],
  ['RSA', ['PS256', 'RS256']],
]);

/** RFC 7517 §9.2: members that only a private or a shared key has. Whoever publishes one has lost it. */
export const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** Reads one JWK (RFC 7517 §4); undefined for a key that is private, broken, too weak, or not for signatures. */
export function readPublicKey(jwk: unknown): PublicKey | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, alg, use, kid, x5c } = jwk as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((member) => member in jwk) || (use !== undefined && use !== 'sig')) return undefined;
  const able = ALGS_BY_KEY.get(typeOf(kty, crv)) ?? [];
  const algs = alg === undefined ? able : able.filter((each) => each === alg);
  if (algs.length === 0) return undefined;
  const key = importKey(jwk as webcrypto.JsonWebKey);
  const bits = key?.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN;
  if (key === undefined || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) return undefined;
  const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  return {
    kid: typeof kid === 'string' ? kid : undefined,
    algs,
    key,
    certificate: typeof first === 'string' ? certificateThumbprint(Buffer.from(first, 'base64')) : undefined,
  };
}

/** Texts alone: an object in their place may have no way to be written as one. */
function typeOf(kty: unknown, crv: unknown): string {
  if (typeof kty !== 'string' || (crv !== undefined && typeof crv !== 'string')) return '';
  return crv === undefined ? kty : `${kty} ${crv}`;
}

function importKey(jwk: webcrypto.JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** `x5t#S256` (RFC 8705 §3.1): over the certificate's DER. */
export const certificateThumbprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url');

/** Required members by key type, in the order of their names (RFC 7638 §3.2). */
const THUMBPRINT_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The thumbprint of a key that {@link readPublicKey} took (RFC 7638 §3), from its own canonical form. */
export function jwkThumbprint(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' }) as Record<string, unknown>;
  const members = THUMBPRINT_MEMBERS[String(jwk.kty)] ?? [];
  const canonical = JSON.stringify(Object.fromEntries(members.map((member) => [member, jwk[member]])));
  return createHash('sha256').update(canonical).digest('base64url');
}
