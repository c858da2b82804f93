import type { KeptSession } from './session-rows.ts';

interface Entry {
  /** 'none': there is no such session, and never will be. */
  kept: KeptSession | 'none';
  since: number;
  loadedAt: number;
}

const SESSIONS_MAX = 20_000;
/** Then it is read again, whatever was heard. */
const READ_AGAIN_MILLISECONDS = 5 * 60_000;

/**
 * Sessions as they were read last, by their name and the whole cookie. What changed since is looked for by id, so an entry that was read
 * before a change, or while it was made, counts no more.
 */
export class RecentSessions {
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  /** When each session changed, on the counter below and in milliseconds. */
  readonly #changes = new Map<string, { mark: number; at: number }>();
  #mark = 0;
  #clearedAt = 0;

  /** Asked before reading. */
  mark(): number {
    return this.#mark;
  }

  find(cookie: string, now: number): KeptSession | 'none' | undefined {
    const entry = this.#young.get(cookie) ?? this.#promote(cookie);
    if (entry === undefined || entry.since < this.#clearedAt || now - entry.loadedAt >= READ_AGAIN_MILLISECONDS) {
      return undefined;
    }
    if (entry.kept === 'none') return 'none';
    return (this.#changes.get(entry.kept.id)?.mark ?? 0) > entry.since ? undefined : entry.kept;
  }

  keep(cookie: string, kept: KeptSession | undefined, since: number, now: number): void {
    if (this.#young.size >= SESSIONS_MAX / 2 && !this.#young.has(cookie)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(cookie, { kept: kept ?? 'none', since, loadedAt: now });
  }

  changed(id: string, now: number): void {
    this.#mark += 1;
    // Put last again: they are in the order of their times.
    this.#changes.delete(id);
    this.#changes.set(id, { mark: this.#mark, at: now });
    for (const [known, { at }] of this.#changes) {
      // Whatever was read before is read again by now.
      if (now - at < 2 * READ_AGAIN_MILLISECONDS) break;
      this.#changes.delete(known);
    }
  }

  clear(): void {
    this.#mark += 1;
    this.#clearedAt = this.#mark;
  }

  #promote(cookie: string): Entry | undefined {
    const entry = this.#old.get(cookie);
    if (entry !== undefined) this.#young.set(cookie, entry);
    return entry;
  }
}
