import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RequestHead } from './exchange.ts';

/** What Node parsed, as the pipeline reads it; or in words why it could be read in more than one way. */
export function requestHead(request: IncomingMessage, receivedAt: number): RequestHead | { refused: string } {
  const headers: string[] = [];
  let host: string | undefined;
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = (rawHeaders[index + 1] ?? '').trim();
    if (name === 'host') {
      // RFC 9112 §3.2: more than one Host is answered 400.
      if (host !== undefined) return { refused: 'The request has more than one Host header.' };
      host = value.toLowerCase();
    }
    headers.push(name, value);
  }
  if (host === undefined && request.httpVersion === '1.1') return { refused: 'The request has no Host header.' };
  const length = request.headers['content-length'];
  const chunked = request.headers['transfer-encoding'] !== undefined;
  // RFC 9112 §6.1: both at once is how requests are smuggled.
  if (chunked && length !== undefined) return { refused: 'The request has both Content-Length and Transfer-Encoding.' };
  const target = originForm(request.url ?? '', host ?? '');
  return {
    method: request.method ?? '',
    ...target,
    headers,
    httpVersion: request.httpVersion === '1.0' ? '1.0' : '1.1',
    remoteAddress: request.socket.remoteAddress ?? '',
    encrypted: (request.socket as Partial<TLSSocket>).encrypted === true,
    hasBody: chunked || (length ?? '0') !== '0',
    contentLength: length === undefined ? undefined : Number(length),
    receivedAt,
  };
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** RFC 9112 §3.2.2: the absolute form's authority replaces Host. */
function originForm(url: string, host: string): { target: string; host: string } {
  const absolute = ABSOLUTE.exec(url);
  if (absolute === null) return { target: url, host };
  const [, authority = '', rest = ''] = absolute;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host: authority.toLowerCase() };
}
