import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import type { Environment } from './environment.ts';
import { EvaluationFailure } from './evaluation-failure.ts';
import type { Statement } from './parse-policies.ts';
import { indexPolicies } from './policy-index.ts';

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

export interface CompiledPolicySet {
  readonly policies: readonly CompiledPolicy[];
  evaluate(environment: Environment): PolicyOutcome;
  /** Policies whose scope may match, for explanations. */
  candidates(environment: Environment): CompiledPolicy[];
}

/** @throws UnsupportedExpression */
export function compilePolicySet(statements: readonly { name: string; statement: Statement }[]): CompiledPolicySet {
  const policies = statements.map(({ name, statement }, place) => compilePolicy(name, place, statement));
  const index = indexPolicies(policies);
  // Evaluation is synchronous and runs no code from outside, so one list and one counter serve every call.
  const found: CompiledPolicy[] = [];
  let run = 0;
  return {
    policies,
    evaluate(environment) {
      run += 1;
      found.length = 0;
      index.collect(environment, found);
      const outcome: MutableOutcome = { permits: undefined, forbids: undefined, failures: undefined };
      for (const policy of found) {
        if (policy.lastRun === run) continue;
        policy.lastRun = run;
        applyPolicy(policy, environment, outcome);
      }
      const { permits = NO_POLICIES, forbids = NO_POLICIES, failures = NO_FAILURES } = outcome;
      // The index finds policies in its own order; outcomes are told in the order of the set.
      if (permits.length > 1) permits.sort(byPlace);
      if (forbids.length > 1) forbids.sort(byPlace);
      return { permits, forbids, failures };
    },
    candidates(environment) {
      const all: CompiledPolicy[] = [];
      index.collect(environment, all);
      return [...new Set(all)].sort(byPlace);
    },
  };
}

/** A message may quote a value of the request, which may be long. */
const MESSAGE_LENGTH_MAX = 300;

/** The lists are made when there is something to put in: most policies that run are not satisfied. */
interface MutableOutcome {
  permits: CompiledPolicy[] | undefined;
  forbids: CompiledPolicy[] | undefined;
  failures: PolicyFailure[] | undefined;
}

const NO_POLICIES: CompiledPolicy[] = [];
const NO_FAILURES: PolicyFailure[] = [];
Object.freeze(NO_POLICIES);
Object.freeze(NO_FAILURES);

function applyPolicy(policy: CompiledPolicy, environment: Environment, outcome: MutableOutcome): void {
  try {
    if (!policy.isSatisfied(environment)) return;
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure;
    outcome.failures ??= [];
    outcome.failures.push({ policy, message: failure.message.slice(0, MESSAGE_LENGTH_MAX) });
    return;
  }
  const { effect } = policy;
  if (effect === 'permit') {
    outcome.permits ??= [];
    outcome.permits.push(policy);
  } else {
    outcome.forbids ??= [];
    outcome.forbids.push(policy);
  }
}

function byPlace(left: CompiledPolicy, right: CompiledPolicy): number {
  return left.place - right.place;
}
