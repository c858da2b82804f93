import { STATUS_CODES } from 'node:http';

/** Status line with its CRLF. The reason phrase is for people; the upstream's own is not passed on (RFC 9112 §4). */
const LINES: readonly string[] = Array.from(
  { length: 600 },
  (_, status) => `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`,
);

export function statusLine(status: number): string {
  return LINES[status] ?? `HTTP/1.1 ${status} \r\n`;
}
