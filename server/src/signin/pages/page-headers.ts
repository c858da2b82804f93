/** A page ready to send: the face that sends it adds nothing and leaves nothing out. */
export interface Page {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * The headers of every hosted page. `formAction` names origins besides our own that a form on the page may end at:
 * browsers hold a form's whole redirect chain against `form-action` (CSP Level 3 §6.3.1), so a consent page must name
 * the client's redirect origin.
 */
export function pageHeaders(
  formAction: readonly string[] = [],
  { passkeys = false }: { passkeys?: boolean } = {},
): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // What to ask a passkey for is fetched by a script, from us and from nowhere else.
    ...(passkeys ? ["connect-src 'self'"] : []),
    `form-action ${["'self'", ...formAction.map(toFormActionSource)].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    // For browsers that predate frame-ancestors.
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // Not `no-referrer`: that would make browsers send `Origin: null` with our own forms (Fetch §3.2), and the check in
    // form-origin would refuse them. Other origins learn nothing either way.
    'referrer-policy': 'same-origin',
    // No Cross-Origin-Opener-Policy: it would cut a client that opened sign-in in a pop-up off from its own call-back.
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    // A page names a person and holds a form token: it is never stored, and "back" after signing out shows nothing.
    'cache-control': 'no-store',
  };
}

/** `http://127.0.0.1:51004`, or the bare scheme of a native app (`com.example.app:`). */
const SOURCE = /^[a-z][a-z0-9+.-]*:(\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?)?$/;

/**
 * The client's own address may send the browser on to another host of its own, and Chromium holds that against the
 * form's page as well (tried: 303 to the client, 302 from there elsewhere, blocked). Where it goes then is the client's
 * affair, so any https address may follow; on the own machine any port.
 */
function toFormActionSource(redirectUri: string): string {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:') return 'https:';
  const source = url.protocol === 'http:' ? url.origin : url.protocol;
  // Written into a header: anything but a plain origin or scheme could add a directive.
  if (!SOURCE.test(source)) throw new TypeError('a form-action source must be an origin or a scheme');
  return url.protocol === 'http:' ? `${source} http://localhost:* http://127.0.0.1:*` : source;
}
