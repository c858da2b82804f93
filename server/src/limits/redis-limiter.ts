import type { Logger } from '#base';
import { type Charge, type Limiter, type LimiterState, type LimitOutcome, outcomeOf } from './limit.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { ConcurrencyMeter, QuotaMeter } from './meters.ts';
import type { RedisLink } from './redis-link.ts';
import { HERE_I_AM, type KnownHere, LEASE_MILLISECONDS, redisKey, TAKE, TELL, takeArguments } from './redis-scripts.ts';

export interface SharedLimiterDeps {
  link: RedisLink;
  /** Unlike that of any other process. */
  processId: string;
  /** What to do with a request while Redis does not answer. */
  whenDown: 'share' | 'refuse';
  log: Logger;
  memory?: MemoryLimiter;
}

const HERE_MILLISECONDS = 2_000;
/** Three times without a word. */
const GONE_MILLISECONDS = 3 * HERE_MILLISECONDS;

/**
 * Limits shared by all processes through Redis or Valkey: each request is counted there, in one atomic step, so that
 * together they let no more through than one would. What is allowed is noted here as well, against this process's share
 * of the limit: when Redis does not answer, it goes on with that. See docs/adr/0030-limits-shared-through-redis.md.
 */
export class SharedLimiter implements Limiter {
  readonly #link: RedisLink;
  readonly #processId: string;
  readonly #whenDown: 'share' | 'refuse';
  readonly #memory: MemoryLimiter;
  readonly #timers: NodeJS.Timeout[];
  /** What is under way here, by key in Redis, to say so again before our word is no longer good. */
  readonly #told = new Map<string, Charge>();
  #processes = 1;
  #asked = 0;
  #alone = 0;

  constructor({ link, processId, whenDown, memory = new MemoryLimiter() }: SharedLimiterDeps) {
    this.#link = link;
    this.#processId = processId;
    this.#whenDown = whenDown;
    this.#memory = memory;
    this.#timers = [
      setInterval(() => void this.announce(), HERE_MILLISECONDS),
      setInterval(() => this.#repeat(), LEASE_MILLISECONDS / 3),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  take(charges: readonly [Charge, ...Charge[]], now: number, at: number): LimitOutcome | Promise<LimitOutcome> {
    if (!this.#link.usable) return this.#withoutRedis(charges, now, at);
    const keys: string[] = [];
    const args: (string | number)[] = [this.#processId];
    for (const charge of charges) {
      const meter = this.#memory.meterOf(charge, now, at);
      const known: KnownHere = { used: 0, underWay: 0, asked: 0 };
      const key = redisKey(charge, at);
      if (meter instanceof QuotaMeter) known.used = meter.usedAt(at);
      if (meter instanceof ConcurrencyMeter) {
        known.underWay = meter.underWay - meter.asked;
        known.asked = meter.asked;
        // Counted before it is answered: what is told meanwhile must not take it back.
        meter.take();
        meter.asked += 1;
        this.#told.set(key, charge);
      }
      keys.push(key);
      args.push(...takeArguments(charge, known, at));
    }
    this.#asked += 1;
    return this.#link.run(TAKE, keys, args).then(
      (answer) => {
        this.#answered(charges);
        return this.#judge(charges, answer, now, at);
      },
      () => {
        this.#answered(charges);
        this.#memory.release(charges);
        return this.#withoutRedis(charges, now, at);
      },
    );
  }

  release(charges: readonly Charge[]): void {
    this.#memory.release(charges);
    for (const charge of charges) {
      if (charge.limit.form === 'concurrency') this.#tell(redisKey(charge, 0), charge, 1);
    }
  }

  /** Says that this process is here, and learns how many there are: its share is one part of so many. */
  async announce(): Promise<void> {
    if (!this.#link.usable) return;
    const args = [this.#processId, GONE_MILLISECONDS];
    const count = await this.#link.run(HERE_I_AM, ['gatehouse:processes'], args).catch(() => undefined);
    if (typeof count !== 'number' || count < 1) return;
    this.#processes = count;
    this.#memory.setShare(1 / count);
  }

  state(): LimiterState {
    const { usable, late } = this.#link;
    return { shared: usable, processes: this.#processes, asked: this.#asked, alone: this.#alone, late };
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#link.close();
  }

  #answered(charges: readonly Charge[]): void {
    for (const charge of charges) {
      const meter = charge.limit.form === 'concurrency' ? this.#memory.underWayOf(charge) : undefined;
      if (meter !== undefined) meter.asked -= 1;
    }
  }

  #judge(charges: readonly [Charge, ...Charge[]], answer: unknown, now: number, at: number): LimitOutcome {
    const [allowed, place, left = 0, wait = 0, ...used] = numbers(answer);
    // Whoever is told no must not be counted, whatever an answer says that is none of ours.
    const passes = allowed === 1 && left >= 1;
    const { limit } = charges[place ?? 0] ?? charges[0];
    for (const charge of charges) {
      if (charge.limit.form !== 'quota') continue;
      const meter = this.#memory.meterOf(charge, now, at);
      const count = used.shift() ?? 0;
      if (meter instanceof QuotaMeter) meter.learn(count, at);
    }
    if (passes) {
      this.#memory.note(charges, now, at);
      this.#memory.keep(charges, at);
    } else {
      this.#memory.release(charges);
    }
    return outcomeOf(limit, passes ? left : 0, wait, wait);
  }

  #withoutRedis(charges: readonly [Charge, ...Charge[]], now: number, at: number): LimitOutcome {
    this.#alone += 1;
    if (this.#whenDown === 'share') {
      // What begins now may last until Redis answers again, and then counts there as well.
      for (const charge of charges) {
        if (charge.limit.form === 'concurrency') this.#told.set(redisKey(charge, 0), charge);
      }
      return this.#memory.take(charges, now, at);
    }
    return { allowed: false, limit: charges[0].limit, remaining: 0, resetSeconds: 1, unavailable: true };
  }

  #repeat(): void {
    for (const [key, charge] of this.#told) this.#tell(key, charge, 0);
  }

  /** One at a time: keys of two tenants may be in two places. Nobody waits, and the next word heals a lost one. */
  #tell(key: string, charge: Charge, ended: number): void {
    const { underWay = 0, asked = 0 } = this.#memory.underWayOf(charge) ?? {};
    if (underWay === 0) this.#told.delete(key);
    if (!this.#link.usable) return;
    const args = [this.#processId, LEASE_MILLISECONDS, underWay - asked, asked, ended];
    this.#link.run(TELL, [key], args).catch(() => undefined);
  }
}

function numbers(answer: unknown): number[] {
  return Array.isArray(answer) ? answer.map(Number) : [];
}
