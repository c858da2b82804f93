import { connect, createServer, type Socket } from 'node:net';
import { fixedClock, testLogger } from '#testing';
import type { ExchangeOutcome, Forward, Handler, Reply, RequestHead, UpstreamTarget } from '../exchange.ts';
import { createSocketTransport, type SocketTransportOptions } from './socket-transport.ts';
import type { TransportLimits } from './transport-limits.ts';

/** A transport between raw sockets, for tests of this folder: what is sent and what arrives are bytes. */

const HOP_BY_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'te',
  'upgrade',
]);

export const TIMEOUTS = { connectMilliseconds: 2_000, headersMilliseconds: 5_000, idleMilliseconds: 5_000 };

export function targetAt(port: number, hostname = '127.0.0.1'): UpstreamTarget {
  const authority = `${hostname}:${port}`;
  return { protocol: 'http:', hostname, port, origin: `http://${authority}`, hostHeader: authority };
}

export interface TransportUnderTest {
  port: number;
  outcomes: ExchangeOutcome[];
  refusals: { status: number; reason: string }[];
  stats: ReturnType<typeof createSocketTransport>['stats'];
  drain: ReturnType<typeof createSocketTransport>['drain'];
  refusedConnections: () => Readonly<Record<string, number>>;
  /** Resolves when so many exchanges have ended. */
  ended(count: number): Promise<ExchangeOutcome[]>;
}

export interface UnderTestOptions {
  upstreamPort?: number;
  /** Where it listens. */
  host?: string;
  /** What to do with a request; forwards it as it is when not given. */
  decide?: (
    head: RequestHead,
    forward: () => Forward,
    reply: (status: number, body?: string) => Reply,
  ) => ReturnType<Handler>;
  forward?: Partial<Forward>;
  limits?: Partial<TransportLimits>;
  options?: Partial<SocketTransportOptions>;
}

export async function openTransport(options: UnderTestOptions = {}): Promise<TransportUnderTest> {
  const outcomes: ExchangeOutcome[] = [];
  const refusals: { status: number; reason: string }[] = [];
  const waiting: { count: number; resolve: (outcomes: ExchangeOutcome[]) => void }[] = [];
  const onDone = (outcome: ExchangeOutcome) => {
    outcomes.push(outcome);
    for (const { count, resolve } of waiting) if (outcomes.length >= count) resolve(outcomes);
  };
  const reply = (status: number, body = ''): Reply => ({ kind: 'reply', status, headers: [], body, onDone });
  const forwardOf = (head: RequestHead): Forward => ({
    kind: 'forward',
    upstream: targetAt(options.upstreamPort ?? 1),
    method: head.method,
    path: head.target,
    headers: head.headers.filter((_, index) => !HOP_BY_HOP.has(head.headers[index - (index % 2)] ?? '')),
    timeouts: TIMEOUTS,
    responseHeaders: [],
    failure: (kind) => reply(kind === 'timeout' ? 504 : 502, kind),
    onDone,
    ...options.forward,
  });
  const transport = createSocketTransport({
    handler: (head) => options.decide?.(head, () => forwardOf(head), reply) ?? forwardOf(head),
    errors: {
      malformed: (reason, status) => {
        refusals.push({ status, reason });
        return { kind: 'reply', status, headers: ['x-refused', 'yes'], body: reason, onDone: () => {} };
      },
    },
    clock: fixedClock(),
    log: testLogger(),
    limits: { tickMilliseconds: 10, ...options.limits },
    ...options.options,
  });
  const { port } = await transport.listen({ host: options.host ?? '127.0.0.1', port: 0 });
  return {
    port,
    outcomes,
    refusals,
    stats: transport.stats,
    drain: transport.drain,
    refusedConnections: () => transport.refusedConnections?.() ?? {},
    ended: (count) =>
      new Promise((resolve) => {
        if (outcomes.length >= count) resolve(outcomes);
        else waiting.push({ count, resolve });
      }),
  };
}

