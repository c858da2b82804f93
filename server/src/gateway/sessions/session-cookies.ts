import type { RawHeaders } from '../exchange.ts';
import type { CompiledSession } from './compile-session.ts';

/** Every cookie of the gateway's own, how it is written and how it is read. */

/** RFC 6265 §4.1.1 cookie-octet, as far as ours go. */
const VALUE = /^[A-Za-z0-9._-]{1,4000}$/;

/** The session itself has no Max-Age: the server decides when it ends, and closing the browser may end it earlier. */
export function writeCookie(name: string, value: string, { cookieAttributes }: CompiledSession, maxAge?: number) {
  if (!VALUE.test(value)) throw new TypeError('a cookie value of ours holds only letters, digits, ".", "_" and "-"');
  return `${name}=${value}${cookieAttributes}${maxAge === undefined ? '' : `; Max-Age=${maxAge}`}`;
}

export function clearCookie(name: string, { cookieAttributes }: CompiledSession): string {
  return `${name}=${cookieAttributes}; Max-Age=0`;
}

/** Two of one name mean that somebody planted one of them: neither is believed. */
export function readCookie(headers: RawHeaders, name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'cookie') continue;
    for (const pair of (headers[index + 1] ?? '').split(';')) {
      const text = pair.trimStart();
      if (!text.startsWith(name) || text.charCodeAt(name.length) !== EQUALS) continue;
      if (found !== undefined) return undefined;
      found = text.slice(name.length + 1).trimEnd();
    }
  }
  return found !== undefined && VALUE.test(found) ? found : undefined;
}

const EQUALS = 0x3d;
