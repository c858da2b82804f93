import type { QuotaPeriod } from './limit-spec.ts';
import { type BucketRule, takeToken, tokensLeft, untilFull, untilToken } from './token-bucket.ts';

/**
 * What one subject has used of one limit. `now` is monotonic milliseconds, so that setting the wall clock neither opens
 * nor closes a limit; `at` is the wall clock, for what goes by the calendar.
 */
export interface Meter {
  /** Requests that may come now. */
  left(now: number, at: number): number;
  /** Counts one. Only after `left` said that there is room. */
  take(now: number, at: number): void;
  /** Milliseconds until there is room for one. */
  untilOne(now: number, at: number): number;
  /** Milliseconds until nothing of what was used counts any more: then this meter holds nothing worth keeping. */
  untilIdle(now: number, at: number): number;
  /** What the limit says, whichever part of it is ours. */
  readonly requests: number;
  /** The limit says something else now, or another part of it is ours. What was used stays used. */
  fit(requests: number, share: number): void;
}

/** One at least: a limit of one must not become a limit of none. */
export function partOf(whole: number, share: number): number {
  return Math.max(1, Math.floor(whole * share));
}

export class BucketMeter implements Meter {
  fullAt = 0;
  readonly requests: number;
  #rule: BucketRule;
  readonly #ruleOf: (share: number) => BucketRule;

  constructor(requests: number, ruleOf: (share: number) => BucketRule, share: number) {
    this.requests = requests;
    this.#ruleOf = ruleOf;
    this.#rule = ruleOf(share);
  }

  /** A bucket with other numbers is another bucket. */
  fit(_requests: number, share: number): void {
    this.#rule = this.#ruleOf(share);
  }

