import { type SigningKeys, verifyBytes } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { PairwiseSubjects, SubjectKind } from './pairwise-subjects.ts';
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

export interface ReadIdTokenDeps {
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  issuers: Issuers;
  clients: Pick<ClientDirectory, 'client'>;
  subjects: PairwiseSubjects;
}

/**
 * Its person and session are told by our own ids, whatever its client calls them.
 *
 * An id token that this tenant's issuer signed, whatever its age: a hint at who somebody was is still one when it has
 * expired (OpenID Connect RP-Initiated Logout §2). Whoever takes it for a proof looks at `exp`.
 */
export function readIdToken(
  { signingKeys, issuers, clients, subjects }: ReadIdTokenDeps,
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
  const client = clients.client(tenantId, aud);
  const reveal = (kind: SubjectKind, id: string) => (client === undefined ? id : subjects.reveal(client, kind, id));
  const userId = reveal('subject', sub);
  if (userId === undefined) return undefined;
  return {
    sub: userId,
    aud,
    exp,
    iat,
    sid: typeof sid === 'string' ? reveal('session', sid) : undefined,
    auth_time: typeof auth_time === 'number' ? auth_time : undefined,
    acr: typeof acr === 'string' ? acr : undefined,
    amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
  };
}
