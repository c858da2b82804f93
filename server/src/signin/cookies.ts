import { signinErrors } from './errors.ts';

/**
 * Every cookie this room sets, how it is written and how it is read. Nothing else builds a Set-Cookie header for pages.
 *
 * With an https issuer each name carries the `__Host-` prefix (RFC 6265bis §4.1.3.2): the browser then refuses the cookie
 * unless it is Secure, has no Domain and Path=/, so that no other host, and no plain-http page, can plant one. A plain
 * http issuer is for development on the loopback interface, where a browser would drop such a cookie.
 */
export const COOKIES = {
  /** The session itself. No Max-Age: the server decides when it ends, and closing the browser may end it earlier. */
  session: { name: 'gatehouse_session', maxAgeSeconds: undefined },
  /** A session in which its owner acts for somebody else: good beside their own alone. */
  acting: { name: 'gatehouse_acting', maxAgeSeconds: undefined },
  /** Binds the sign-in and set-up forms to this browser before there is a session. */
  form: { name: 'gatehouse_form', maxAgeSeconds: 3600 },
  /** Names a sign-in that is under way. No Max-Age: the server decides when it is over. */
  flow: { name: 'gatehouse_flow', maxAgeSeconds: undefined },
  /** Names this browser, so that its person is told from a stranger. 400 days are the most that browsers keep (RFC 6265bis §4.1.2.2). */
  device: { name: 'gatehouse_device', maxAgeSeconds: 400 * 24 * 3600 },
  /** Carries the one-time link from the address bar to the set-up form, so it leaves the history and the Referer. */
  setup: { name: 'gatehouse_setup', maxAgeSeconds: 3600 },
  /** What was done just now, to be told on the page that follows: a code of ours, and only once. */
  told: { name: 'gatehouse_told', maxAgeSeconds: 60 },
  /** The same for a link that came by mail. */
  link: { name: 'gatehouse_link', maxAgeSeconds: 1800 },
  /** The language to show pages in. Says nothing about who somebody is. */
  language: { name: 'gatehouse_language', maxAgeSeconds: 31_536_000 },
} as const;

export type CookieName = keyof typeof COOKIES;

export interface Cookies {
  /** A Set-Cookie value. */
  write(cookie: CookieName, value: string): string;
  clear(cookie: CookieName): string;
  read(cookie: CookieName, cookieHeader: string | undefined): string | undefined;
}

/** RFC 6265 §4.1.1 cookie-octet; our values are `[A-Za-z0-9_-]` and a stray other one is a mistake of ours. */
const VALUE = /^[A-Za-z0-9_-]{1,512}$/;

/** Longer than any browser sends to one host; above it the header is not looked at. */
const COOKIE_HEADER_LENGTH_MAX = 16_384;

/** @throws `insecure_issuer` for an http issuer that is not on the loopback interface. */
export function cookiesFor(issuer: string): Cookies {
  const url = new URL(issuer);
  const secure = url.protocol === 'https:';
  if (!secure && !isLoopback(url.hostname)) throw signinErrors.insecure_issuer();
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const nameOf = (cookie: CookieName) => (secure ? `__Host-${COOKIES[cookie].name}` : COOKIES[cookie].name);

  return {
    write(cookie, value) {
      if (!VALUE.test(value)) throw new TypeError('a cookie value of ours holds only letters, digits, "_" and "-"');
      const { maxAgeSeconds } = COOKIES[cookie];
      const maxAge = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
      return `${nameOf(cookie)}=${value}${attributes}${maxAge}`;
    },
    clear: (cookie) => `${nameOf(cookie)}=${attributes}; Max-Age=0`,
    read: (cookie, cookieHeader) => readCookie(nameOf(cookie), cookieHeader),
  };
}

/** Two cookies of one name mean that someone planted one of them: neither is believed. */
function readCookie(name: string, cookieHeader: string | undefined): string | undefined {
  if (cookieHeader === undefined || cookieHeader.length > COOKIE_HEADER_LENGTH_MAX) return undefined;
  // Most of what is asked for is not there: told without taking the header apart.
  if (!cookieHeader.includes(`${name}=`)) return undefined;
  const values = cookieHeader
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && VALUE.test(value) ? value : undefined;
}

/** Names and addresses that never leave the machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
