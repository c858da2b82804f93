import { Breaker, type BreakerState } from './breaker.ts';
import { chooseEjected, chooseTarget } from './choose-target.ts';
import { RetryBudget } from './retry-budget.ts';
import { TargetState } from './target-state.ts';
import type { UpstreamSpec } from './upstream-spec.ts';

export type Unavailable = 'upstream_saturated' | 'upstream_unavailable';

/** How an attempt ended: `unknown` when the caller went away, which tells nothing of the target. */
export type AttemptEnd = 'succeeded' | 'failed' | 'unknown';

/** Where a request has been. */
export interface Tried {
  tried: ReadonlySet<TargetState>;
  /** Not to be asked again at all. */
  barred?: ReadonlySet<TargetState> | undefined;
}

/** Another try of a request: where, and in how many milliseconds. */
export interface Retried {
  target: TargetState;
  afterMilliseconds: number;
}

/** Milliseconds before the second retry and later ones; the first goes elsewhere at once. */
const BACK_OFF_MILLISECONDS = 25;
const BACK_OFF_MILLISECONDS_MAX = 250;

/** The targets of one upstream, and what has become of them. Lives as long as the upstream is configured. */
export class UpstreamGroup {
  readonly tenantId: string;
  readonly name: string;
  readonly breaker = new Breaker();
  targets: readonly TargetState[] = [];
  inFlight = 0;
  retries = 0;
  refused = 0;
  #spec: UpstreamSpec;
  #turn = 0;
  readonly #budget = new RetryBudget();
  readonly #random: () => number;

  constructor(tenantId: string, name: string, spec: UpstreamSpec, random: () => number) {
    this.tenantId = tenantId;
    this.name = name;
    this.#random = random;
    this.#spec = spec;
    this.configure(spec);
  }

  get spec(): UpstreamSpec {
    return this.#spec;
  }

  /** What is known of a target that stays is kept. */
  configure(spec: UpstreamSpec): void {
    this.#spec = spec;
    const before = new Map(this.targets.map((target) => [target.url, target]));
    const http2 = spec.protocol === 'grpc';
    this.targets = spec.targets.map(({ url, weight }) => {
      const known = before.get(url);
      const isSame = (known?.target.http2 === true) === http2;
      const target = known !== undefined && isSame ? known : new TargetState(url, weight, http2);
      target.weight = weight;
      if (spec.health === undefined) target.healthy = true;
      return target;
    });
  }

  /**
   * The target of a new request, which counts as under way there until {@link end}.
   * @param hash of the value by which it belongs to one of them, if it does.
   */
  begin(now: number, hash?: number): TargetState | Unavailable {
    const { breaker, retries } = this.#spec;
    if (this.inFlight >= breaker.inFlightMax) {
      this.refused += 1;
      return 'upstream_saturated';
    }
    const target = this.breaker.mayTry(now) ? this.#choose(now, undefined, hash) : undefined;
    if (target === undefined) {
      this.refused += 1;
      return 'upstream_unavailable';
    }
    this.#budget.earn(retries.budget);
    this.breaker.begin(now);
    this.#take(target, now);
    return target;
  }

  /**
   * Another try of a request whose attempts failed, the last of which has been judged.
   * @returns its target and when to begin, or nothing: it has been tried often enough, or too much is tried again.
   */
  retry({ tried, barred }: Tried, retried: number, now: number, hash?: number): Retried | undefined {
    if (retried >= this.#spec.retries.most || !this.breaker.mayTry(now)) return undefined;
    const target = this.#choose(now, tried, hash, barred);
    if (target === undefined || !this.#budget.spend()) return undefined;
    this.retries += 1;
    this.breaker.begin(now);
    this.#take(target, now);
    const step = tried.has(target) ? retried + 1 : retried;
    const most = Math.min(BACK_OFF_MILLISECONDS_MAX, BACK_OFF_MILLISECONDS * 2 ** (step - 1));
    // Not all at the same instant: half of it is chance.
    return { target, afterMilliseconds: step === 0 ? 0 : most / 2 + (most / 2) * this.#random() };
  }

  end(target: TargetState, how: AttemptEnd, now: number): void {
    this.leave(target);
    this.judge(target, how, now);
  }

  /** An attempt is no longer under way there. */
  leave(target: TargetState): void {
    this.inFlight -= 1;
    target.inFlight -= 1;
  }

  /** What an attempt tells of its target, once it is known. */
  judge(target: TargetState, how: AttemptEnd, now: number): void {
    if (how === 'unknown') {
      target.breaker.unknown();
      this.breaker.unknown();
      return;
    }
    if (how === 'succeeded') {
      if (target.breaker.succeeded()) target.recoveredAt = now;
      this.breaker.succeeded();
      return;
    }
    const { ejection, breaker } = this.#spec;
    target.failed += 1;
    if (target.breaker.failed(now, ejection, this.#mayEject(target, now))) target.ejections += 1;
    this.breaker.failed(now, breaker);
  }

  state(now: number): BreakerState {
    return this.breaker.state(now);
  }

  #choose(
    now: number,
    except: ReadonlySet<TargetState> | undefined,
    hash: number | undefined,
    barred?: ReadonlySet<TargetState>,
  ): TargetState | undefined {
    const { balance, ejection, slowStartSeconds = 0 } = this.#spec;
    this.#turn = (this.#turn + 1) % this.targets.length;
    const choice = { targets: this.targets, now, slowStartSeconds, except, barred, turn: this.#turn, hash };
    const chosen = chooseTarget(balance, choice);
    if (chosen !== undefined || ejection.shareMax >= 1) return chosen;
    // The others were taken out of the configuration, or are no longer well, after one had been ejected.
    return chooseEjected(balance, choice);
  }

  #take(target: TargetState, now: number): void {
    this.inFlight += 1;
    target.inFlight += 1;
    target.requests += 1;
    target.breaker.begin(now);
  }

  /** Failures that all targets share are not a target's own: some always stay. */
  #mayEject(target: TargetState, now: number): boolean {
    const out = this.targets.filter(
      (other) => other !== target && (!other.healthy || other.breaker.state(now) !== 'closed'),
    );
    return out.length + 1 <= this.targets.length * this.#spec.ejection.shareMax;
  }
}
