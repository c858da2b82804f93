import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { AuthError } from './auth-error.ts';
import { sha256 } from './digest.ts';
import { parseJson, readJwsHeader } from './jws.ts';
import { fits, isPublicJwk } from './signature-algorithms.ts';

/** The request that a proof must have been made for. */
export interface ProvenRequest {
  method: string;
  url: string;
  accessToken: string;
}

export interface DpopProof {
  /** Thumbprint of the key (RFC 7638). */
  jkt: string;
  jti: string;
  nonce: string | undefined;
  /** Milliseconds: from then on it is refused for its age, and need not be remembered. */
  expiresAt: number;
}

/** Of those, what a proof may be signed with: RSA keys make it long, and nobody needs them here. */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'ES384', 'PS256', 'RS256'] as const;

/** RFC 9449 §11.1: seconds to minutes. So long a proof is remembered, that it counts once. */
const PROOF_AGE_SECONDS_MAX = 60;
const CLOCK_SKEW_SECONDS = 5;
const LENGTHS_MAX = { proof: 4096, jti: 255, nonce: 128 };

/** RFC 9449 §4.3, but for what needs memory: used before (`jti`), and the nonce. @throws {@link AuthError} */
export async function checkDpopProof(
  headers: readonly string[],
  request: ProvenRequest,
  now: number,
): Promise<DpopProof> {
  const [text, ...others] = headers;
  if (text === undefined || others.length > 0) throw refused('there must be exactly one DPoP header');
  const { jwk, payload } = await readProof(text);
  const { jti, htm, htu, iat, ath, nonce } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > LENGTHS_MAX.jti) throw refused('jti is missing');
  if (htm !== request.method) throw refused('htm is another method than that of this request');
  if (bareUrl(htu) === undefined || bareUrl(htu) !== bareUrl(request.url))
    throw refused('htu is another address than that of this request, as this API knows it (origin)');
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw refused('iat is missing');
  const age = now / 1000 - iat;
  if (age > PROOF_AGE_SECONDS_MAX || age < -CLOCK_SKEW_SECONDS) {
    throw refused(`iat must lie within the last ${PROOF_AGE_SECONDS_MAX} seconds`);
  }
  if (ath !== (await sha256(request.accessToken))) throw refused('ath is not the hash of this access token');
  if (nonce !== undefined && (typeof nonce !== 'string' || nonce.length > LENGTHS_MAX.nonce)) {
    throw refused('nonce is no text');
  }
  return {
    jkt: await calculateJwkThumbprint(jwk, 'sha256'),
    jti,
    nonce,
    expiresAt: (iat + PROOF_AGE_SECONDS_MAX) * 1000 + 1,
  };
}

async function readProof(text: string): Promise<{ jwk: JWK; payload: Readonly<Record<string, unknown>> }> {
  const header = text.length > LENGTHS_MAX.proof ? undefined : readJwsHeader(text);
  if (header === undefined) throw refused('it is not a JWT');
  const { alg, typ, jwk } = header;
  if (typ !== 'dpop+jwt') throw refused('typ must be dpop+jwt');
  if (!DPOP_ALGORITHMS.some((known) => known === alg))
    throw refused(`alg must be one of ${DPOP_ALGORITHMS.join(', ')}`);
  if (!isJwk(jwk) || !isPublicJwk(jwk) || !fits(jwk, alg)) throw refused('the header must hold the public key (jwk)');
  const verified = await importJWK(jwk, alg)
    .then((key) => compactVerify(text, key, { algorithms: [alg] }))
    .catch((cause: unknown) => {
      throw refused('its signature does not verify', cause);
    });
  const payload = parseJson(verified.payload);
  if (payload === undefined) throw refused('it is not a JWT');
  return { jwk, payload };
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}

/** RFC 9449 §4.3, item 9: without query and fragment, normalised as URLs are. undefined equals nothing. */
function bareUrl(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const { origin, pathname } = new URL(text);
    return `${origin}${pathname}`;
  } catch {
    return undefined;
  }
}

const refused = (why: string, cause?: unknown) =>
  new AuthError('dpop_proof_invalid', { message: `The DPoP proof was refused: ${why}.`, cause });
