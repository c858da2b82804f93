import { createHash } from 'node:crypto';
import { equalSecrets } from '#base';
import type { Alg } from '#keyring';
import { readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import type { PublicKey } from '../jwt/public-key.ts';

export interface ExpectedIdToken {
  issuer: string;
  clientId: string;
  /** Of the question; absent where there was none (OpenID Connect Core §12.2). */
  nonce?: string | undefined;
  accessToken: string;
}

const LIFETIME_SECONDS_MAX = 86_400;
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/** OpenID Connect Core §3.1.3.7. A string says why it is not believed; nothing of it is in that. */
export async function readIdToken(
  text: string,
  { issuer, clientId, nonce, accessToken }: ExpectedIdToken,
  { now, algs, keysFor }: { now: number; algs: readonly Alg[]; keysFor(kid?: string): Promise<readonly PublicKey[]> },
): Promise<{ subject: string; sessionId: string | undefined } | string> {
  const jwt = readForeignJwt(text);
  if (jwt === undefined) return 'it is no signed JWT';
  const { iss, aud, azp, sub, sid, nonce: shown, at_hash: hash } = jwt.payload;
  if (iss !== issuer) return 'it is of another issuer';
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(clientId)) return 'it is for another client';
  if (audiences.length > 1 && azp === undefined) return 'it is for several, and does not say who asked';
  if (azp !== undefined && azp !== clientId) return 'somebody else asked for it';
  if (nonce !== undefined && (typeof shown !== 'string' || !equalSecrets(nonce, shown))) {
    return 'it is the answer to another question';
  }
  const time = timeProblem(jwt.payload, now, LIFETIME_SECONDS_MAX);
  if (time !== undefined) return time;
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return 'it has no usable subject';
  const { alg, kid } = jwt.header;
  if (hash !== undefined && alg !== 'EdDSA' && hash !== halfHash(accessToken))
    return 'it came with another access token';
  const keys = await keysFor(typeof kid === 'string' ? kid : undefined);
  if (signerOf(jwt, keys, algs) === undefined) return 'no key of its issuer verifies it';
  return { subject: sub, sessionId: typeof sid === 'string' && sid.length <= 255 ? sid : undefined };
}

/** §3.1.3.6: of all algorithms that we take but EdDSA, SHA-256. */
function halfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}
