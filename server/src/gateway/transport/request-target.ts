/** host [":" port] of Host and of the absolute form (RFC 9110 §7.2), without user information and without escapes. */
const HOST = /^(?:[0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/;

/** @returns the host in lower case, or `undefined` when it is none. */
export function normaliseHost(value: string): string | undefined {
  if (value.length > 261) return undefined;
  const match = HOST.exec(value);
  if (match === null || Number(match[1] ?? 0) > 65_535) return undefined;
  return value.toLowerCase();
}

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;

/**
 * Reduces the absolute form to host and origin form (RFC 9112 §3.2.2).
 * @returns `undefined` when it is not an http or https URI with a plain authority.
 */
export function reduceAbsoluteForm(target: string, method: string): { host: string; target: string } | undefined {
  const match = ABSOLUTE.exec(target);
  if (match === null) return undefined;
  const [, authority = '', rest = ''] = match;
  const host = normaliseHost(authority);
  if (host === undefined) return undefined;
  // RFC 9112 §3.2.4: OPTIONS on a URI without path and query means the server as a whole.
  if (rest === '') return { host, target: method === 'OPTIONS' ? '*' : '/' };
  return { host, target: rest.startsWith('/') ? rest : `/${rest}` };
}
