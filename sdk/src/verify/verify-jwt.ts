import type { Claims } from './auth.ts';
import { AuthError } from './auth-error.ts';
import { parseJson, readJwsHeader } from './jws.ts';
import type { IssuerKey, KeySet } from './key-set.ts';
import { sealClaims } from './seal-claims.ts';
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.ts';
import { verifySignature } from './verify-signature.ts';

/** `typ` values that pass for what is expected. */
export const ACCEPTED_TYPES = {
  /** RFC 9068 §4. An id token, a logout token or a proof does not pass for an access token. */
  'at+jwt': ['at+jwt'],
  /** What the gateway tells an upstream. */
  'identity+jwt': ['identity+jwt'],
  /** Of issuers that came before RFC 9068. The audience, and what a token says of itself, then keep an id token out. */
  JWT: ['at+jwt', 'jwt', undefined],
} as const satisfies Record<string, readonly (string | undefined)[]>;

export type TokenType = keyof typeof ACCEPTED_TYPES;

export interface ExpectedJwt {
  issuer: string;
  audiences: readonly string[];
  type: TokenType;
  clockSkewSeconds: number;
  keys: KeySet;
  now: () => number;
}

export interface VerifiedJwt {
  claims: Claims;
  key: IssuerKey;
}

/** RFC 9068 §4 and RFC 8725, in the order in which it costs. @throws {@link AuthError} */
export async function verifyJwt(text: string, expected: ExpectedJwt): Promise<VerifiedJwt> {
  const header = readJwsHeader(text);
  if (header === undefined) throw new AuthError('credential_malformed');
  const types: readonly (string | undefined)[] = ACCEPTED_TYPES[expected.type];
  if (!types.includes(header.typ)) throw new AuthError('wrong_type');
  if (!Object.hasOwn(SIGNATURE_ALGORITHMS, header.alg)) throw new AuthError('bad_signature');
  // Before the issuer is asked for keys: a token of somebody else is no reason to. Nothing else is believed before the signature.
  const claims = parseJson(text.split('.')[1] ?? '');
  if (claims === undefined) throw new AuthError('credential_malformed');
  if (claims.iss !== expected.issuer) throw new AuthError('wrong_issuer');
  const key = await findKey(expected.keys, header.kid, header.alg);
  await verifySignature(text, header.alg, key).catch((cause: unknown) => {
    throw new AuthError('bad_signature', { cause });
  });
  if (!sealClaims(claims)) throw new AuthError('credential_malformed');
  demandKind(claims, expected.type);
  demandAudience(claims, expected.audiences);
  demandTime(claims, expected);
  return { claims, key };
}

/**
 * What says in its claims that it is something else. Only where `typ` need not say: an API whose audience is the id of a client
 * would take that client's id tokens and logout tokens for access tokens.
 */
const MARKS_OF_OTHERS: readonly (readonly [claim: string, isMark: (value: unknown) => boolean])[] = [
  // Of an id token (OpenID Connect Core §3.3.2.11).
  ['at_hash', (value) => value !== undefined],
  ['c_hash', (value) => value !== undefined],
  // Of a logout token or another security event (RFC 8417 §2.2).
  ['events', (value) => value !== undefined],
  // In the words of issuers that call all of their tokens JWT: Amazon Cognito, Keycloak.
  ['token_use', (value) => value !== undefined && value !== 'access'],
  ['typ', (value) => value !== undefined && value !== 'Bearer' && value !== 'DPoP'],
];

function demandKind(claims: Claims, type: TokenType): void {
  if (type !== 'JWT') return;
  if (MARKS_OF_OTHERS.some(([claim, isMark]) => isMark(claims[claim]))) throw new AuthError('wrong_type');
}

async function findKey(keys: KeySet, kid: string | undefined, alg: string): Promise<IssuerKey> {
  const key = await keys.find(kid, alg).catch((cause: unknown) => {
    throw new AuthError('issuer_unavailable', { cause });
  });
  if (key === undefined) throw new AuthError('bad_signature');
  return key;
}

function demandAudience({ aud }: Claims, audiences: readonly string[]): void {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((audience) => named.includes(audience))) throw new AuthError('wrong_audience');
}

function demandTime(claims: Claims, { now, clockSkewSeconds }: ExpectedJwt): void {
  const { exp, nbf, iat } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new AuthError('credential_malformed');
  const seconds = now() / 1000;
  if (exp + clockSkewSeconds <= seconds) throw new AuthError('expired');
  for (const from of [nbf, iat]) {
    if (from === undefined) continue;
    if (typeof from !== 'number' || !Number.isFinite(from)) throw new AuthError('credential_malformed');
    if (from - clockSkewSeconds > seconds) throw new AuthError('not_yet_valid');
  }
}