/** A caller's side: sends what it is told, collects what comes. Errors are part of `closed`, never thrown. */
export interface RawCaller {
  socket: Socket;
  /** All that has come, in Latin-1. */
  received(): string;
  /** Resolves when what has come satisfies the test, or the connection is closed. */
  until(satisfied: (received: string) => boolean): Promise<string>;
  /** Resolves when the connection is closed: by `end` in order, or by `reset`. */
  closed: Promise<'end' | 'reset'>;
}

export function callRaw(port: number, first?: string | Uint8Array): RawCaller {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  let reset = false;
  const watchers: (() => void)[] = [];
  const wake = () => {
    for (const watcher of watchers) watcher();
  };
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    wake();
  });
  socket.on('error', () => {
    reset = true;
  });
  const closed = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('close', () => {
      resolve(reset ? 'reset' : 'end');
      wake();
    });
  });
  if (first !== undefined) socket.write(typeof first === 'string' ? Buffer.from(first, 'latin1') : first);
  return {
    socket,
    closed,
    received: () => text,
    until: (satisfied) =>
      new Promise((resolve) => {
        const look = () => {
          if (satisfied(text) || socket.destroyed) resolve(text);
        };
        watchers.push(look);
        look();
      }),
  };
}

export interface RawUpstream {
  port: number;
  /** Heads and bodies as they came, one string for each connection. */
  connections: { received: string; socket: Socket }[];
  close(): Promise<void>;
}

/** An upstream that does what it is told with each piece of bytes; `received` is all that came on the connection. */
export async function openUpstream(
  onBytes: (socket: Socket, received: string, bytes: Buffer) => void,
): Promise<RawUpstream> {
  const connections: RawUpstream['connections'] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = { received: '', socket };
    connections.push(connection);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      if (connection.received.length < 1_000_000) connection.received += bytes.toString('latin1');
      onBytes(socket, connection.received, bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    connections,
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of connections) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export interface ReadMessage {
  startLine: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** Just after the message. */
  end: number;
}

/** Reads one message from the start of `text`: lenient, short, and independent of the parsers under test. */
export function readMessage(text: string, bodiless = false): ReadMessage | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [startLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  let at = headEnd + 4;
  if (bodiless) return { startLine, headers, body: '', end: at };
  if (headers['transfer-encoding'] === 'chunked') {
    let body = '';
    for (;;) {
      const lineEnd = text.indexOf('\r\n', at);
      if (lineEnd === -1) return undefined;
      const size = Number.parseInt(text.slice(at, lineEnd), 16);
      at = lineEnd + 2 + size + 2;
      if (text.length < at) return undefined;
      if (size === 0) return { startLine, headers, body, end: at };
      body += text.slice(lineEnd + 2, at - 2);
    }
  }
  const length = Number(headers['content-length'] ?? 0);
  if (text.length < at + length) return undefined;
  return { startLine, headers, body: text.slice(at, at + length), end: at + length };
}

export function readMessages(text: string): ReadMessage[] {
  const messages: ReadMessage[] = [];
  let rest = text;
  for (let message = readMessage(rest); message !== undefined; message = readMessage(rest)) {
    messages.push(message);
    rest = rest.slice(message.end);
  }
  return messages;
}

export function statusOf(message: ReadMessage | undefined): number {
  return Number(message?.startLine.split(' ')[1] ?? 0);
}

/** An upstream that answers each request with what it received, as a body. */
export function openEcho(): Promise<RawUpstream> {
  const answered = new WeakMap<Socket, number>();
  return openUpstream((socket, received) => {
    for (;;) {
      const from = answered.get(socket) ?? 0;
      const message = readMessage(received.slice(from));
      if (message === undefined) return;
      answered.set(socket, from + message.end);
      const raw = received.slice(from, from + message.end);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${raw.length}\r\n\r\n${raw}`, 'latin1');
    }
  });
}
