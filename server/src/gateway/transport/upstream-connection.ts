import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { UpstreamTarget } from '../exchange.ts';
import { readByEvents, readInto } from './adopt-socket.ts';
import { HeldBytes } from './held-bytes.ts';
import { NEVER } from './ticker.ts';
import type { Turn } from './turn.ts';

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
  readonly #turn: Turn;
  /** Reads of this turn that have not been handed out. */
  #unseen = 0;

  constructor(target: UpstreamTarget, owner: UpstreamOwner, turn: Turn, tls: ConnectionOptions | undefined) {
    this.#owner = owner;
    this.#turn = turn;
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
      const receiveRead = (bytes: Buffer, start: number, end: number) => {
        this.#unseen -= 1;
        this.#receive(bytes, start, end);
      };
      const onread = readInto(turn, receiveRead, () => this.#expects());
      this.socket = connectTcp({ host, port, noDelay: true, onread });
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
    // What came behind the response is no beginning of the next one.
    if (this.#unseen > 0) this.socket.destroy();
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

  /** Asked when it is read, not when it is handed out: an exchange that begins meanwhile must not get it for its answer. */
  #expects(): boolean {
    if (this.user === undefined) {
      this.socket.destroy();
      return false;
    }
    this.#unseen += 1;
    return true;
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    if (this.user !== undefined) this.user.onUpstreamBytes(bytes, start, end);
    // Bytes that nobody asked for would become the answer to the next request.
    else this.socket.destroy();
  }

  #onEnd(): void {
    // Whoever is about to begin an exchange shall not take this one for it.
    if (this.user === undefined) this.socket.destroy();
    this.#turn.settle();
    if (this.user !== undefined) this.user.onUpstreamEnd();
    else this.socket.destroy();
  }

  #onClose(): void {
    this.#turn.settle();
    this.#owner.onConnectionClosed(this);
    const user = this.user;
    this.user = undefined;
    user?.onUpstreamGone(this.connected);
  }
}
