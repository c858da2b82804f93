/** Where to go when nowhere was named, or nowhere we would send anyone. */
export const LANDING_PATH = '/account';

/** An authorization request fits, with its scopes, state and resource indicators. */
export const RETURN_TO_LENGTH_MAX = 4096;

/** Only for resolving: `.invalid` can never be a real host (RFC 2606 §2). */
const BASE = 'https://return-to.invalid';

/** Visible ASCII but the backslash, which browsers read as a slash: `/\evil.example` would leave for another host. */
const PLAIN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/**
 * The path to go to after signing in, or `undefined` when it may not be followed. Only a path on our own origin passes:
 * no scheme, no host, no control characters, nothing that becomes another host once dot segments are removed.
 */
export function safeReturnTo(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > RETURN_TO_LENGTH_MAX || !PLAIN_PATH.test(value)) return undefined;
  const url = URL.parse(value, BASE);
  if (url === null || url.origin !== BASE) return undefined;
  // `/a/..//evil.example` is one path, and resolves to `//evil.example`, which is another host.
  const path = url.pathname + url.search;
  return PLAIN_PATH.test(path) ? path : undefined;
}

/** The address of the sign-in page that comes back to `returnTo` (a path on our origin). */
export function signInUrl(returnTo: string): string {
  const path = safeReturnTo(returnTo);
  return path === undefined || path === LANDING_PATH ? '/sign-in' : `/sign-in?return_to=${encodeURIComponent(path)}`;
}

/** The address at which somebody makes an account first, and then comes back to `returnTo`. */
export function registerUrl(returnTo: string, page: '/register' | '/register/account' = '/register'): string {
  const path = safeReturnTo(returnTo);
  return path === undefined || path === LANDING_PATH ? page : `${page}?return_to=${encodeURIComponent(path)}`;
}
