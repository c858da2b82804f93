import type { DecisionRequest } from '#base';
import { decide } from '../decide.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import { toRequest } from '../explain/explain-logged.ts';
import type { TenantFacts } from '../facts/request-facts.ts';
import type { PolicySet } from '../policy-set.ts';

export interface ReplayReport {
  /** Decisions that were made again. */
  replayed: number;
  /** Not made again: something of what they were made from was not kept. */
  skipped: number;
  unchanged: number;
  gained: ReplayChange;
  lost: ReplayChange;
  /** Decided otherwise by the present policies already than when they were recorded. */
  outdated: number;
}

export interface ReplayChange {
  decisions: number;
  /** Different principals. */
  principals: number;
  samples: readonly ReplaySample[];
}

export interface ReplaySample {
  decisionId: string;
  at: number;
  principal: { type: string; id: string };
  action: string;
  resource: { type: string; id: string };
  /** By the present policies, and by the candidates. */
  before: { reason: string; policies: readonly string[] };
  after: { reason: string; policies: readonly string[] };
}

const SAMPLES_MAX = 20;
/** Between two turns of the event loop. */
const PORTION = 500;

/** What decisions are made by: policies, and the relationships that they see. */
export interface Rules {
  policies: PolicySet;
  facts: TenantFacts;
}

/**
 * Makes recorded decisions again, under the rules of now and under candidates for them: who would gain and who would lose
 * access by the candidates.
 */
export async function replayDecisions(
  { present, candidate }: { present: Rules; candidate: Rules },
  decisions: readonly LoggedDecision[],
): Promise<ReplayReport> {
  const gained = new Tally();
  const lost = new Tally();
  let [replayed, skipped, unchanged, outdated] = [0, 0, 0, 0];
  for (const [index, logged] of decisions.entries()) {
    if (index % PORTION === PORTION - 1) await new Promise(setImmediate);
    if (logged.incomplete) {
      skipped += 1;
      continue;
    }
    replayed += 1;
    const request = toRequest(logged);
    const before = decide(present.policies, request, present.facts);
    const after = decide(candidate.policies, request, candidate.facts);
    if (before.allowed !== logged.decision.allowed) outdated += 1;
    if (before.allowed === after.allowed) unchanged += 1;
    else (after.allowed ? gained : lost).add(sampleOf(logged, request, before, after));
  }
  return { replayed, skipped, unchanged, gained: gained.read(), lost: lost.read(), outdated };
}

class Tally {
  private decisions = 0;
  private readonly principals = new Set<string>();
  private readonly samples: ReplaySample[] = [];

  add(sample: ReplaySample): void {
    this.decisions += 1;
    const key = JSON.stringify([sample.principal.type, sample.principal.id]);
    // Different people tell more than the same one again.
    if (!this.principals.has(key) && this.samples.length < SAMPLES_MAX) this.samples.push(sample);
    this.principals.add(key);
  }

  read(): ReplayChange {
    return { decisions: this.decisions, principals: this.principals.size, samples: this.samples };
  }
}

function sampleOf(
  { decisionId, at }: LoggedDecision,
  { principal, action, resource }: DecisionRequest,
  before: ReturnType<typeof decide>,
  after: ReturnType<typeof decide>,
): ReplaySample {
  return {
    decisionId,
    at,
    principal: { type: principal.type, id: principal.id },
    action,
    resource: { type: resource.type, id: resource.id },
    before: { reason: before.reason, policies: before.policies },
    after: { reason: after.reason, policies: after.policies },
  };
}
