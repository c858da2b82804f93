import { once } from 'node:events';
import { constants, performServerHandshake, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { closedByUs } from '../transport/http2/closed-by-us.ts';
import { endsAfterRead } from '../transport/http2/ends-after-read.ts';
import { HTTP2, type ListenerTls, openListening } from '../transport/listening.ts';
import { TRANSPORT_LIMITS } from '../transport/transport-limits.ts';
import type { ExtAuthzParts } from './ext-authz.ts';
import { onCall } from './ext-authz-call.ts';
import { RESETS_OF_PROXIES } from './resets-of-proxies.ts';

export interface ExtAuthzServer {
  /** The port it got. @throws when it can't listen there. */
  listen(at: { host: string; port: number }): Promise<number>;
  close(deadlineMilliseconds: number): Promise<void>;
}

/** A question and its answer. Envoy waits 200 milliseconds unless it is told otherwise, and says how long. */
const CHECK_MILLISECONDS = 10_000;
const STREAMS_MAX = 1000;
const SESSION_MEGABYTES_MAX = 64;
const KEEP_ALIVE_MILLISECONDS = 60_000;

/**
 * Envoy's gRPC service on a port of its own, by hand: a library of gRPC answers what it can't read with an error, before
 * we are asked (see {@link onCall}).
 */
export function openExtAuthzServer(
  parts: ExtAuthzParts & { tls?: ListenerTls | undefined; milliseconds?: number },
): ExtAuthzServer {
  const { tls, log, isProxy, milliseconds = CHECK_MILLISECONDS } = parts;
  const callParts = { ...parts, milliseconds, held: { bytes: 0 } };
  const sessions = new Map<ServerHttp2Session, () => void>();
  let isClosing = false;
  const listening = openListening({
    ...{ limits: TRANSPORT_LIMITS, log, isProxy, proxyProtocolFrom: undefined, cleartextHttp2: true },
    tls: tls && { ...tls, options: { ...tls.options, ALPNProtocols: [HTTP2] } },
    onConnection(socket, { remoteAddress }, protocol) {
      if (protocol !== HTTP2 || isClosing) return void socket.destroy();
      const session = openSession(socket, isProxy(remoteAddress));
      const close = closedByUs(session);
      sessions.set(session, close);
      // No further stream is opened: it ends with those that stand.
      session.once('goaway', close);
      session.once('close', () => {
        sessions.delete(session);
        socket.destroy();
      });
      session.on('stream', (stream, headers) => {
        try {
          onCall(callParts, stream, headers, remoteAddress);
        } catch (error) {
          log.error({ err: error }, 'a check could not be answered');
          stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        }
      });
    },
  });
  const { server } = listening;

  return {
    async listen(at) {
      server.listen(at);
      await once(server, 'listening');
      server.on('error', (error) => log.error({ err: error }, 'a connection of a proxy was not accepted'));
      const address = server.address();
      return address !== null && typeof address === 'object' ? address.port : at.port;
    },
    async close(deadlineMilliseconds) {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      listening.cutUnready();
      for (const close of sessions.values()) close();
      const deadline = setTimeout(() => {
        for (const session of sessions.keys()) session.destroy();
      }, deadlineMilliseconds);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function openSession(socket: Socket, isProxy: boolean): ServerHttp2Session {
  socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
  const session = performServerHandshake(socket, {
    settings: { maxConcurrentStreams: STREAMS_MAX, maxHeaderListSize: TRANSPORT_LIMITS.headBytesMax },
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionMemory: SESSION_MEGABYTES_MAX,
    streamResetBurst: isProxy ? RESETS_OF_PROXIES : TRANSPORT_LIMITS.http2ResetsBurst,
    streamResetRate: isProxy ? RESETS_OF_PROXIES : TRANSPORT_LIMITS.http2ResetsPerSecond,
  });
  // Anybody who reaches the port may send frames.
  endsAfterRead(session);
  session.on('error', () => {});
  // Who closes his half has left.
  socket.once('end', () => session.destroy());
  return session;
}
