import type { OutgoingHttpHeaders } from 'node:http2';
import type { RawHeaders } from '../../exchange.ts';

/** Of HTTP/1.1's connection (RFC 9113 §8.2.2), for which the library throws; and what the frames say by themselves. */
const LEFT_OUT = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'http2-settings',
  'te',
  'host',
  'expect',
]);

/** A flat list as the library takes it: several lines of one name become a list, which only Set-Cookie keeps apart. */
export function headerObject(headers: RawHeaders): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (LEFT_OUT.has(name)) continue;
    const before = object[name];
    if (name === 'set-cookie') object[name] = [...(before ?? []), value];
    else object[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return object;
}
