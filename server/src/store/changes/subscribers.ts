import type { Logger } from '#base';
import { pause } from '../pause.ts';
import type { Change } from './change.ts';

type Listener = (changes: Change[]) => void | Promise<void>;

interface Subscriber {
  topics: ReadonlySet<string> | '*';
  listener: Listener;
  /** What the listener is busy with, and what has come meanwhile. */
  running: Batch | undefined;
  waiting: Batch | undefined;
}

interface Batch {
  changes: Change[];
  taken: PromiseWithResolvers<void>;
}

const RETRY_FIRST_MILLISECONDS = 50;
const RETRY_MAX_MILLISECONDS = 2_000;

/** Hands changes to listeners: at once, in order, one batch at a time each, so that a slow one delays only itself. */
export class Subscribers {
  readonly #log: Logger;
  readonly #closed: AbortSignal;
  readonly #subscribers = new Set<Subscriber>();
  readonly #resyncListeners = new Set<() => void | Promise<void>>();
  readonly #resyncing = new Set<Promise<void>>();

  constructor(log: Logger, closed: AbortSignal) {
    this.#log = log;
    this.#closed = closed;
  }

  add(topics: readonly string[] | '*', listener: Listener): () => void {
    const wanted = topics === '*' ? topics : new Set(topics);
    const subscriber: Subscriber = { topics: wanted, listener, running: undefined, waiting: undefined };
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
      subscriber.waiting?.taken.resolve();
      subscriber.waiting = undefined;
    };
  }

  onResync(listener: () => void | Promise<void>): () => void {
    this.#resyncListeners.add(listener);
    return () => this.#resyncListeners.delete(listener);
  }

  deliver(changes: Change[]): void {
    for (const subscriber of this.#subscribers) {
      const { topics } = subscriber;
      const wanted = topics === '*' ? changes : changes.filter(({ topic }) => topics.has(topic));
      if (wanted.length === 0) continue;
      subscriber.waiting ??= { changes: [], taken: Promise.withResolvers() };
      for (const change of wanted) subscriber.waiting.changes.push(change);
      // The first batch is handed over before this returns: a revocation acts in the very tick it is heard of.
      if (subscriber.running === undefined) void this.#drain(subscriber);
    }
  }

  resync(): void {
    for (const listener of this.#resyncListeners) {
      const running = this.#reload(listener);
      this.#resyncing.add(running);
      void running.finally(() => this.#resyncing.delete(running));
    }
  }

  /** Resolves when everything handed over so far has been taken in; what comes meanwhile is not waited for. */
  async idle(): Promise<void> {
    await Promise.all([...this.#subscribers].map(({ running, waiting }) => (waiting ?? running)?.taken.promise));
    await Promise.all(this.#resyncing);
  }

  async #drain(subscriber: Subscriber): Promise<void> {
    // `running` is cleared in the same turn in which nothing is found waiting: what comes in any later turn finds it so.
    while (subscriber.waiting !== undefined) {
      const batch = subscriber.waiting;
      subscriber.waiting = undefined;
      subscriber.running = batch;
      try {
        await subscriber.listener(batch.changes);
      } catch (error) {
        this.#log.error({ err: error }, 'a change listener failed: everything is loaded anew');
        this.resync();
      }
      batch.taken.resolve();
    }
    subscriber.running = undefined;
  }

  /** Until it succeeds: whoever could not load anew would go on with what was revoked meanwhile. */
  async #reload(listener: () => void | Promise<void>): Promise<void> {
    let wait = RETRY_FIRST_MILLISECONDS;
    while (this.#resyncListeners.has(listener) && !this.#closed.aborted) {
      try {
        await listener();
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'a resync listener failed; it is called again');
        await pause(wait, this.#closed);
        wait = Math.min(wait * 2, RETRY_MAX_MILLISECONDS);
      }
    }
  }
}
