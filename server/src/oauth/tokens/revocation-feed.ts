import type { Revocation, RevocationKind } from './revocation-list.ts';

/** `api_key`: something about that key changed, so whoever remembers an answer about it asks again. */
export type FeedKind = RevocationKind | 'api_key';

export interface FeedEntry extends Omit<Revocation, 'kind'> {
  kind: FeedKind;
}

export interface FeedPage {
  /** What to go on from. Says nothing to anybody else: this process's name and how far it was read. */
  cursor: string;
  entries: FeedEntry[];
  /** There is more at once. */
  more: boolean;
}

/** At most so many go in one answer; the next one is a question away. */
const PAGE_ENTRIES_MAX = 5_000;
/** Questions that are held open. Beyond, an answer comes at once, and the asker paces itself. */
const WAITING_MAX = 5_000;
const COMPACT_ENTRIES_MIN = 1_000;

/**
 * Revocations in the order in which this process heard of them, for those who verify tokens elsewhere. As large as the list
 * of revocations itself. Whoever comes with another process's cursor, or none, is told everything that still matters.
 */
export class RevocationFeed {
  readonly #name: string;
  #log: { at: number; entry: FeedEntry }[] = [];
  #next = 1;
  #compactAt = COMPACT_ENTRIES_MIN;
  readonly #waiting = new Set<{ tenantId: string; wake: () => void }>();
  #closed = false;

  /** `name`: of this run of this process; no other has it. */
  constructor(name: string) {
    this.#name = name;
  }

  publish(entry: FeedEntry): void {
    this.#log.push({ at: this.#next, entry });
    this.#next += 1;
    for (const waiting of this.#waiting) if (waiting.tenantId === entry.tenantId) waiting.wake();
  }

  read(tenantId: string, cursor: string | undefined): FeedPage {
    const after = this.#position(cursor);
    const entries: FeedEntry[] = [];
    let index = this.#indexAfter(after);
    for (; index < this.#log.length && entries.length < PAGE_ENTRIES_MAX; index += 1) {
      const logged = this.#log[index];
      if (logged?.entry.tenantId === tenantId) entries.push(logged.entry);
    }
    const more = index < this.#log.length;
    const readTo = more ? (this.#log[index - 1]?.at ?? after) : this.#next - 1;
    return { cursor: `${this.#name}.${readTo}`, entries, more };
  }

  /** Resolves with the next revocation of this tenant, after so long, or when the process stops. */
  waitForMore(tenantId: string, milliseconds: number): Promise<void> {
    if (this.#closed || milliseconds <= 0 || this.#waiting.size >= WAITING_MAX) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      const waiting = { tenantId, wake };
      this.#waiting.add(waiting);
    });
  }

  /** Drops what concerns no token any more. Called now and then. */
  expire(now: number): void {
    if (this.#log.length < this.#compactAt) return;
    this.#log = this.#log.filter(({ entry }) => entry.expiresAt > now);
    this.#compactAt = Math.max(COMPACT_ENTRIES_MIN, this.#log.length * 2);
  }

  /** Answers everybody who waits: a process that stops does not wait for them. */
  close(): void {
    this.#closed = true;
    for (const { wake } of this.#waiting) wake();
  }

  #position(cursor: string | undefined): number {
    const [name, position = ''] = cursor?.split('.') ?? [];
    const read = /^\d{1,15}$/.test(position) ? Number(position) : 0;
    // One from the future is of another run, whatever it calls itself.
    return name === this.#name && read < this.#next ? read : 0;
  }

  /** The log is sorted by `at`. */
  #indexAfter(position: number): number {
    let [low, high] = [0, this.#log.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#log[middle]?.at ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
