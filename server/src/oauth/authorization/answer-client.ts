import type { SigningKeys } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { AuthorizationOutcome } from './context.ts';
import { RESPONSE_MODES, type ResponseMode } from './response-modes.ts';

export interface AnswerClientDeps {
  issuers: Issuers;
  signingKeys: Pick<SigningKeys, 'sign'>;
  clients: Pick<ClientDirectory, 'client'>;
  clock: { now(): number };
}

/** Where an answer goes and in which form: all of it checked before. */
export interface AnswerAddress {
  tenantId: string;
  clientId: string;
  redirectUri: string;
  responseMode: ResponseMode;
  state: string | undefined;
}

/** JARM §2.1 recommends at most ten minutes; a browser needs a second. */
const SIGNED_ANSWER_LIFETIME_SECONDS = 60;

/**
 * The authorization response (RFC 6749 §4.1.2 and §4.1.2.1) with the issuer (RFC 9207 §2), so that a client of several
 * servers can't be made to mistake one for another. Only ever called with a redirect URI that matched.
 */
export async function answerClient(
  deps: AnswerClientDeps,
  address: AnswerAddress,
  answer: Readonly<Record<string, string>>,
): Promise<AuthorizationOutcome> {
  const { redirectUri, responseMode, state, tenantId } = address;
  const { by, signed } = RESPONSE_MODES[responseMode];
  const iss = deps.issuers.issuerOf(tenantId);
  const plain = { ...answer, ...(state === undefined ? {} : { state }), iss };
  const fields = signed ? { response: await signAnswer(deps, address, plain) } : plain;
  if (by === 'form_post') return { kind: 'form_post', action: redirectUri, fields };
  const text = new URLSearchParams(fields).toString();
  if (by === 'fragment') return { kind: 'redirect', location: `${redirectUri}#${text}` };
  // The registered query is kept as it stands (RFC 6749 §3.1.2).
  return { kind: 'redirect', location: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${text}` };
}

/** JARM §2.1. A type of its own: neither an id token nor an access token, though the same key signs all three. */
function signAnswer(
  { signingKeys, clock, clients }: AnswerClientDeps,
  { tenantId, clientId }: AnswerAddress,
  answer: Readonly<Record<string, string>>,
): string | Promise<string> {
  const exp = Math.floor(clock.now() / 1000) + SIGNED_ANSWER_LIFETIME_SECONDS;
  const alg = clients.client(tenantId, clientId)?.idTokenAlg;
  const options = { typ: 'oauth-authz-resp+jwt', ...(alg === undefined ? {} : { alg }) };
  return signingKeys.sign(tenantId, { ...answer, aud: clientId, exp }, options);
}
