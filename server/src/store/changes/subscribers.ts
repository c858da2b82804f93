import type { Logger } from '#base';
import { pause } from '../pause.ts';
import type { Change } from './change.ts';

type Listener = (changes: Change[]) => void | Promise<void>;

interface Subscriber {
  topics: ReadonlySet<string> | '*';
  listener: Listener;
  queue: Change[];
  draining: Promise<void> | undefined;
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
    const subscriber: Subscriber = { topics: wanted, listener, queue: [], draining: undefined };
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
      subscriber.queue = [];
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
      subscriber.queue.push(...wanted);
      // The first batch is handed over before this returns: a revocation acts in the very tick it is heard of.
      subscriber.draining ??= this.#drain(subscriber).finally(() => {
        subscriber.draining = undefined;
      });
    }
  }

  resync(): void {
    for (const listener of this.#resyncListeners) {
      const running = this.#reload(listener);
      this.#resyncing.add(running);
      void running.finally(() => this.#resyncing.delete(running));
    }
  }

  /** Resolves when everything handed over so far has been taken in. */
  async idle(): Promise<void> {
    await Promise.all([...this.#subscribers].map(({ draining }) => draining));
    await Promise.all(this.#resyncing);
  }

  async #drain(subscriber: Subscriber): Promise<void> {
    while (subscriber.queue.length > 0) {
      const batch = subscriber.queue;
      subscriber.queue = [];
      try {
        await subscriber.listener(batch);
      } catch (error) {
        this.#log.error({ err: error }, 'a change listener failed: everything is loaded anew');
        this.resync();
      }
    }
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
