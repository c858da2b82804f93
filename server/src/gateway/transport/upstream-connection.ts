import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { UpstreamTarget } from '../exchange.ts';
import { readByEvents, readInto } from './adopt-socket.ts';
import { HeldBytes } from './held-bytes.ts';
import { NEVER } from './ticker.ts';

/** The exchange that an upstream connection serves at the moment. */
export interface UpstreamUser {
  /** The connection is this exchange's until it is released or destroyed; it may still be connecting. */
  onUpstreamAssigned(connection: UpstreamConnection): void;
  onUpstreamConnected(): void;
  onUpstreamBytes(bytes: Buffer, start: number, end: number): void;
  /** The upstream takes bytes again. */
  onUpstreamDrain(): void;
  /** The upstream will send nothing more. */
  onUpstreamEnd(): void;
  /** The connection is no more; `connected` tells whether it ever stood. */
  onUpstreamGone(connected: boolean): void;
}

/** What happens to a connection that concerns its pool. */
export interface UpstreamOwner {
  onConnectionFree(connection: UpstreamConnection): void;
  onConnectionClosed(connection: UpstreamConnection): void;
}

/** One connection to an origin. Its listeners are set once, and pass on to whichever exchange uses it. */
export class UpstreamConnection {
  readonly socket: Socket;
  user: UpstreamUser | undefined;
  connected = false;
  /** Exchanges it has carried before the present one. A connection that was used before may have gone stale. */
  uses = 0;
  /** When idle: until when it may be used again. */
  idleUntil = NEVER;
  /** Seconds the upstream says it keeps an idle connection. */
  keepAliveSeconds: number | undefined;
  /** The beginning of a response head. */
  readonly held = new HeldBytes();
  readonly #owner: UpstreamOwner;

  constructor(target: UpstreamTarget, owner: UpstreamOwner, tls: ConnectionOptions | undefined) {
    this.#owner = owner;
    const { hostname: host, port } = target;
    const receive = (bytes: Buffer, start: number, end: number) => this.#receive(bytes, start, end);
    const onConnected = () => this.#onConnected();
    if (target.protocol === 'https:') {
      // RFC 6066 §3: a server name is never an address.
      const name = isIP(host) === 0 ? { servername: host } : {};
      this.socket = connectTls({ ALPNProtocols: ['http/1.1'], ...tls, ...name, host, port });
      readByEvents(this.socket, receive).once('secureConnect', onConnected);
      this.socket.setNoDelay(true);
    } else {
      this.socket = connectTcp({ host, port, noDelay: true, onread: readInto(receive) });
      this.socket.once('connect', onConnected);
    }
    this.socket.on('drain', () => this.user?.onUpstreamDrain());
    this.socket.on('end', () => this.#onEnd());
    // The close event follows, and tells all there is to tell.
    this.socket.on('error', () => {});
    this.socket.once('close', () => this.#onClose());
  }

  /** The exchange is wholly over, in both directions. */
  release(): void {
    this.user = undefined;
    this.uses += 1;
    if (!this.socket.destroyed) this.#owner.onConnectionFree(this);
  }

  /** Ends it at once; its user hears nothing more. */
  destroy(): void {
    this.user = undefined;
    this.socket.destroy();
  }

  #onConnected(): void {
    this.connected = true;
    this.user?.onUpstreamConnected();
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    if (this.user !== undefined) this.user.onUpstreamBytes(bytes, start, end);
    // Bytes that nobody asked for would become the answer to the next request.
    else this.socket.destroy();
  }

  #onEnd(): void {
    if (this.user !== undefined) this.user.onUpstreamEnd();
    else this.socket.destroy();
  }

  #onClose(): void {
    this.#owner.onConnectionClosed(this);
    const user = this.user;
    this.user = undefined;
    user?.onUpstreamGone(this.connected);
  }
}
