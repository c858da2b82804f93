import type pg from 'pg';
import type { Logger } from '#base';
import { storeErrors } from '../errors.ts';
import { pause } from '../pause.ts';
import { SYSTEM_ROLE } from '../scope.ts';
import { CHANNEL, type Change, type FeedEntry, type FeedRow, readNotification, toEntry } from './change.ts';
import { Subscribers } from './subscribers.ts';

/** Hears of changes that any process committed. Each listener gets each change once, batches in order of sequence. */
export interface ChangeFeed {
  /** Subscribe first, load the snapshot then: nothing is missed in between. Returns the end of the subscription. */
  subscribe(topics: readonly string[] | '*', listener: (changes: Change[]) => void | Promise<void>): () => void;
  /** Called when continuity is lost (too far behind, or a listener threw): reload everything. */
  onResync(listener: () => void | Promise<void>): () => void;
  /**
   * Resolves when everything committed before this call has been delivered and asynchronous listeners have finished.
   * Never call it from a listener: it would wait for itself.
   * @throws `database_unavailable` when the feed cannot reach the database in time, `store_closed`.
   */
  caughtUp(): Promise<void>;
  /**
   * How long ago it was certain that everything committed had been delivered and taken in. Some seconds when all is well,
   * since it looks every five; it grows while the database is out of reach, and while a listener can't load what it must.
   */
  silentMilliseconds(): number;
}

export interface ChangeFeedDeps {
  connect: () => Promise<pg.Client>;
  log: Logger;
  /** How often to look without being told: bounds the damage of a notification lost by a broken middlebox. */
  pollMilliseconds?: number;
}

const POLL_MILLISECONDS = 5_000;
const RECONNECT_FIRST_MILLISECONDS = 20;
const RECONNECT_MAX_MILLISECONDS = 2_000;
const CAUGHT_UP_MAX_MILLISECONDS = 10_000;
/** Further behind than this, loading everything anew is cheaper than replaying. */
const CATCH_UP_MAX = 20_000;

