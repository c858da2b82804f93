import type { X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { type Logger, plainAddress } from '#base';
import { type PeerCertificate, peerCertificate } from '../peer-certificate.ts';
import { HTTP1, HTTP2, readPreface } from './read-preface.ts';
import { readProxyHeader } from './read-proxy-header.ts';
import type { PeerFacts } from './request-head-parser.ts';
import type { TransportLimits } from './transport-limits.ts';

/** How a listener speaks TLS. */
export interface ListenerTls {
  readonly options: TlsOptions;
  /** Called with the server before it listens, to change its certificates later. */
  readonly follow?: ((server: TlsServer) => void) | undefined;
  /** Whose connection goes on, by the certificate that was shown. Anybody's when absent. */
  readonly admits?: ((shown: PeerCertificate | undefined) => boolean) | undefined;
  /** What lists of revoked certificates say of one that was shown. */
  readonly revocations?: {
    standingOf(shown: X509Certificate): 'good' | 'unlisted' | 'outdated' | 'revoked';
    /** Called when they may say something else of connections that stand. */
    onChange(listener: () => void): void;
  };
}

export interface ListeningOptions {
  readonly limits: TransportLimits;
  readonly log: Logger;
  readonly tls: ListenerTls | undefined;
  /** From whom a PROXY header is demanded. From anyone else it is none, and read as what it looks like. */
  readonly proxyProtocolFrom: ((address: string) => boolean) | undefined;
  /** On connections without TLS, HTTP/2 by its preface alone. */
  readonly cleartextHttp2: boolean;
  /** Proxies, which open many connections for many callers. */
  readonly isProxy: (address: string) => boolean;
  /** Bytes may be waiting in the socket; none was lost. */
  onConnection(socket: Socket, facts: PeerFacts, protocol: string): void;
}

export interface Listening {
  readonly server: Server;
  /** Connections that were closed before they said anything of HTTP, by why. */
  readonly refused: Readonly<Record<'proxy_header' | 'handshake' | 'address' | 'revoked', number>>;
  /** Ends connections that have not come as far as HTTP. */
  cutUnready(): void;
}

export { HTTP1, HTTP2 };

/**
 * The way from an accepted socket to one that HTTP can be read from: how many from one address, the PROXY header, the TLS
 * handshake. Each has its time; whoever takes longer is cut.
 */
export function openListening(options: ListeningOptions): Listening {
  const { limits, log, tls, proxyProtocolFrom, isProxy, onConnection } = options;
  const refused = { proxy_header: 0, handshake: 0, address: 0, revoked: 0 };
  const unready = new Set<Socket>();
  const standing = new Map<string, number>();
  /** Who is in the handshake, by the connection's two ends: Node shows the new socket without the one beneath it. */
  const shaking = new Map<string, { socket: Socket; address: string }>();

  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true });
  server.maxConnections = limits.connectionsMax;
  const tlsServer = tls === undefined ? undefined : secure(tls);

  server.on('connection', (socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (proxyProtocolFrom?.(address) !== true) return admit(socket, address);
    unready.add(socket);
    socket.on('error', ignore);
    readProxyHeader(
      socket,
      limits.headMilliseconds,
      ({ source }) => {
        unready.delete(socket);
        socket.off('error', ignore);
        admit(socket, source ?? address);
      },
      (reason) => {
        unready.delete(socket);
        refused.proxy_header += 1;
        log.warn(
          { address, reason },
          'gateway transport: a connection without the PROXY header it should have was closed',
        );
        socket.destroy();
      },
    );
  });

  function admit(socket: Socket, address: string): void {
    if (!isProxy(address)) {
      const count = (standing.get(address) ?? 0) + 1;
      if (count > limits.connectionsPerAddressMax) {
        refused.address += 1;
        socket.destroy();
        return;
      }
      standing.set(address, count);
      socket.once('close', () => {
        const left = (standing.get(address) ?? 1) - 1;
        if (left === 0) standing.delete(address);
        else standing.set(address, left);
      });
    }
    if (tlsServer === undefined) {
      const facts = { remoteAddress: address, encrypted: false, certificate: undefined };
      if (!options.cleartextHttp2) return void onConnection(socket, facts, HTTP1);
      unready.add(socket);
      socket.on('error', ignore);
      readPreface(socket, limits.headMilliseconds, (protocol) => {
        unready.delete(socket);
        if (protocol === undefined) return void socket.destroy();
        socket.off('error', ignore);
        onConnection(socket, facts, protocol);
      });
      return;
    }
    const ends = endsOf(socket);
    unready.add(socket);
    shaking.set(ends, { socket, address });
    socket.once('close', () => {
      unready.delete(socket);
      if (shaking.get(ends)?.socket === socket) shaking.delete(ends);
    });
    tlsServer.emit('connection', socket);
  }

  function secure({ options: tlsOptions, follow, admits, revocations }: ListenerTls): TlsServer {
    const made = createTlsServer({
      ALPNProtocols: [HTTP1],
      ...tlsOptions,
      noDelay: true,
      allowHalfOpen: true,
      handshakeTimeout: limits.headMilliseconds,
    });
    follow?.(made);
    const shownBy = new Map<TLSSocket, X509Certificate>();
    const listFaults = new Set<string>();
    revocations?.onChange(() => {
      listFaults.clear();
      for (const [socket, shown] of shownBy) {
        const standing = revocations.standingOf(shown);
        // One that nobody vouched for counts for its key alone, and needs no list.
        if (standing === 'good' || (standing === 'unlisted' && !socket.authorized)) continue;
        refused.revoked += 1;
        log.warn({ standing, serial: shown.serialNumber }, 'a connection was cut: its certificate counts no more');
        socket.destroy();
      }
    });
    made.on('tlsClientError', (_error, socket) => {
      refused.handshake += 1;
      // Who takes too long is only reported by Node, not ended.
      socket.destroy();
    });
    made.on('secureConnection', (socket: TLSSocket) => {
      const ends = endsOf(socket);
      const known = shaking.get(ends);
      if (known === undefined) return void socket.destroy();
      shaking.delete(ends);
      unready.delete(known.socket);
      // A caller who renegotiates could show another certificate half way; HTTP has no use for it (RFC 9113 §9.2.1).
      socket.disableRenegotiation();
      const shown = tlsOptions.requestCert === true ? socket.getPeerX509Certificate() : undefined;
      const standing = shown && revocations?.standingOf(shown);
      const refusal = standing === 'revoked' || standing === 'outdated' ? standing : undefined;
      if (shown !== undefined && revocations !== undefined) {
        shownBy.set(socket, shown);
        socket.once('close', () => shownBy.delete(socket));
      }
      if (refusal === undefined) tellListFault(socket);
      const certificate = shown && peerCertificate(shown, socket.authorized, refusal);
      if (admits?.(certificate) === false || (refusal !== undefined && tlsOptions.rejectUnauthorized === true)) {
        refused.handshake += 1;
        return void socket.destroy();
      }
      const facts = { remoteAddress: known.address, encrypted: true, certificate };
      onConnection(socket, facts, socket.alpnProtocol === HTTP2 ? HTTP2 : HTTP1);
    });
    return made;

    /** What only OpenSSL finds out, such as a list that somebody else signed. Once: callers could fill the log with it. */
    function tellListFault({ authorized, authorizationError }: TLSSocket): void {
      const fault = String(authorizationError);
      if (revocations === undefined || authorized || !fault.includes('CRL') || listFaults.has(fault)) return;
      listFaults.add(fault);
      log.error({ fault }, 'a certificate was refused because of its list of revoked ones, or because there is none');
    }
  }

  return {
    server,
    refused,
    cutUnready() {
      for (const socket of unready) socket.destroy();
    },
  };
}

/** One port of a caller may lead to several addresses of ours. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function ignore(): void {}
