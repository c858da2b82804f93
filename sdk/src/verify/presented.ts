import { AuthError } from './auth-error.ts';

/** A request, as far as it matters for who is calling. Every adapter makes one of its framework's own. */
export interface PresentedRequest {
  method: string;
  /** Absolute, as the caller addressed it: DPoP proofs are made for it. */
  url: string;
  /** All values of a header, in order. */
  header(name: string): readonly string[];
  /** The client's TLS certificate (DER), where the connection or a trusted proxy saw one. */
  certificate?(): Uint8Array | undefined;
  /** The caller's, as far as it can be believed: API keys may be bound to addresses. */
  clientAddress?(): string | undefined;
}

export type PresentedCredential =
  | { scheme: 'Bearer' | 'DPoP'; token: string }
  | { scheme: 'ApiKey'; token: string }
  | undefined;

/** RFC 6750 §2.1. What is not of this form is not looked at any further. */
const AUTHORIZATION = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*) *$/i;
/** Schemes of others (Basic, Negotiate): no credential of ours. */
const OTHER_SCHEME = /^(?!(?:bearer|dpop)(?:\s|$))[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:\s|$)/i;

/** What the gateway tells an upstream, and nobody else may: it strips the header from outside. */
export const IDENTITY_HEADER = 'gatehouse-identity';

export function readIdentity(request: PresentedRequest): string | undefined {
  const [token, ...others] = request.header(IDENTITY_HEADER);
  if (others.length > 0) throw new AuthError('credentials_conflict');
  return token;
}

/** What was presented: one credential or none. Never read from the query or a form, where it would be logged. */
export function readPresented(request: PresentedRequest): PresentedCredential {
  const authorization = request.header('authorization');
  const keys = request.header('x-api-key');
  const others = authorization.filter((value) => !OTHER_SCHEME.test(value));
  // RFC 6750 §3.1: more than one method is an invalid request. Which one counted would be a guess.
  if (authorization.length > 1 || keys.length > 1 || (others.length > 0 && keys.length > 0)) {
    throw new AuthError('credentials_conflict');
  }
  const [key] = keys;
  if (key !== undefined) return { scheme: 'ApiKey', token: key };
  const [value] = others;
  if (value === undefined) return undefined;
  const match = AUTHORIZATION.exec(value);
  if (match?.[2] === undefined) throw new AuthError('credential_malformed');
  return { scheme: match[1]?.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token: match[2] };
}
