import type { ConnectionOptions } from 'node:tls';
import type { UpstreamTarget } from '../exchange.ts';
import type { Ticker } from './ticker.ts';
import type { TransportLimits } from './transport-limits.ts';
import type { Turn } from './turn.ts';
import { UpstreamConnection, type UpstreamOwner, type UpstreamUser } from './upstream-connection.ts';

export interface UpstreamPoolDeps {
  readonly limits: TransportLimits;
  readonly ticker: Ticker;
  readonly turn: Turn;
  /** Trust anchors and client certificate for https upstreams. */
  readonly tls: (() => ConnectionOptions) | undefined;
}

/** Kept connections to upstreams, a bounded number for each origin. */
export class UpstreamPool {
  readonly #deps: UpstreamPoolDeps;
  readonly #origins = new Map<string, OriginPool>();

  constructor(deps: UpstreamPoolDeps) {
    this.#deps = deps;
  }

  /**
   * Gives `user` a connection by `onUpstreamAssigned`: at once when one is idle or may be opened, else when one comes free.
   * @param fresh opens a new one, for the second try after a stale one.
   * @returns false when too many wait already.
   */
  acquire(target: UpstreamTarget, user: UpstreamUser, fresh: boolean): boolean {
    let pool = this.#origins.get(target.origin);
    if (pool === undefined) {
      pool = new OriginPool(target, this.#deps, () => this.#origins.delete(target.origin));
      this.#origins.set(target.origin, pool);
    }
    return pool.acquire(user, fresh);
  }

  /** The user no longer waits. */
  forget(target: UpstreamTarget, user: UpstreamUser): void {
    this.#origins.get(target.origin)?.forget(user);
  }

  closeExpired(now: number): void {
    for (const pool of this.#origins.values()) pool.closeIdle((connection) => connection.idleUntil <= now);
  }

  closeIdle(): void {
    for (const pool of this.#origins.values()) pool.closeIdle(() => true);
  }

  get size(): number {
    let size = 0;
    for (const pool of this.#origins.values()) size += pool.size;
    return size;
  }
}

/** The connections to one origin. The last one used is the first used again, so that the others can grow old and close. */
class OriginPool implements UpstreamOwner {
  /** All that stand, in use or idle. */
  size = 0;
  readonly #target: UpstreamTarget;
  readonly #deps: UpstreamPoolDeps;
  readonly #onEmpty: () => void;
  #idle: UpstreamConnection[] = [];
  readonly #waiting = new Set<UpstreamUser>();

  constructor(target: UpstreamTarget, deps: UpstreamPoolDeps, onEmpty: () => void) {
    this.#target = target;
    this.#deps = deps;
    this.#onEmpty = onEmpty;
  }

  acquire(user: UpstreamUser, fresh: boolean): boolean {
    if (!fresh) {
      for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
        if (connection.idleUntil > this.#deps.ticker.now && !connection.socket.destroyed) {
          this.#assign(connection, user);
          return true;
        }
        connection.destroy();
      }
    }
    const { upstreamConnectionsMax, upstreamWaitersMax } = this.#deps.limits;
    if (this.size < upstreamConnectionsMax) {
      this.#open(user);
      return true;
    }
    if (this.#waiting.size >= upstreamWaitersMax) return false;
    this.#waiting.add(user);
    return true;
  }

  onConnectionFree(connection: UpstreamConnection): void {
    const next = this.#takeWaiting();
    if (next !== undefined) {
      this.#assign(connection, next);
      return;
    }
    const { limits, ticker } = this.#deps;
    const stated = connection.keepAliveSeconds;
    // One second less than the upstream says, so that it is never the first to close.
    const milliseconds = Math.min(limits.upstreamIdleMilliseconds, ((stated ?? Number.POSITIVE_INFINITY) - 1) * 1000);
    connection.idleUntil = ticker.now + milliseconds;
    if (milliseconds > 0) this.#idle.push(connection);
    else connection.destroy();
  }

  forget(user: UpstreamUser): void {
    this.#waiting.delete(user);
  }

  closeIdle(due: (connection: UpstreamConnection) => boolean): void {
    if (!this.#idle.some(due)) return;
    const closing = this.#idle.filter(due);
    this.#idle = this.#idle.filter((connection) => !due(connection));
    for (const connection of closing) connection.destroy();
  }

  onConnectionClosed(connection: UpstreamConnection): void {
    this.size -= 1;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    const next = this.#takeWaiting();
    if (next !== undefined) this.#open(next);
    else if (this.size === 0) this.#onEmpty();
  }

  #takeWaiting(): UpstreamUser | undefined {
    if (this.#waiting.size === 0) return undefined;
    const [next] = this.#waiting;
    if (next !== undefined) this.#waiting.delete(next);
    return next;
  }

  #open(user: UpstreamUser): void {
    const connection = new UpstreamConnection(this.#target, this, this.#deps.turn, this.#deps.tls?.());
    this.size += 1;
    this.#assign(connection, user);
  }

  #assign(connection: UpstreamConnection, user: UpstreamUser): void {
    connection.user = user;
    user.onUpstreamAssigned(connection);
  }
}
