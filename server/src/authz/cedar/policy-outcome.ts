import type { CompiledPolicy } from './compile-policy.ts';
import { EvaluationFailure } from './evaluation-failure.ts';

/** What the policies say to one request. Exactly Cedar's answer: a policy that fails is skipped, and reported. */
export interface PolicyOutcome {
  readonly permits: readonly CompiledPolicy[];
  readonly forbids: readonly CompiledPolicy[];
  readonly failures: readonly PolicyFailure[];
}

export interface PolicyFailure {
  readonly policy: CompiledPolicy;
  readonly message: string;
}

export const NO_POLICIES: readonly CompiledPolicy[] = Object.freeze([]);
export const NO_FAILURES: readonly PolicyFailure[] = Object.freeze([]);
export const NOTHING_SAID: PolicyOutcome = Object.freeze({
  permits: NO_POLICIES,
  forbids: NO_POLICIES,
  failures: NO_FAILURES,
});

/** The outcome where this policy is satisfied and no other was asked. */
export function saidBy(policy: CompiledPolicy): PolicyOutcome {
  const alone = Object.freeze([policy]);
  return Object.freeze(
    policy.effect === 'permit' ? { ...NOTHING_SAID, permits: alone } : { ...NOTHING_SAID, forbids: alone },
  );
}

/** A message may quote a value of the request, which may be long. */
const MESSAGE_LENGTH_MAX = 300;

/** Whatever is no failure of the policy is one of the engine, and is thrown on. */
export function failedBy(policy: CompiledPolicy, failure: unknown): PolicyFailure {
  if (!(failure instanceof EvaluationFailure)) throw failure;
  return { policy, message: failure.message.slice(0, MESSAGE_LENGTH_MAX) };
}
