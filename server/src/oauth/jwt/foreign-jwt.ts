import { type Alg, verifyBytes } from '#keyring';
import { takeJwsApart, type UntrustedJws } from '../tokens/read-jws.ts';

import type { PublicKey } from './public-key.ts';

/** A JWT that somebody else signed, taken apart and believed in nothing. */
export interface ForeignJwt extends UntrustedJws {
  header: Record<string, unknown> & { alg: string };
}

/**
 * Reads a JWT of somebody else's. `crit`, `b64` and `zip` change what a signature covers, and nothing here understands
 * them, so they are refused (RFC 7515 §4.1.11). `jku`, `x5u` and `x5c` may stand there and are never looked at: keys come
 * from where the client or issuer was registered with.
 */
export function readForeignJwt(text: string): ForeignJwt | undefined {
  const jws = takeJwsApart(text);
  if (jws === undefined || REFUSED_MEMBERS.some((member) => member in jws.header)) return undefined;
  const { alg } = jws.header;
  return typeof alg === 'string' ? { ...jws, header: { ...jws.header, alg } } : undefined;
}

const REFUSED_MEMBERS = ['crit', 'b64', 'zip'];
/** Keys tried for a token that names none. Each try costs up to 100 µs. */
const TRIED_MAX = 4;

/** Of those keys, the one that signed it, by one of those algorithms. */
export function signerOf(
  { header, signed, signature }: ForeignJwt,
  keys: readonly PublicKey[],
  algs: readonly Alg[],
): PublicKey | undefined {
  const alg = algs.find((allowed) => allowed === header.alg);
  if (alg === undefined) return undefined;
  return keys
    .filter((key) => key.algs.includes(alg) && (header.kid === undefined || key.kid === header.kid))
    .slice(0, TRIED_MAX)
    .find(({ key }) => verifyBytes(alg, key, signed, signature));
}

/** Clocks of others: so much may theirs be ahead. Expiry gets no grace. */
export const CLOCK_SKEW_SECONDS = 30;

/** Why it is not valid at this moment (RFC 7519 §4.1.4 to §4.1.6), or undefined. `now` in milliseconds. */
export function timeProblem(
  { exp, nbf, iat }: Record<string, unknown>,
  now: number,
  lifetimeSecondsMax: number,
): string | undefined {
  const seconds = now / 1000;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'exp is missing';
  if (exp <= seconds) return 'it has expired (exp)';
  if (exp > seconds + lifetimeSecondsMax + CLOCK_SKEW_SECONDS) {
    return `it is valid for too long: exp may be at most ${lifetimeSecondsMax} seconds ahead`;
  }
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) return `${name} is not a number`;
    if (value > seconds + CLOCK_SKEW_SECONDS) return `it is not valid yet (${name})`;
  }
  return undefined;
}
