import type { JWK } from 'jose';

/** Signatures by a private key only. Shared-secret algorithms and `none` are not in the table, so they are refused. */
export const SIGNATURE_ALGORITHMS: Readonly<Record<string, { kty: string; crv?: readonly string[] }>> = {
  ES256: { kty: 'EC', crv: ['P-256'] },
  ES384: { kty: 'EC', crv: ['P-384'] },
  ES512: { kty: 'EC', crv: ['P-521'] },
  EdDSA: { kty: 'OKP', crv: ['Ed25519'] },
  Ed25519: { kty: 'OKP', crv: ['Ed25519'] },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
};

/** RFC 7518 §3.3: 2048 bits or larger; 8192 is where verifying gets dear enough to be an attack. */
const RSA_MODULUS_LENGTHS = { min: 342, max: 1366 };

/** May this key verify signatures of this algorithm? The key decides (RFC 8725 §3.1), the token only says which it wants. */
export function fits(jwk: JWK, alg: string): boolean {
  const wanted = Object.hasOwn(SIGNATURE_ALGORITHMS, alg) ? SIGNATURE_ALGORITHMS[alg] : undefined;
  if (wanted === undefined || jwk.kty !== wanted.kty) return false;
  if (wanted.crv !== undefined && (typeof jwk.crv !== 'string' || !wanted.crv.includes(jwk.crv))) return false;
  if (jwk.alg !== undefined && jwk.alg !== alg && !(isEdwards(jwk.alg) && isEdwards(alg))) return false;
  if (jwk.use !== undefined && jwk.use !== 'sig') return false;
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return false;
  if (jwk.kty !== 'RSA') return true;
  const length = typeof jwk.n === 'string' ? jwk.n.length : 0;
  return length >= RSA_MODULUS_LENGTHS.min && length <= RSA_MODULUS_LENGTHS.max;
}

/** RFC 9864 gave EdDSA with Ed25519 a name of its own. */
const isEdwards = (alg: string) => alg === 'EdDSA' || alg === 'Ed25519';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

export const isPublicJwk = (jwk: object): boolean => !PRIVATE_MEMBERS.some((name) => name in jwk);
