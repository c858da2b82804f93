import type { CompiledRoute } from '../compile-route.ts';
import type { RawHeaders } from '../exchange.ts';
import type { Verification } from '../ports.ts';
import type { RequestExchange } from '../request-exchange.ts';

/** What the caller holds besides a token. Looked at only for tokens that are bound to something. */

type ProofCheck = ReturnType<NonNullable<RequestExchange['parts']['proofs']>['check']>;

/** The one proof of the request against what the request is (RFC 9449 §4.3). */
export function checkProofOf(exchange: RequestExchange, accessToken: string): ProofCheck {
  const { head, client, parts, at } = exchange;
  if (parts.proofs === undefined) return { ok: false, problem: 'DPoP is not served here' };
  let proof: string | undefined;
  for (let index = 0; index < head.headers.length; index += 2) {
    if (head.headers[index] !== 'dpop') continue;
    if (proof !== undefined) return { ok: false, problem: 'send exactly one DPoP header' };
    proof = head.headers[index + 1];
  }
  if (proof === undefined) return { ok: false, problem: 'send one in the header DPoP' };
  // As the caller addressed it: before a trusted proxy, if there is one, and before any rewriting of ours.
  const scheme = client?.encrypted === true ? 'https' : 'http';
  const url = `${scheme}://${head.host}${pathOf(head.target)}`;
  return parts.proofs.check(proof, { method: head.method, url, accessToken }, at);
}

export function isFirstUse({ parts, at }: RequestExchange, proof: Extract<ProofCheck, { ok: true }>['proof']): boolean {
  return parts.proofs?.firstUse(proof, at) === true;
}

/** The token once more, with the certificate of the connection (RFC 8705 §3); undefined when none is known. */
export function verifyWithCertificate(
  { head, parts, at }: RequestExchange,
  route: CompiledRoute,
  text: string,
): Verification | Promise<Verification> | undefined {
  const thumbprint = parts.clientCertificate.thumbprint(head);
  if (thumbprint === undefined || route.expected === undefined) return undefined;
  const expected = { ...route.expected, confirmation: { 'x5t#S256': thumbprint } };
  return parts.accessTokens.verifyAccessToken(text, expected, at);
}

/** RFC 9449 §7.1: which scheme to use, with which algorithms. */
export function senderChallenge(
  { parts }: RequestExchange,
  { challenge, challengeInvalid }: CompiledRoute,
  error = 'invalid_token',
): RawHeaders {
  if (parts.proofs === undefined) return ['www-authenticate', challengeInvalid];
  const parameters = challenge.slice('Bearer '.length);
  return ['www-authenticate', `DPoP ${parameters}, error="${error}", algs="${parts.proofs.algs}"`];
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
