import type { Writable } from 'node:stream';
import type { Reply } from '../exchange.ts';
import { writeFields } from '../field-text.ts';
import type { SendBuffer } from './send-buffer.ts';
import { statusLine } from './status-lines.ts';
import type { TransportContext } from './transport-context.ts';

export interface ReplyContext {
  readonly method: string;
  readonly httpDate: string;
  /** The Connection header line, or nothing. */
  readonly connectionLine: string;
}

/**
 * Writes an answer of our own. @returns the bytes of body written.
 * A header that can't be written is a defect of the pipeline; the answer goes out without its headers rather than split.
 */
export function writeReply(out: SendBuffer, reply: Reply, { method, httpDate, connectionLine }: ReplyContext): number {
  const body =
    typeof reply.body === 'string'
      ? Buffer.from(reply.body)
      : Buffer.from(reply.body.buffer, reply.body.byteOffset, reply.body.byteLength);
  // RFC 9110 §8.6: no Content-Length with 204; with HEAD and 304 it tells what a GET would have had.
  const lengthLine = reply.status === 204 ? '' : `content-length: ${body.length}\r\n`;
  const fields = writeFields(reply.headers) ?? '';
  out.text(`${statusLine(reply.status)}${fields}${lengthLine}date: ${httpDate}\r\n${connectionLine}\r\n`);
  if (method === 'HEAD' || reply.status === 204 || reply.status === 304) return 0;
  out.bytes(body, 0, body.length);
  return body.length;
}

/** Writes a whole answer of our own to a caller. @returns the bytes of its body. */
export function sendReply(
  { out, ticker }: Pick<TransportContext, 'out' | 'ticker'>,
  socket: Writable,
  reply: Reply,
  head: { method: string; connectionLine: string },
): number {
  out.open(socket);
  const bytes = writeReply(out, reply, { ...head, httpDate: ticker.httpDate });
  out.send();
  return bytes;
}
