import { AuthError } from './auth-error.ts';
import type { User } from './options.ts';

/** Clocks of people's machines are wrong more often than tokens are late. */
const CLOCK_TOLERANCE_SECONDS = 300;

export interface Expected {
  issuer: string;
  clientId: string;
  /** Of the request; absent after a refresh. */
  nonce?: string | undefined;
  /** Who it was before; absent at sign-in. */
  sub?: string | undefined;
}

/**
 * What an ID token says, if it is about this sign-in (OpenID Connect Core §3.1.3.7). Its signature is not looked at: it came
 * straight from the token endpoint, and TLS says whose that is (§3.1.3.7, 6).
 */
export function readIdToken(token: string, expected: Expected): User {
  const claims = decode(token);
  const { iss, aud, azp, exp, nonce, sub } = claims;
  const audience = [aud].flat();
  const isOurs =
    iss === expected.issuer &&
    audience.includes(expected.clientId) &&
    (azp === undefined ? audience.length === 1 : azp === expected.clientId) &&
    typeof exp === 'number' &&
    exp + CLOCK_TOLERANCE_SECONDS > Date.now() / 1000 &&
    // §12.2: a refreshed one need not carry the nonce, but if it does it is not checked against a request that is long over.
    (expected.nonce === undefined || nonce === expected.nonce) &&
    typeof sub === 'string' &&
    (expected.sub === undefined || sub === expected.sub);
  if (!isOurs) throw new AuthError('id_token_invalid');
  return claims as User;
}

function decode(token: string): Record<string, unknown> {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  } catch (cause) {
    throw new AuthError('id_token_invalid', undefined, cause);
  }
}
