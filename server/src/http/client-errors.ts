import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { GatehouseError } from '#base';
import { httpErrors } from './errors.ts';
import { PROBLEM_TYPE, problemDocument } from './problem.ts';

/** What Node's parser refuses before there is a request: the answer is written by hand, in the form all others have. */
const PARSER_ERRORS: Readonly<Record<string, () => GatehouseError>> = {
  HPE_HEADER_OVERFLOW: () => httpErrors.head_too_large(),
  ERR_HTTP_REQUEST_TIMEOUT: () => httpErrors.request_timeout(),
};

export function answerClientErrors(error: Error & { code?: string }, socket: Socket): void {
  // The caller went away by himself.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const known = (PARSER_ERRORS[error.code ?? ''] ?? (() => httpErrors.http_malformed()))();
  const problem = problemDocument(known, 'unread');
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
