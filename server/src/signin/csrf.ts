import { equalSecrets } from '#base';
import type { Keyring } from '#keyring';

/**
 * Cross-site request forgery, held off twice. A form post is believed when the browser says it came from a page of ours
 * (Fetch metadata, else Origin), and when it brings the token that only a page of ours could have shown to this browser.
 * Either alone would do in a current browser; both are asked for, so that one mistake elsewhere is not enough.
 */

/** What the token is tied to: a session by its id, or before there is one the random value of the form or flow cookie. */
export type CsrfBinding = { sessionId: string } | { formCookie: string } | { flow: string };

/** Not stored anywhere: a keyed digest of what it is tied to, so it ends with the session. */
export function csrfToken(keyring: Pick<Keyring, 'mac'>, binding: CsrfBinding): string {
  return keyring.mac('csrf', boundTo(binding)).toString('base64url');
}

function boundTo(binding: CsrfBinding): string {
  if ('sessionId' in binding) return `session:${binding.sessionId}`;
  return 'flow' in binding ? `flow:${binding.flow}` : `form:${binding.formCookie}`;
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
