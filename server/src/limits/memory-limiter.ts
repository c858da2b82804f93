import { BySubject } from './by-subject.ts';
import { type Charge, type Limit, type Limiter, type LimitOutcome, outcomeOf } from './limit.ts';
import { ConcurrencyMeter, type Meter, QuotaMeter } from './meters.ts';
import type { QuotaLedger } from './quota-ledger.ts';

/** Meters kept at most. About 200 bytes each. */
export const METERS_MAX = 200_000;
/** Meters looked at, all over the place, to find the one that is given up for a new one. */
const LOOKED_AT = 16;
/** The golden section: steps of this part of the whole never fall into step with the order in which callers came. */
const STRIDE = 0.618_033_988_749_895;

/**
 * Counts in this process. A meter that is idle holds nothing worth keeping, so those are given up first; where there
 * is none, of a few the one that will be idle soonest. A flood of new callers can so drive out other new callers, and
 * never hand back a quota that is spent, which has longest to go. What is under way is counted apart, and never given up:
 * there are as many as there are requests.
 */
export class MemoryLimiter implements Limiter {
  #share = 1;
  /** Where quotas outlive this process, if anywhere. */
  ledger: Pick<QuotaLedger, 'known' | 'add'> | undefined = undefined;
  readonly #metersMax: number;
  readonly #meters = new BySubject<Meter>();
  readonly #underWay = new BySubject<ConcurrencyMeter>();
  /** The meters again by place, to look at some of them. */
  readonly #places: Kept[] = [];
  #hand = 0;

  constructor(metersMax = METERS_MAX) {
    this.#metersMax = Math.max(1, metersMax);
  }

  get size(): number {
    return this.#meters.size;
  }

  /** Subjects that have something under way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  take(charges: readonly [Charge, ...Charge[]], now: number, at: number): LimitOutcome {
    let { limit } = charges[0];
    let meter = this.meterOf(charges[0], now, at);
    let left = meter.left(now, at);
    if (charges.length === 1) {
      if (left >= 1) {
        meter.take(now, at);
        if (limit.form === 'quota') this.ledger?.add(charges[0], at);
      }
      return answer(limit, meter, left, now, at);
    }
    const meters = [meter];
    for (let index = 1; index < charges.length; index += 1) {
      const charge = charges[index];
      if (charge === undefined) break;
      const other = this.meterOf(charge, now, at);
      meters.push(other);
      const here = other.left(now, at);
      // Of two that refuse, the one that takes longer decides what the caller is told.
      if (here < left || (here === 0 && left === 0 && other.untilOne(now, at) > meter.untilOne(now, at))) {
        limit = charge.limit;
        meter = other;
        left = here;
      }
    }
    if (left >= 1) {
      for (const charged of meters) charged.take(now, at);
      this.keep(charges, at);
    } else {
      this.#dropIdle(charges);
    }
    return answer(limit, meter, left, now, at);
  }

  /**
   * Counts a request that was allowed together with others against this process's share, so that it knows what it has
   * used when it is alone. Never beyond the share: who had more than it while that was possible owes nothing.
   */
  note(charges: readonly Charge[], now: number, at: number): void {
    for (const charge of charges) {
      const { form } = charge.limit;
      if (form === 'quota' || form === 'concurrency') continue;
      const meter = this.meterOf(charge, now, at);
      if (meter.left(now, at) >= 1) meter.take(now, at);
    }
  }

  /** What was let through is added to the quotas that outlive this process. */
  keep(charges: readonly Charge[], at: number): void {
    if (this.ledger === undefined) return;
    for (const charge of charges) if (charge.limit.form === 'quota') this.ledger.add(charge, at);
  }

  /** So much of a quota is used by everybody together. */
  learn(charge: Charge, used: number, at: number): void {
    const meter = this.#meters.get(charge);
    if (meter instanceof QuotaMeter) meter.learn(used, at);
  }

  /** What is under way of this limit of requests under way. */
  underWayOf(charge: Charge): ConcurrencyMeter | undefined {
    return this.#underWay.get(charge);
  }

  release(charges: readonly Charge[]): void {
    for (const charge of charges) {
      if (charge.limit.form !== 'concurrency') continue;
      const meter = this.#underWay.get(charge);
      meter?.release();
      if (meter?.underWay === 0) this.#underWay.delete(charge);
    }
  }

  /** From now on this process may use only this part of each limit. */
  setShare(share: number): void {
    if (share === this.#share) return;
    this.#share = share;
    for (const meter of this.#meters.values()) meter.fit(meter.requests, share);
    for (const meter of this.#underWay.values()) meter.fit(meter.requests, share);
  }

  meterOf(charge: Charge, now: number, at: number): Meter {
    const { limit } = charge;
    if (limit.form === 'concurrency') {
      const known = this.#underWay.get(charge);
      if (known !== undefined) return this.#fitted(known, limit);
      const meter = limit.newMeter(this.#share);
      if (meter instanceof ConcurrencyMeter) this.#underWay.add(charge, meter);
      return meter;
    }
    const known = this.#meters.get(charge);
    if (known !== undefined) return this.#fitted(known, limit);
    const place = this.#places.length < this.#metersMax ? this.#places.length : this.#placeToGiveUp(now, at);
    const givenUp = this.#places[place];
    if (givenUp !== undefined) this.#meters.delete(givenUp.charge);
    const meter = limit.newMeter(this.#share);
    if (meter instanceof QuotaMeter) meter.learn(this.ledger?.known(charge, at) ?? 0, at);
    this.#meters.add(charge, meter);
    this.#places[place] = { charge, meter };
    return meter;
  }

  #fitted(meter: Meter, { requests }: Limit): Meter {
    if (meter.requests !== requests) meter.fit(requests, this.#share);
    return meter;
  }

  /** Who was refused elsewhere has nothing under way, and leaves nothing behind. */
  #dropIdle(charges: readonly Charge[]): void {
    for (const charge of charges) {
      if (charge.limit.form === 'concurrency' && this.#underWay.get(charge)?.underWay === 0)
        this.#underWay.delete(charge);
    }
  }

  #placeToGiveUp(now: number, at: number): number {
    let chosen = this.#hand;
    let soonest = Number.POSITIVE_INFINITY;
    for (let looked = 0; looked < LOOKED_AT && soonest > 0; looked += 1) {
      this.#hand = (this.#hand + Math.ceil(this.#metersMax * STRIDE)) % this.#metersMax;
      const idleIn = this.#places[this.#hand]?.meter.untilIdle(now, at);
      if (idleIn !== undefined && idleIn < soonest) {
        chosen = this.#hand;
        soonest = idleIn;
      }
    }
    return chosen;
  }
}

interface Kept {
  readonly charge: Charge;
  readonly meter: Meter;
}

function answer(limit: Limit, meter: Meter, left: number, now: number, at: number): LimitOutcome {
  return left >= 1
    ? outcomeOf(limit, left, 0, meter.untilIdle(now, at))
    : outcomeOf(limit, left, meter.untilOne(now, at), 0);
}
