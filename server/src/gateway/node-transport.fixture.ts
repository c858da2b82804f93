import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher } from 'undici';
import type {
  ExchangeOutcome,
  Forward,
  GatewayTransport,
  Handler,
  Hold,
  RawHeaders,
  Reply,
  TransportErrors,
  UpstreamFailure,
  Verdict,
} from './exchange.ts';
import { requestHead } from './node-request-head.fixture.ts';
import { upstreamFailureOf, withoutHopByHop } from './upstream-response.ts';

/** Bytes of a request head. Node answers 431 above it. */
const HEAD_BYTES_MAX = 32 * 1024;
/** A head that takes longer to arrive is a caller that holds a connection on purpose. */
const HEAD_MILLISECONDS_MAX = 15_000;
const KEEP_ALIVE_MILLISECONDS = 65_000;
const UPSTREAM_CONNECTIONS_MAX = 256;

/** The seam on Node's own HTTP server and undici: the reference that any other transport is compared with. */
export function nodeTransport(handler: Handler, errors: TransportErrors): GatewayTransport {
  const agents = new Map<number, Agent>();
  let connections = 0;
  let exchanges = 0;
  let draining = false;

  const server = createServer(
    {
      maxHeaderSize: HEAD_BYTES_MAX,
      headersTimeout: HEAD_MILLISECONDS_MAX,
      // The body may stream for as long as it flows; its idle time is the upstream's to judge.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      requireHostHeader: false,
    },
    (request, response) => void serve(request, response),
  );
  server.on('connection', (socket: Socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseMalformed(error, socket));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    exchanges += 1;
    const exchange: NodeExchange = { request, response, startedAt: performance.now(), bytesIn: 0, bytesOut: 0 };
    try {
      const head = requestHead(request, exchange.startedAt);
      const verdict: Verdict = 'refused' in head ? errors.malformed(head.refused, 400) : await handler(head);
      if (verdict.kind === 'reply') await answer(exchange, verdict);
      else if (verdict.kind === 'forward') await forward(exchange, verdict);
      else await hold(exchange, verdict);
    } finally {
      exchanges -= 1;
    }
  }

  /** The body is taken in first, and goes on from memory. */
  async function hold(exchange: NodeExchange, { bytesMax, complete, incomplete }: Hold): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of countedBody(exchange)) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const verdict = await (body.length > bytesMax ? incomplete('too_large') : complete(body));
    if (verdict.kind === 'reply') await answer(exchange, verdict);
    else await forward({ ...exchange, held: body }, verdict);
  }

  async function answer(exchange: NodeExchange, reply: Reply, upstreamFailure?: UpstreamFailure): Promise<void> {
    const { request, response } = exchange;
    const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
    if (draining) response.shouldKeepAlive = false;
    // An unread body would be taken for the next request: this connection ends with the answer.
    if (!request.complete && request.headers['content-length'] !== '0' && hasBody(request)) {
      response.shouldKeepAlive = false;
    }
    const sent = request.method === 'HEAD' ? 0 : body.byteLength;
    response.writeHead(reply.status, [...reply.headers, 'content-length', String(body.byteLength)]);
    const aborted = await new Promise<boolean>((resolve) => {
      response.once('close', () => resolve(!response.writableFinished));
      response.end(request.method === 'HEAD' ? undefined : body);
    });
    exchange.bytesOut = aborted ? 0 : sent;
    reply.onDone(outcome(exchange, reply.status, aborted, upstreamFailure));
  }

  async function forward(exchange: NodeExchange, verdict: Forward): Promise<void> {
    const { request, response } = exchange;
    const abort = new AbortController();
    const onClose = () => abort.abort();
    response.once('close', onClose);
    let received: Dispatcher.ResponseData;
    try {
      received = await agentFor(verdict.timeouts.connectMilliseconds).request({
        origin: verdict.upstream.origin,
        path: verdict.path,
        method: verdict.method as Dispatcher.HttpMethod,
        headers: framedHeaders(request, verdict),
        body: exchange.held ?? (hasBody(request) ? Readable.from(countedBody(exchange), { objectMode: false }) : null),
        headersTimeout: verdict.timeouts.headersMilliseconds,
        bodyTimeout: verdict.timeouts.idleMilliseconds,
        responseHeaders: 'raw',
        signal: abort.signal,
      });
    } catch (error) {
      response.off('close', onClose);
      // 499: nobody is left to answer. The number is the customary one in access logs.
      if (response.destroyed) return verdict.onDone(outcome(exchange, 499, true));
      const kind = upstreamFailureOf(error);
      return answer(exchange, verdict.failure(kind), kind);
    }
    const { statusCode, body } = received;
    if (verdict.responseMask !== undefined) {
      // Nothing is hidden here, so nothing is shown.
      response.off('close', onClose);
      body.destroy();
      return answer(exchange, verdict.responseMask.refusal(statusCode));
    }
    if (draining) response.shouldKeepAlive = false;
    const { responseHeaders, responseRules } = verdict;
    response.writeHead(
      statusCode,
      withoutHopByHop(received.headers as unknown as RawHeaders, responseHeaders, responseRules),
    );
    let failure: UpstreamFailure | undefined;
    let aborted = false;
    try {
      await pipeline(body, countedResponse(exchange), response);
    } catch (error) {
      aborted = true;
      // Half an answer must not look whole: the connection is cut.
      if (!abort.signal.aborted) failure = upstreamFailureOf(error);
      response.destroy();
    } finally {
      response.off('close', onClose);
    }
    verdict.onDone(outcome(exchange, statusCode, aborted, failure));
  }

  function agentFor(connectMilliseconds: number): Agent {
    let agent = agents.get(connectMilliseconds);
    if (agent === undefined) {
      agent = new Agent({ connections: UPSTREAM_CONNECTIONS_MAX, connect: { timeout: connectMilliseconds } });
      agents.set(connectMilliseconds, agent);
    }
    return agent;
  }

  function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const reply = errors.malformed(PARSE_REASONS[status], status);
    const body = Buffer.from(reply.body);
    const lines = [
      `HTTP/1.1 ${status} ${PARSE_PHRASES[status]}`,
      'connection: close',
      `content-length: ${body.length}`,
    ];
    for (let index = 0; index < reply.headers.length; index += 2) {
      lines.push(`${reply.headers[index]}: ${reply.headers[index + 1]}`);
    }
    socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
    reply.onDone({ status, bytesIn: 0, bytesOut: body.length, durationMilliseconds: 0, aborted: false });
  }

  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          const address = server.address();
          resolve({ port: typeof address === 'object' && address !== null ? address.port : port });
        });
      }),
    async drain(deadlineMilliseconds) {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMilliseconds);
      await closed;
      clearTimeout(deadline);
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
    stats: () => ({ connections, exchanges, upstreamConnections: 0, knownLines: 0 }),
  };
}

interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAt: number;
  bytesIn: number;
  bytesOut: number;
  /** The whole body, where it was asked for before. */
  held?: Buffer;
}

const PARSE_REASONS = {
  400: 'The request is not valid HTTP/1.1.',
  408: 'The request head did not arrive in time.',
  431: 'The request head is too large.',
} as const;
const PARSE_PHRASES = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' } as const;

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function framedHeaders(request: IncomingMessage, verdict: Forward): string[] {
  const headers = ['host', verdict.upstream.hostHeader, ...verdict.headers];
  const length = request.headers['content-length'];
  if (length !== undefined) headers.push('content-length', length);
  return headers;
}

async function* countedBody(exchange: NodeExchange): AsyncGenerator<Buffer> {
  for await (const piece of exchange.request as AsyncIterable<Buffer>) {
    exchange.bytesIn += piece.byteLength;
    yield piece;
  }
}

function countedResponse(exchange: NodeExchange) {
  return async function* count(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of body) {
      exchange.bytesOut += piece.byteLength;
      yield piece;
    }
  };
}

function outcome(
  exchange: NodeExchange,
  status: number,
  aborted: boolean,
  upstreamFailure?: UpstreamFailure,
): ExchangeOutcome {
  const { bytesIn, bytesOut, startedAt } = exchange;
  const result: ExchangeOutcome = {
    status,
    bytesIn,
    bytesOut,
    durationMilliseconds: performance.now() - startedAt,
    aborted,
  };
  return upstreamFailure === undefined ? result : { ...result, upstreamFailure };
}
