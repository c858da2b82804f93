import { createHash } from 'node:crypto';
import type { RawHeaders } from '../exchange.ts';
import { hasConnectionOption } from './message-framing.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import { spells } from './response-head-writer.ts';

/** What turns the connection to the upstream into a WebSocket (RFC 6455 §4.1), and a caller's with the answer to it. */
export const UPGRADE_LINES = 'connection: upgrade\r\nupgrade: websocket\r\n';

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Does a GET that names `upgrade` in Connection ask for a WebSocket, and for nothing else? */
export function asksForWebSocket(headers: RawHeaders): boolean {
  let asked = 0;
  let other = 0;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'upgrade') continue;
    if ((headers[index + 1] ?? '').toLowerCase() === 'websocket') asked += 1;
    else other += 1;
  }
  return asked === 1 && other === 0;
}

/** Has the upstream agreed, and to this very request (RFC 6455 §4.1)? What else it says would be another protocol. */
export function agreesToWebSocket(bytes: Buffer, head: ResponseHeadParser, requested: RawHeaders): boolean {
  const key = requested[requested.indexOf('sec-websocket-key') + 1] ?? '';
  const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
  return (
    onlyValue(bytes, head, 'sec-websocket-accept') === accept &&
    onlyValue(bytes, head, 'upgrade')?.toLowerCase() === 'websocket' &&
    hasConnectionOption(onlyValue(bytes, head, 'connection') ?? '', 'upgrade')
  );
}

/** The value of a field that is there once. */
function onlyValue(bytes: Buffer, { fields }: ResponseHeadParser, name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < fields.count; index += 1) {
    const start = fields.nameStarts[index] ?? 0;
    if ((fields.nameEnds[index] ?? 0) - start !== name.length || !spells(bytes, start, name)) continue;
    if (found !== undefined) return undefined;
    found = bytes.toString('latin1', fields.valueStarts[index] ?? 0, fields.valueEnds[index] ?? 0);
  }
  return found;
}

const CLOSE = 0x8;

/**
 * Follows the frames of one direction (RFC 6455 §5.2) without keeping any: where one ends, a frame of ours may begin.
 */
export class FrameFollower {
  /** A frame with opcode 8 has passed. */
  closed = false;
  #header: number[] = [];
  #left = 0;

  get between(): boolean {
    return this.#left === 0 && this.#header.length === 0;
  }

  follow(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, end - at);
        this.#left -= step;
        at += step;
        continue;
      }
      this.#header.push(bytes[at] ?? 0);
      at += 1;
      this.#readHeader();
    }
  }

  #readHeader(): void {
    const header = this.#header;
    const [first = 0, second = 0] = header;
    if (header.length < 2) return;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (header.length < 2 + lengthBytes) return;
    let length = lengthBytes === 0 ? short : 0;
    for (const byte of header.slice(2, 2 + lengthBytes)) length = length * 256 + byte;
    this.#left = length + (second & 0x80 ? 4 : 0);
    if ((first & 0x0f) === CLOSE) this.closed = true;
    this.#header = [];
  }
}

/** A close frame with a status code (RFC 6455 §5.5.1 and §7.4.1). To a server it is masked; a mask of zeros is one (§5.3). */
export function closeFrame(code: number, masked: boolean): Buffer {
  const payload = [code >> 8, code & 0xff];
  return Buffer.from(masked ? [0x88, 0x82, 0, 0, 0, 0, ...payload] : [0x88, 0x02, ...payload]);
}