export class PostgresChangeFeed implements ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  readonly #subscribers: Subscribers;
  readonly #stop = new AbortController();
  /** Every transaction below it was either delivered or had not changed anything; undefined before the first connection. */
  #horizon: bigint | undefined;
  /** What was delivered from transactions at or above the horizon, so that reading those again delivers nothing twice. */
  readonly #delivered = new Map<bigint, bigint>();
  /** Which server the horizon belongs to. */
  #server: string | undefined;
  /** Everything committed before this, on the monotonic clock, was delivered and taken in. */
  #completeAt = performance.now();
  #settling = false;
  #waiting: PromiseWithResolvers<void>[] = [];
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
    this.#subscribers = new Subscribers(deps.log, this.#stop.signal);
  }

  /** Resolves when listening. From then on nothing that commits is missed. */
  async start(): Promise<void> {
    const client = await this.#deps.connect();
    await this.#listen(client);
    this.#running = this.#run(client);
  }

  subscribe(topics: readonly string[] | '*', listener: (changes: Change[]) => void | Promise<void>): () => void {
    return this.#subscribers.add(topics, listener);
  }

  onResync(listener: () => void | Promise<void>): () => void {
    return this.#subscribers.onResync(listener);
  }

  async caughtUp(): Promise<void> {
    if (this.#stop.signal.aborted) throw storeErrors.store_closed();
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#wake();
    const timer = setTimeout(() => waiting.reject(storeErrors.database_unavailable()), CAUGHT_UP_MAX_MILLISECONDS);
    try {
      await waiting.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  silentMilliseconds(now = performance.now()): number {
    return now - this.#completeAt;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
    for (const waiting of this.#waiting) waiting.reject(storeErrors.store_closed());
    await this.#subscribers.idle();
  }

  async #run(first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first;
    let wait = RECONNECT_FIRST_MILLISECONDS;
    while (!this.#stop.signal.aborted) {
      try {
        if (client === undefined) {
          client = await this.#deps.connect();
          await this.#listen(client);
          this.#deps.log.info('the change feed is connected again');
        }
        wait = RECONNECT_FIRST_MILLISECONDS;
        await this.#serve(client);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.#deps.log.warn({ err: error }, 'the change feed lost its connection');
        await pause(wait, this.#stop.signal);
        wait = Math.min(wait * 2, RECONNECT_MAX_MILLISECONDS);
      } finally {
        await client?.end().catch(() => undefined);
        client = undefined;
      }
    }
  }

  async #listen(client: pg.Client): Promise<void> {
    client.on('notification', ({ payload }) => {
      const entry = readNotification(payload);
      // Below the horizon it was read by a catch-up that overtook the notification.
      if (entry !== undefined && entry.transaction >= (this.#horizon ?? 0n)) this.#deliver([entry]);
    });
    await client.query(`set role ${SYSTEM_ROLE}; listen ${CHANNEL}`);
    const { rows } = await client.query<{ xmin: string; server: string }>(
      `select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
         concat_ws('/', pg_postmaster_start_time(), (select oid from pg_database where datname = current_database())) as server`,
    );
    const { xmin = '0', server = '' } = rows[0] ?? {};
    const before = this.#server;
    this.#server = server;
    if (before === server) return;
    this.#horizon = BigInt(xmin);
    // Another server may have lost what was heard already, and may use the same transaction numbers for something else.
    if (before === undefined) return;
    this.#delivered.clear();
    this.#loadAnew('the change feed found another database server, or the same one restarted');
  }

  #loadAnew(why: string): void {
    this.#deps.log.warn(`${why}: everything is loaded anew`);
    this.#subscribers.resync();
  }

  /** Catches up when connected, when asked and every so often, until the connection breaks (throws) or the feed is closed. */
  async #serve(client: pg.Client): Promise<void> {
    const broken = new Promise<never>((_, reject) => {
      client.once('error', reject);
      client.once('end', () => reject(storeErrors.database_unavailable()));
    });
    broken.catch(() => undefined);
    while (!this.#stop.signal.aborted) {
      const waiting = this.#waiting;
      this.#waiting = [];
      const beganAt = performance.now();
      try {
        await this.#catchUp(client);
      } catch (error) {
        this.#waiting.unshift(...waiting);
        throw error;
      }
      void this.#settle(beganAt);
      if (waiting.length > 0) void this.#release(waiting);
      if (this.#waiting.length === 0 && !this.#stop.signal.aborted) await Promise.race([broken, this.#asked()]);
    }
  }

  /** One at a time: while a listener is stuck, the first one waits for it, and no others pile up behind. */
  async #settle(beganAt: number): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    await this.#subscribers.idle();
    this.#settling = false;
    this.#completeAt = beganAt;
  }

  async #release(waiting: PromiseWithResolvers<void>[]): Promise<void> {
    await this.#subscribers.idle();
    for (const { resolve } of waiting) resolve();
  }

  async #asked(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, this.#deps.pollMilliseconds ?? POLL_MILLISECONDS);
    timer.unref();
    await promise;
    clearTimeout(timer);
  }

  /**
   * Reads everything from transactions that could have been unseen before. The order matters: first the snapshot's xmin
   * (it becomes the next horizon: every transaction below it is over, so the rows read after it include all of theirs),
   * then the rows, and last how far the feed was pruned, so that a row pruned before it was read does not go unnoticed.
   */
  async #catchUp(client: pg.Client): Promise<void> {
    const horizon = this.#horizon ?? 0n;
    const results = (await client.query(
      `select pg_snapshot_xmin(pg_current_snapshot())::text as xmin;
       select sequence::text, tenant_id, topic, id, operation, transaction::text from changes
         where transaction >= '${horizon}' order by transaction limit ${CATCH_UP_MAX + 1};
       select through::text from changes_pruned`,
    )) as unknown as [{ rows: { xmin: string }[] }, { rows: FeedRow[] }, { rows: { through: string }[] }];
    const [snapshot, changes, pruned] = results;
    const next = BigInt(snapshot.rows[0]?.xmin ?? 0);
    const tooFar = changes.rows.length > CATCH_UP_MAX || BigInt(pruned.rows[0]?.through ?? 0) >= horizon;
    this.#horizon = next;
    if (tooFar) this.#loadAnew('the change feed fell too far behind');
    // Within one server it never does: below the old horizon, new changes would be taken for heard ones.
    else if (next < horizon) this.#loadAnew('the transaction numbers of the database went back');
    else {
      const entries = changes.rows.map(toEntry);
      this.#deliver(entries.sort((a, b) => (a.change.sequence < b.change.sequence ? -1 : 1)));
    }
    for (const [sequence, transaction] of this.#delivered) if (transaction < next) this.#delivered.delete(sequence);
  }

  #deliver(entries: FeedEntry[]): void {
    const fresh = entries.filter(({ change }) => !this.#delivered.has(change.sequence));
    for (const { change, transaction } of fresh) this.#delivered.set(change.sequence, transaction);
    if (fresh.length > 0) this.#subscribers.deliver(fresh.map(({ change }) => change));
  }
}
