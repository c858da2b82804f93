import type { ExchangeOutcome, UpstreamFailure, UpstreamTarget } from '../exchange.ts';
import type { FailedTry } from '../tracing/tracing.ts';
import type { TargetState } from './target-state.ts';
import type { AttemptEnd, UpstreamGroup } from './upstream-group.ts';

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
  #tried: Set<TargetState> | undefined;
  #retried = 0;
  #trail = '';
  /** Those that failed, for whoever traces. */
  readonly failures: FailedTry[] = [];
  #since = performance.now();
  readonly #origins: readonly string[] | undefined;

  /** @param origins to which alone the request may go, where it carries something that is for nobody else. */
  constructor(group: UpstreamGroup, target: TargetState, origins?: readonly string[]) {
    this.#group = group;
    this.#target = target;
    this.#origins = origins;
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
    const failed = this.#target;
    this.#trail += `${failed.target.origin} (${failure})`;
    this.failures.push({ origin: failed.target.origin, failure, from: this.#since, until: now });
    this.#underWay = false;
    this.#group.end(failed, failure === 'saturated' ? 'unknown' : 'failed', now);
    this.#tried ??= new Set();
    this.#tried.add(failed);
    const next = this.#group.retry(this.#tried, this.#retried, now);
    if (next === undefined) return undefined;
    if (this.#origins?.includes(next.target.target.origin) === false) {
      this.#group.end(next.target, 'unknown', now);
      return undefined;
    }
    this.#trail += ' → ';
    this.#retried += 1;
    this.#target = next.target;
    this.#underWay = true;
    this.#since = now + next.afterMilliseconds;
    return next.afterMilliseconds;
  }

  end({ status, aborted, upstreamFailure }: AttemptOutcome, now: number): void {
    if (!this.#underWay) return;
    this.#underWay = false;
    this.#group.end(this.#target, verdictOn({ status, aborted, upstreamFailure }), now);
  }

  /** Every target that was tried, and how it failed, for the record: `http://a:1 (connect) → http://b:1`. */
  get trail(): string {
    return this.#underWay || this.#trail === '' || this.#trail.endsWith(' → ')
      ? this.#trail + this.#target.target.origin
      : this.#trail;
  }
}
