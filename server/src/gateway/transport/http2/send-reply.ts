import { constants, type Http2Stream, type ServerHttp2Stream } from 'node:http2';
import type { Reply, RequestHead } from '../../exchange.ts';
import { headerObject } from './header-object.ts';

/**
 * Status of gRPC for a status of HTTP. As the gRPC documentation maps them (http-grpc-status-mapping), but for those where
 * the gateway knows better what happened than a mere status would tell.
 */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  429: 8,
  431: 8,
  500: 13, // INTERNAL
  501: 12,
  502: 14, // UNAVAILABLE
  503: 14,
  504: 4,
};
const UNKNOWN = 2;

export function isGrpc({ headers }: Pick<RequestHead, 'headers'>): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === 'content-type') return /^application\/grpc(?:$|[+;])/.test(headers[index + 1] ?? '');
  }
  return false;
}

/** Closed by the caller, with or without an error: nothing can be answered, though what he sent may still be unread. */
export function isGone(stream: Pick<Http2Stream, 'destroyed' | 'closed'>): boolean {
  return stream.destroyed || stream.closed;
}

/** Answers in the place of an upstream: to a gRPC client in its own words (Trailers-Only). @returns bytes of body. */
export function sendReply(stream: ServerHttp2Stream, reply: Reply, request: RequestHead | undefined): number {
  if (isGone(stream) || stream.headersSent) return 0;
  const headers = headerObject(reply.headers);
  if (request !== undefined && isGrpc(request)) {
    const message = messageOf(reply.body);
    stream.respond(
      {
        ...headers,
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(GRPC_STATUS[reply.status] ?? UNKNOWN),
        ...(message === '' ? {} : { 'grpc-message': message }),
      },
      { endStream: true },
    );
    return 0;
  }
  const body = Buffer.from(reply.body);
  const bodiless = request?.method === 'HEAD' || reply.status === 204 || reply.status === 304;
  const length = reply.status === 204 ? {} : { 'content-length': String(body.length) };
  stream.respond({ ...headers, ...length, ':status': reply.status }, { endStream: bodiless });
  if (bodiless) return 0;
  stream.end(body);
  return body.length;
}

/**
 * The answer stands, and what is left of the request is thrown away; of whom goes on, the stream is closed (RFC 9113 §8.1).
 * Not at once, since that may overtake the answer.
 */
export function discardRest(stream: ServerHttp2Stream, bytesMax: number): void {
  let left = bytesMax;
  stream.on('data', (bytes: Buffer) => {
    left -= bytes.length;
    if (left < 0) stream.close(constants.NGHTTP2_NO_ERROR);
  });
  stream.resume();
}

/** The sentence of the problem document, percent-encoded as gRPC has it (PROTOCOL-HTTP2, Status-Message). */
function messageOf(body: string | Uint8Array): string {
  let detail: unknown;
  try {
    ({ detail } = JSON.parse(body.toString()));
  } catch {
    return '';
  }
  if (typeof detail !== 'string') return '';
  return [...Buffer.from(detail)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}
