import { type SigningKeys, verifyBytes } from '#keyring';
import type { Issuers } from '../issuers.ts';
import { readJws } from './read-jws.ts';

/** What an id token of ours says (OpenID Connect Core §2). */
export interface IdTokenClaims {
  sub: string;
  /** The client it was issued to. */
  aud: string;
  /** Seconds. */
  exp: number;
  iat: number;
  sid: string | undefined;
  auth_time: number | undefined;
  acr: string | undefined;
  amr: readonly string[];
}

interface ReadIdTokenDeps {
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  issuers: Issuers;
}

/**
 * An id token that this tenant's issuer signed, whatever its age: a hint at who somebody was is still one when it has
 * expired (OpenID Connect RP-Initiated Logout §2). Whoever takes it for a proof looks at `exp`.
 */
export function readIdToken(
  { signingKeys, issuers }: ReadIdTokenDeps,
  tenantId: string,
  text: string,
): IdTokenClaims | undefined {
  const jws = readJws(text);
  if (jws === undefined || jws.header.typ !== 'JWT') return undefined;
  const known = signingKeys.verificationKey(tenantId, jws.header.kid);
  if (known === undefined || known.alg !== jws.header.alg) return undefined;
  if (!verifyBytes(known.alg, known.key, jws.signed, jws.signature)) return undefined;
  const { iss, sub, aud, exp, iat, sid, auth_time, acr, amr } = jws.payload;
  if (iss !== issuers.issuerOf(tenantId) || typeof sub !== 'string' || typeof aud !== 'string') return undefined;
  if (typeof exp !== 'number' || typeof iat !== 'number') return undefined;
  return {
    sub,
    aud,
    exp,
    iat,
    sid: typeof sid === 'string' ? sid : undefined,
    auth_time: typeof auth_time === 'number' ? auth_time : undefined,
    acr: typeof acr === 'string' ? acr : undefined,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
  };
}
