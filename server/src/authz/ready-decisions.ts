import type { Decision } from '#base';
import type { CompiledPolicy } from './cedar/compile-policy.ts';
import { SUMMARIES } from './decision-summary.ts';

/**
 * The decisions that come out again and again, made with the set: what one policy permits, and what none does. Decisions
 * are immutable, so they are given to whoever asks, and deciding allocates nothing for them.
 */
export interface ReadyDecisions {
  /** By the place of the policy that permits. */
  readonly permittedBy: readonly Decision[];
  readonly unpermitted: Decision;
}

const NONE: readonly never[] = Object.freeze([]);

export function makeReadyDecisions(policies: readonly CompiledPolicy[], policyVersion: number): ReadyDecisions {
  const permittedBy = policies.map(({ names, obligation }): Decision => {
    const allowed: Decision = {
      allowed: true,
      reason: 'allowed',
      summary: SUMMARIES.allowed,
      policies: names,
      errors: NONE,
      policyVersion,
    };
    return Object.freeze(obligation === undefined ? allowed : { ...allowed, obligations: Object.freeze([obligation]) });
  });
  const unpermitted: Decision = {
    allowed: false,
    reason: 'no_policy_permits',
    summary: SUMMARIES.no_policy_permits,
    policies: NONE,
    errors: NONE,
    policyVersion,
  };
  return { permittedBy, unpermitted: Object.freeze(unpermitted) };
}
