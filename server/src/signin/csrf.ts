import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';

/**
 * Cross-site request forgery, held off twice. A form post is believed when the browser says it came from a page of ours
 * (Fetch metadata, else Origin), and when it brings the token that only a page of ours could have shown to this browser.
 * Either alone would do in a current browser; both are asked for, so that one mistake elsewhere is not enough.
 */

/** What the token is tied to: a session by its id, or before there is one the random value of the form cookie. */
export type CsrfBinding = { sessionId: string } | { formCookie: string };

/** Not stored anywhere: a keyed digest of what it is tied to, so it ends with the session. */
export function csrfToken(keyring: Pick<Keyring, 'mac'>, binding: CsrfBinding): string {
  const bound = 'sessionId' in binding ? `session:${binding.sessionId}` : `form:${binding.formCookie}`;
  return keyring.mac('csrf', bound).toString('base64url');
}

export function isCsrfToken(keyring: Pick<Keyring, 'mac'>, binding: CsrfBinding, token: unknown): boolean {
  return typeof token === 'string' && equalSecrets(csrfToken(keyring, binding), token);
}

/** The headers that say where a request came from, as Node gives them: lower-cased, joined when repeated. */
export interface OriginHeaders {
  origin?: string | undefined;
  secFetchSite?: string | undefined;
}

/**
 * Did a page of ours send this? `Sec-Fetch-Site` can't be set by a page (Fetch Metadata §2); `Origin` is sent with every
 * form post by every current browser. A request with neither does not come from a browser we serve, and is refused.
 */
export function isSameOriginPost(issuerOrigin: string, { origin, secFetchSite }: OriginHeaders): boolean {
  if (origin === undefined && secFetchSite === undefined) return false;
  if (secFetchSite !== undefined && secFetchSite !== 'same-origin') return false;
  return origin === undefined || origin === issuerOrigin;
}
