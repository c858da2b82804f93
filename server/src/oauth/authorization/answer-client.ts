import type { AuthorizationOutcome } from './context.ts';

/**
 * The authorization response (RFC 6749 §4.1.2 and §4.1.2.1) with the issuer (RFC 9207 §2), so that a client of several
 * servers can't be made to mistake one for another. Only ever called with a redirect URI that matched.
 */
export function answerClient(
  redirectUri: string,
  issuer: string,
  state: string | undefined,
  answer: Readonly<Record<string, string>>,
): AuthorizationOutcome {
  const query = new URLSearchParams(answer);
  if (state !== undefined) query.set('state', state);
  query.set('iss', issuer);
  // The registered query is kept as it stands (RFC 6749 §3.1.2).
  return { kind: 'redirect', location: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}` };
}
