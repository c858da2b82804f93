import type { ConnectionOptions } from 'node:tls';
import type { Clock, Logger } from '#base';
import type { GatewayTransport, Handler, TransportErrors, TransportStats } from '../exchange.ts';
import { CallerConnection } from './caller-connection.ts';
import { Http2Connection } from './http2/connection.ts';
import { UnreadBytes } from './http2/unread-bytes.ts';
import { UpstreamSessions } from './http2/upstream-sessions.ts';
import { LinesOfPeers } from './lines-of-peers.ts';
import { HTTP2, type ListenerTls, openListening } from './listening.ts';
import { RequestHeadParser } from './request-head-parser.ts';
import { ResponseHeadParser } from './response-head-parser.ts';
import { SendBuffer } from './send-buffer.ts';
import { Ticker } from './ticker.ts';
import type { TransportContext } from './transport-context.ts';
import { TRANSPORT_LIMITS, type TransportLimits } from './transport-limits.ts';
import { Turn } from './turn.ts';
import { UpstreamPool } from './upstream-pool.ts';

export interface SocketTransportOptions {
  handler: Handler;
  errors: TransportErrors;
  clock: Clock;
  log: Logger;
  limits?: Partial<TransportLimits>;
  /** Without it, plain TCP. */
  tls?: ListenerTls | undefined;
  /** Without TLS: take a connection that begins with HTTP/2's preface for one (RFC 9113 §3.3). */
  cleartextHttp2?: boolean;
  /** Connections from these addresses begin with a PROXY header. */
  proxyProtocolFrom?: ((address: string) => boolean) | undefined;
  /** Proxies in front, which may open as many connections as there is room for. */
  isProxy?: (address: string) => boolean;
  /** Trust anchors and client certificate for https upstreams. */
  upstreamTls?: () => ConnectionOptions;
}

/** Pending connections the kernel may hold for us; it caps this itself (net.core.somaxconn). */
const BACKLOG = 4096;

/**
 * HTTP/1.1 by hand on sockets, in both directions: Node's own `http` with a client library behind it costs 2.6 times as
 * much per request as nginx. See docs/adr/0005-http-on-sockets.md.
 */
export function createSocketTransport(options: SocketTransportOptions): GatewayTransport {
  const { handler, errors, clock, log, tls, upstreamTls } = options;
  const limits = { ...TRANSPORT_LIMITS, ...options.limits };
  const connections = new Set<CallerConnection | Http2Connection>();
  const ticker = new Ticker(clock, limits.tickMilliseconds, (now) => {
    for (const connection of connections) connection.checkDeadline(now);
    context.pool.closeExpired(now);
  });
  const turn = new Turn();
  const context: TransportContext = {
    handler,
    errors,
    log,
    limits,
    ticker,
    turn,
    pool: new UpstreamPool({ limits, ticker, turn, tls: upstreamTls }),
    http2Upstreams: new UpstreamSessions(upstreamTls),
    out: new SendBuffer(turn),
    requestHeads: new RequestHeadParser(limits),
    linesOfPeers: new LinesOfPeers(),
    responseHeads: new ResponseHeadParser(limits),
    sinkHeads: new ResponseHeadParser({
      ...limits,
      headBytesMax: limits.headBytesMax * 2,
      fieldCountMax: limits.fieldCountMax * 2,
    }),
    heldBodies: { bytes: 0 },
    unreadBytes: new UnreadBytes(limits),
    exchanges: 0,
    draining: false,
  };

  const listening = openListening({
    limits,
    log,
    tls,
    proxyProtocolFrom: options.proxyProtocolFrom,
    isProxy: options.isProxy ?? (() => false),
    cleartextHttp2: options.cleartextHttp2 === true,
    onConnection(socket, facts, protocol) {
      const Connection = protocol === HTTP2 ? Http2Connection : CallerConnection;
      connections.add(new Connection(context, socket, facts, (closed) => connections.delete(closed)));
    },
  });
  const { server } = listening;

  let drained: Promise<void> | undefined;

  async function drain(deadlineMilliseconds: number): Promise<void> {
    context.draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    listening.cutUnready();
    // Whoever's request has been read is not idle.
    turn.settle();
    for (const connection of connections) connection.drain();
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.cut();
    }, deadlineMilliseconds);
    await closed;
    clearTimeout(deadline);
    context.pool.closeIdle();
    context.http2Upstreams.close();
    ticker.stop();
  }

  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port, backlog: BACKLOG }, () => {
          server.off('error', reject);
          server.on('error', (error) => log.error({ err: error }, 'gateway transport: a connection was not accepted'));
          const address = server.address();
          resolve({ port: address !== null && typeof address === 'object' ? address.port : port });
        });
      }),
    drain: (deadlineMilliseconds) => {
      drained ??= drain(deadlineMilliseconds);
      return drained;
    },
    stats: (): TransportStats => ({
      connections: connections.size,
      exchanges: context.exchanges,
      upstreamConnections: context.pool.size + context.http2Upstreams.size,
      knownLines: context.linesOfPeers.size,
    }),
    refusedConnections: () => listening.refused,
  };
}
