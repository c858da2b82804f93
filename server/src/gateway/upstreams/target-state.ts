import type { UpstreamTarget } from '../exchange.ts';
import { upstreamTarget } from '../upstream-target.ts';
import { Breaker } from './breaker.ts';
import { hashOfText } from './rendezvous.ts';

/** What is known of one target. Kept when the configuration changes around it. */
export class TargetState {
  readonly url: string;
  readonly target: UpstreamTarget;
  /** Of its URL, by which values find it again wherever it stands among the others. */
  readonly hash: number;
  readonly breaker = new Breaker();
  weight: number;
  /** For weighted turns: how long it has been waiting for its own. */
  credit = 0;
  inFlight = 0;
  requests = 0;
  failed = 0;
  ejections = 0;
  /** What active checks say; well until they say otherwise. */
  healthy = true;
  /** Checks in a row that said the other thing. */
  checksAgainst = 0;
  lastProblem = '';
  /** Monotonic; when it came back. */
  recoveredAt = Number.NEGATIVE_INFINITY;

  constructor(url: string, weight: number, http2 = false) {
    this.url = url;
    this.weight = weight;
    this.hash = hashOfText(url);
    this.target = upstreamTarget(url, http2);
  }

  mayTry(now: number): boolean {
    return this.healthy && this.breaker.mayTry(now);
  }

  /** Its weight, or less of it while it warms up. */
  weightAt(now: number, slowStartSeconds: number): number {
    if (slowStartSeconds === 0) return this.weight;
    const part = (now - this.recoveredAt) / (slowStartSeconds * 1000);
    return part >= 1 ? this.weight : this.weight * Math.max(0.1, part);
  }

  /** An active check has answered. `problem` is empty when it was well. */
  checked(problem: string, now: number, rule: { healthyAfter: number; unhealthyAfter: number }): boolean {
    this.lastProblem = problem;
    const well = problem === '';
    if (well === this.healthy) {
      this.checksAgainst = 0;
      return false;
    }
    this.checksAgainst += 1;
    if (this.checksAgainst < (well ? rule.healthyAfter : rule.unhealthyAfter)) return false;
    this.checksAgainst = 0;
    this.healthy = well;
    if (well) this.recoveredAt = now;
    return true;
  }
}
