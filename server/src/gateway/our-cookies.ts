/**
 * Cookies know no ports (RFC 6265 §8.5): the issuer's cookies are sent to a gateway on the same host, and what an upstream
 * sets there is sent to the issuer. No upstream may see a session, and none may plant one.
 */

/** Is one of ours in this Cookie header, or in this pair of it: by its name, or by the form of its value? */
export function holdsOurCookie(text: string): boolean {
  return OUR_PAIR.test(text);
}

/** Would this Set-Cookie value make a browser send a cookie of ours? Without a name, `=a=b` comes back as `a=b`. */
export function setsOurCookie(value: string): boolean {
  return OUR_NAME.test(value);
}

const OUR_PAIR = /(?:^|[;\s])(?:__Host-|__Secure-)?gatehouse_|=\s*"?gh_[a-z]{2,4}_/i;
const OUR_NAME = /^[\s=]*(?:__Host-|__Secure-)?gatehouse_/i;
