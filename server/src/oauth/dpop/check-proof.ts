import { createHash } from 'node:crypto';
import { equalSecrets } from '#base';
import type { Alg } from '#keyring';
import { CLOCK_SKEW_SECONDS, readForeignJwt, signerOf } from '../jwt/foreign-jwt.ts';
import { jwkThumbprint, readPublicKey } from '../jwt/public-key.ts';
import { printable } from '../protocol/read-params.ts';

/** The request that a proof must have been made for. */
export interface ProvenRequest {
  method: string;
  /** Query and fragment are not compared (RFC 9449 §4.3, item 9). */
  url: string;
  /** Where the same endpoint is as well (RFC 8705 §5). */
  alias?: string | undefined;
  /** The access token that comes with it; undefined where none does (the token endpoint). */
  accessToken?: string | undefined;
}

export interface DpopProof {
  /** Thumbprint of the key (RFC 7638). */
  jkt: string;
  jti: string;
  nonce: string | undefined;
  /** Milliseconds: from then on it is refused for its age, and need not be remembered. */
  expiresAt: number;
}

export type ProofCheck = { ok: true; proof: DpopProof } | { ok: false; problem: string };

/** RFC 9449 §11.1: seconds to minutes. As long as this a proof is remembered, so that it counts once. */
export const PROOF_AGE_SECONDS_MAX = 60;
const JTI_LENGTH_MAX = 255;
const PROOF_LENGTH_MAX = 4096;
const NONCE_LENGTH_MAX = 128;

/**
 * RFC 9449 §4.3, but for what needs memory: whether it was used before (`jti`) and whether the nonce is one of ours.
 * Sync and pure. `now` in milliseconds.
 */
export function checkProof(text: string, request: ProvenRequest, algs: readonly Alg[], now: number): ProofCheck {
  const jwt = text.length > PROOF_LENGTH_MAX ? undefined : readForeignJwt(text);
  if (jwt === undefined) return refuse('it is not a JWT');
  if (jwt.header.typ !== 'dpop+jwt') return refuse('typ must be dpop+jwt');
  const key = readPublicKey(jwt.header.jwk);
  if (key === undefined) return refuse('the header must hold the public key (jwk): P-256, Ed25519 or RSA');
  // The key is the one in the header, whatever either of them calls it.
  if (signerOf({ ...jwt, header: { alg: jwt.header.alg } }, [key], algs) === undefined) {
    return refuse(`the signature does not verify by one of ${algs.join(', ')}`);
  }
  const { jti, htm, htu, iat, ath, nonce } = jwt.payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) return refuse('jti is missing');
  if (htm !== request.method) return refuse(`htm must be ${request.method}, the method of this request`);
  if (typeof htu !== 'string' || !isFor(request, htu))
    return refuse(`htu must be ${printable(request.url)}, without query and fragment`);
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return refuse('iat is missing');
  const age = now / 1000 - iat;
  if (age > PROOF_AGE_SECONDS_MAX || age < -CLOCK_SKEW_SECONDS) {
    return refuse(
      `iat must lie within the last ${PROOF_AGE_SECONDS_MAX} seconds; the server's clock says ${Math.floor(now / 1000)}`,
    );
  }
  if (request.accessToken !== undefined && !isHashOf(ath, request.accessToken)) {
    return refuse('ath is not the hash of this access token');
  }
  if (nonce !== undefined && (typeof nonce !== 'string' || nonce.length > NONCE_LENGTH_MAX)) {
    return refuse('nonce is no text');
  }
  const expiresAt = (iat + PROOF_AGE_SECONDS_MAX) * 1000 + 1;
  return { ok: true, proof: { jkt: jwkThumbprint(key.key), jti, nonce, expiresAt } };
}

function isFor({ url, alias }: ProvenRequest, htu: string): boolean {
  const meant = bareUrl(htu);
  return meant === bareUrl(url) || (alias !== undefined && meant === bareUrl(alias));
}

/** RFC 3986 §6.2.2 and §6.2.3 as the URL parser does it; undefined for what is no URL, which equals nothing. */
function bareUrl(text: string): string | symbol {
  const url = URL.parse(text);
  return url === null ? Symbol() : `${url.origin}${url.pathname}`;
}

/** RFC 9449 §4.2. */
function isHashOf(ath: unknown, accessToken: string): boolean {
  const hash = createHash('sha256').update(accessToken).digest('base64url');
  return typeof ath === 'string' && equalSecrets(ath, hash);
}

const refuse = (problem: string): ProofCheck => ({ ok: false, problem });
