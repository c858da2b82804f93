/** The feed brings a new key within some milliseconds; whoever was not heard of by then is made up, or long gone. */
const WAIT_MILLISECONDS = 100;
/** Requests kept waiting at a time. A flood takes these places, and then everybody is told at once, as if there were none. */
const WAITING_MAX = 100;
/** Hashes, of 43 characters, that were waited for in vain. */
const MISSED_MAX = 10_000;

export interface LateKeysLimits {
  waitMilliseconds?: number;
  waitingMax?: number;
  missedMax?: number;
}

/**
 * Keys, by hash, that nobody has heard of yet: one that was made at another process a moment ago is on its way here. Nothing
 * is asked of anybody while they are waited for: the change feed brings a key, or it does not.
 * See docs/adr/0050-keys-that-were-just-made.md.
 */
export class LateKeys {
  /** How many wait for each, and what tells them. */
  readonly #waiting = new Map<string, { requests: number; heard: PromiseWithResolvers<void>; timer: NodeJS.Timeout }>();
  readonly #missed = new Set<string>();
  readonly #limits: Required<LateKeysLimits>;
  #requests = 0;

  constructor({ waitMilliseconds, waitingMax, missedMax }: LateKeysLimits = {}) {
    this.#limits = {
      waitMilliseconds: waitMilliseconds ?? WAIT_MILLISECONDS,
      waitingMax: waitingMax ?? WAITING_MAX,
      missedMax: missedMax ?? MISSED_MAX,
    };
  }

  /** All places are taken. Asked first, so that a flood costs no hash. */
  get isFull(): boolean {
    return this.#requests >= this.#limits.waitingMax;
  }

  /** Resolves when the key was heard of, or the time is up. Undefined: it is not waited for, or not again. */
  wait(hash: string): Promise<void> | undefined {
    if (this.isFull || this.#missed.has(hash)) return undefined;
    let entry = this.#waiting.get(hash);
    if (entry === undefined) {
      const timer = setTimeout(() => this.#miss(hash), this.#limits.waitMilliseconds);
      entry = { requests: 0, heard: Promise.withResolvers<void>(), timer };
      this.#waiting.set(hash, entry);
    }
    entry.requests += 1;
    this.#requests += 1;
    return entry.heard.promise;
  }

  /** Something was heard of: whose keys are known now need wait no longer. */
  heard(isKnown: (hash: string) => boolean): void {
    for (const hash of this.#waiting.keys()) if (isKnown(hash)) this.#release(hash);
  }

  /** Nobody waits any more. */
  close(): void {
    for (const hash of this.#waiting.keys()) this.#release(hash);
  }

  #miss(hash: string): void {
    this.#release(hash);
    if (this.#missed.size >= this.#limits.missedMax)
      for (const oldest of this.#missed) if (this.#missed.delete(oldest)) break;
    this.#missed.add(hash);
  }

  #release(hash: string): void {
    const entry = this.#waiting.get(hash);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#waiting.delete(hash);
    this.#requests -= entry.requests;
    entry.heard.resolve();
  }
}
