/** Redirect URIs: what may be registered, and what matches. The whole defence against open redirection is this file. */

/** RFC 8252 §7.3: IP literals. `localhost` is allowed as well (RFC 9700 §4.1.3 names it), though §8.3 advises against it. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Schemes that a browser runs or reads instead of handing the response to an app. */
const REFUSED_SCHEMES = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'ws:',
  'wss:',
  'ftp:',
]);

/** Why this URI may not be registered, or undefined when it may. */
export function redirectUriProblem(text: string): string | undefined {
  if (/[\s\\]/.test(text) || /[^\x21-\x7e]/.test(text)) return 'holds a character that does not belong in a URI';
  if (!URL.canParse(text)) return 'is not an absolute URI';
  const url = new URL(text);
  if (text.includes('#')) return 'has a fragment (RFC 6749 §3.1.2)';
  if (text.includes('*')) return 'holds a wildcard; redirect URIs match exactly (RFC 9700 §2.1)';
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (REFUSED_SCHEMES.has(url.protocol)) return `uses the scheme ${url.protocol} which runs in the browser`;
  if (/(^|\/)\.{1,2}(\/|$)/.test(pathOf(text))) return 'has dot segments in its path';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') {
    return isLoopback(url) ? undefined : 'uses http; only loopback addresses may (RFC 9700 §2.6). Use https';
  }
  // RFC 8252 §7.1: a private scheme is a reversed domain name, so that it belongs to someone.
  return url.protocol.includes('.')
    ? undefined
    : 'has a private scheme without a dot; use a reversed domain name such as com.example.app:/callback (RFC 8252 §7.1)';
}

/**
 * The registered URI that the requested one equals, character by character (RFC 3986 §6.2.1). A loopback URI may differ
 * in its port alone (RFC 8252 §7.3), because a native app listens on whichever port is free. A server listens on its own:
 * what else runs on its machine is not to get its codes.
 */
export function isRegisteredRedirectUri(
  { type, redirectUris: registered }: { type: 'confidential' | 'public'; redirectUris: readonly string[] },
  requested: string,
): boolean {
  if (registered.includes(requested)) return true;
  if (type === 'confidential') return false;
  const portless = withoutLoopbackPort(requested);
  return portless !== undefined && registered.some((uri) => withoutLoopbackPort(uri) === portless);
}

/** Anchored on the text itself and not on a parsed URL, so that no parser's leniency widens the match. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::([0-9]{1,5}))?((?:\/|\?)[\x21-\x7e]*)?$/;

function withoutLoopbackPort(uri: string): string | undefined {
  const match = LOOPBACK.exec(uri);
  if (match === null || uri.includes('#') || Number(match[2] ?? 0) > 65_535) return undefined;
  return `${match[1]}${match[3] ?? ''}`;
}

function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.has(url.hostname);
}

function pathOf(text: string): string {
  return text.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/?#]*)?/i, '').replace(/[?#].*$/s, '');
}