  left(now: number): number {
    return tokensLeft(this.#rule, this, now);
  }

  take(now: number): void {
    takeToken(this.#rule, this, now);
  }

  untilOne(now: number): number {
    return untilToken(this.#rule, this, now);
  }

  untilIdle(now: number): number {
    return untilFull(this, now);
  }
}

/** Parts of a window that are counted by themselves. The window seems longer by one part, and never shorter. */
export const WINDOW_SLOTS = 16;

/**
 * Never more than `requests` in any window of that length. Requests are counted in sixteenths of it, and a sixteenth
 * that is partly outside still counts: room comes back up to a sixteenth late, and never early.
 */
export class WindowMeter implements Meter {
  requests: number;
  #most: number;
  readonly #slotMilliseconds: number;
  /** One more than the slots of a window: the present one, which has begun, and those that may still count. */
  readonly #counts = new Float64Array(WINDOW_SLOTS + 1);
  #slot = 0;
  #used = 0;

  constructor(requests: number, perSeconds: number, share: number) {
    this.requests = requests;
    this.#most = partOf(requests, share);
    this.#slotMilliseconds = (perSeconds * 1000) / WINDOW_SLOTS;
  }

  fit(requests: number, share: number): void {
    this.requests = requests;
    this.#most = partOf(requests, share);
  }

  left(now: number): number {
    this.#advance(now);
    return Math.max(0, this.#most - this.#used);
  }

  take(now: number): void {
    this.#advance(now);
    const place = this.#slot % this.#counts.length;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#used += 1;
  }

  untilOne(now: number): number {
    this.#advance(now);
    let over = this.#used - this.#most + 1;
    if (over <= 0) return 0;
    for (let slot = this.#slot - WINDOW_SLOTS; slot <= this.#slot; slot += 1) {
      over -= this.#counts[(slot + this.#counts.length) % this.#counts.length] ?? 0;
      if (over <= 0) return this.#leavesAt(slot) - now;
    }
    return this.#leavesAt(this.#slot) - now;
  }

  untilIdle(now: number): number {
    this.#advance(now);
    return this.#used === 0 ? 0 : this.#leavesAt(this.#slot) - now;
  }

  #leavesAt(slot: number): number {
    return (slot + WINDOW_SLOTS + 1) * this.#slotMilliseconds;
  }

  #advance(now: number): void {
    const slot = Math.floor(now / this.#slotMilliseconds);
    // A clock that tells no time moves nothing.
    if (!(slot > this.#slot)) return;
    const passed = Math.min(slot - this.#slot, this.#counts.length);
    for (let step = 1; step <= passed; step += 1) {
      const place = (slot - passed + step) % this.#counts.length;
      this.#used -= this.#counts[place] ?? 0;
      this.#counts[place] = 0;
    }
    this.#slot = slot;
  }
}

/**
 * A calendar day or month in UTC. What is used elsewhere is learned from whoever adds it up; of what was left then, a
 * process that is not alone may use its share until it learns more.
 */
export class QuotaMeter implements Meter {
  period = '';
  requests: number;
  readonly #per: QuotaPeriod;
  #begin = Number.NEGATIVE_INFINITY;
  #share: number;
  /** Used in all when it was last told, and here since. */
  #learned = 0;
  #since = 0;

  constructor(requests: number, per: QuotaPeriod, share: number) {
    this.requests = requests;
    this.#per = per;
    this.#share = share;
  }

  left(_now: number, at: number): number {
    this.#enter(at);
    return Math.max(0, Math.floor((this.requests - this.#learned) * this.#share) - this.#since);
  }

  take(_now: number, at: number): void {
    this.#enter(at);
    this.#since += 1;
  }

  untilOne(_now: number, at: number): number {
    return periodOf(this.#per, at).end - at;
  }

  untilIdle(_now: number, at: number): number {
    this.#enter(at);
    return this.#learned + this.#since === 0 ? 0 : periodOf(this.#per, at).end - at;
  }

  fit(requests: number, share: number): void {
    this.requests = requests;
    this.#share = share;
  }

  /** Used in the period of this instant, as far as is known here. */
  usedAt(at: number): number {
    return this.#enter(at) ? this.#learned + this.#since : 0;
  }

  /**
   * So much is used in all, with everything of ours, in the period of this instant: of one that is over it tells nothing of
   * the present one. A count never goes back: what is older than we know tells nothing either.
   */
  learn(used: number, at: number): void {
    if (periodOf(this.#per, at).begin < this.#begin || used < this.usedAt(at)) return;
    this.#learned = used;
    this.#since = 0;
  }

  /**
   * The period of this instant. A request that began before midnight may be counted after it, and a clock be set back a
   * little: neither begins the period before anew, nor the present one when it comes again.
   * @returns whether it is the one that is counted.
   */
  #enter(at: number): boolean {
    const { name, begin } = periodOf(this.#per, at);
    if (name === this.period) return true;
    if (begin < this.#begin && !(this.#begin - at > BACK_MILLISECONDS_MAX)) return false;
    this.period = name;
    this.#begin = begin;
    this.#learned = 0;
    this.#since = 0;
    return true;
  }
}

/** A clock that goes back further was wrong before. */
const BACK_MILLISECONDS_MAX = 3_600_000;

export interface CalendarPeriod {
  /** `2026-11-22` or `2026-11`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly begin: number;
  readonly end: number;
}

/** The same object while the period lasts: a request costs two comparisons. */
const CURRENT: Record<QuotaPeriod, CalendarPeriod> = {
  day: { name: '', begin: 0, end: 0 },
  month: { name: '', begin: 0, end: 0 },
};

export function periodOf(per: QuotaPeriod, at: number): CalendarPeriod {
  const known = CURRENT[per];
  if (at >= known.begin && at < known.end) return known;
  const date = new Date(Number.isFinite(at) ? at : 0);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const found =
    per === 'day'
      ? {
          begin: Date.UTC(year, month, day),
          end: Date.UTC(year, month, day + 1),
          name: date.toISOString().slice(0, 10),
        }
      : { begin: Date.UTC(year, month), end: Date.UTC(year, month + 1), name: date.toISOString().slice(0, 7) };
  CURRENT[per] = found;
  return found;
}

/** How many are under way. Whoever took one gives it back. */
export class ConcurrencyMeter implements Meter {
  underWay = 0;
  /** Those among them of which it is not known yet whether they may: elsewhere they may be refused. */
  asked = 0;
  requests: number;
  #most: number;

  constructor(requests: number, share: number) {
    this.requests = requests;
    this.#most = partOf(requests, share);
  }

  fit(requests: number, share: number): void {
    this.requests = requests;
    this.#most = partOf(requests, share);
  }

  left(): number {
    return Math.max(0, this.#most - this.underWay);
  }

  take(): void {
    this.underWay += 1;
  }

  release(): void {
    this.underWay = Math.max(0, this.underWay - 1);
  }

  /** Nobody knows when one of them ends: a second is what a caller is told to wait. */
  untilOne(): number {
    return 1000;
  }

  untilIdle(): number {
    return 0;
  }
}
