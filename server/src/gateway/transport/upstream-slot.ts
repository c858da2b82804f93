import type { Forward } from '../exchange.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** The connection that an exchange has, waits for, or has given back. */
export class UpstreamSlot {
  connection: UpstreamConnection | undefined;
  readonly #pool: UpstreamPool;

  constructor(pool: UpstreamPool) {
    this.#pool = pool;
  }

  /** The exchange is over in both directions, if it is `clean`: another one may use the connection. */
  giveBack(clean: boolean): void {
    const { connection } = this;
    this.connection = undefined;
    if (clean) connection?.release();
    else connection?.destroy();
  }

  /** Ends it, or stops waiting for one. */
  drop(forward: Forward | undefined, user: UpstreamUser): void {
    const { connection } = this;
    this.connection = undefined;
    if (connection !== undefined) connection.destroy();
    else if (forward !== undefined) this.#pool.forget(forward.upstream, user);
  }
}
