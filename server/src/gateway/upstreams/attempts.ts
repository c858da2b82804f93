import type { ExchangeOutcome, UpstreamFailure, UpstreamTarget } from '../exchange.ts';
import type { FailedTry } from '../tracing/tracing.ts';
import type { TargetState } from './target-state.ts';
import type { AttemptEnd, Retried, UpstreamGroup } from './upstream-group.ts';

/** Statuses by which a server, or a proxy before it, says that it is not well. Others are answers. */
const UNWELL = new Set([502, 503, 504]);

/** Of how an exchange ended, what tells of its target. */
interface AttemptOutcome extends Pick<ExchangeOutcome, 'status' | 'aborted'> {
  upstreamFailure?: UpstreamFailure | undefined;
}

function verdictOn({ status, aborted, upstreamFailure }: AttemptOutcome): AttemptEnd {
  if (upstreamFailure === 'saturated') return 'unknown';
  if (upstreamFailure !== undefined || UNWELL.has(status)) return 'failed';
  return aborted ? 'unknown' : 'succeeded';
}

/** The tries of one request at the targets of its upstream. Each one is ended once, however the exchange ends. */
export class Attempts {
  readonly #group: UpstreamGroup;
  #target: TargetState;
  #underWay = true;
  /** Its target was told how it went, though it is still under way. */
  #judged = false;
  #tried: Set<TargetState> | undefined;
  /** They have said to come back later, which is later than this request. */
  #barred: Set<TargetState> | undefined;
  #retried = 0;
  #trail = '';
  /** Those that failed, for whoever traces. */
  readonly failures: FailedTry[] = [];
  #since = performance.now();
  readonly #origins: readonly string[] | undefined;
  readonly #hash: number | undefined;

  /**
   * @param origins to which alone the request may go, where it carries something that is for nobody else.
   * @param hash of the value by which it belongs to a target.
   */
  constructor(group: UpstreamGroup, target: TargetState, origins?: readonly string[], hash?: number) {
    this.#group = group;
    this.#target = target;
    this.#origins = origins;
    this.#hash = hash;
    if (this.mayGoThere) return;
    this.#underWay = false;
    group.end(target, 'unknown', performance.now());
  }

  /** The targets of a group may change between the making of a request and each of its tries. */
  get mayGoThere(): boolean {
    return this.#origins?.includes(this.#target.target.origin) !== false;
  }

  get target(): UpstreamTarget {
    return this.#target.target;
  }

  /** @returns milliseconds until the next try, at {@link target}; nothing when there is none. */
  retry(failure: UpstreamFailure, now: number): number | undefined {
    this.#underWay = false;
    this.#group.end(this.#target, failure === 'saturated' ? 'unknown' : 'failed', now);
    this.#note(failure, now);
    const next = this.#next(now);
    return next && this.#goOn(next, now);
  }

  /**
   * The same for an answer of which the caller has nothing yet, where its status asks for another try. Without one it is
   * the caller's, and stays under way. Either way its target hears of it now: what is chosen next hangs on that.
   * @param waits the answer says to come back later (`Retry-After`): another target is asked, and this one not again.
   */
  retryAnswered(status: number, now: number, waits = false): number | undefined {
    if (this.#group.spec.retries.statuses?.some((each) => each === status) !== true) return undefined;
    this.#group.judge(this.#target, 'failed', now);
    this.#judged = true;
    if (waits) {
      this.#barred ??= new Set();
      this.#barred.add(this.#target);
    }
    const next = this.#next(now);
    if (next === undefined) return undefined;
    this.#group.leave(this.#target);
    this.#judged = false;
    this.#note(String(status), now);
    return this.#goOn(next, now);
  }

  #note(failure: string, now: number): void {
    const { origin } = this.#target.target;
    this.#trail += `${origin} (${failure})`;
    this.failures.push({ origin, failure, from: this.#since, until: now });
  }

  #next(now: number): Retried | undefined {
    this.#tried ??= new Set();
    this.#tried.add(this.#target);
    const next = this.#group.retry({ tried: this.#tried, barred: this.#barred }, this.#retried, now, this.#hash);
    if (next === undefined || this.#origins?.includes(next.target.target.origin) !== false) return next;
    this.#group.end(next.target, 'unknown', now);
    return undefined;
  }

  #goOn({ target, afterMilliseconds }: Retried, now: number): number {
    this.#trail += ' → ';
    this.#retried += 1;
    this.#target = target;
    this.#underWay = true;
    this.#since = now + afterMilliseconds;
    return afterMilliseconds;
  }

  end({ status, aborted, upstreamFailure }: AttemptOutcome, now: number): void {
    if (!this.#underWay) return;
    this.#underWay = false;
    if (this.#judged) this.#group.leave(this.#target);
    else this.#group.end(this.#target, verdictOn({ status, aborted, upstreamFailure }), now);
  }

  /** Every target that was tried, and how it failed, for the record: `http://a:1 (connect) → http://b:1`. */
  get trail(): string {
    return this.#underWay || this.#trail === '' || this.#trail.endsWith(' → ')
      ? this.#trail + this.#target.target.origin
      : this.#trail;
  }
}
