import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import type { Environment } from './environment.ts';
import type { Statement } from './parse-policies.ts';
import { Found, indexPolicies } from './policy-index.ts';
import {
  failedBy,
  NO_FAILURES,
  NO_POLICIES,
  NOTHING_SAID,
  type PolicyFailure,
  type PolicyOutcome,
  saidBy,
} from './policy-outcome.ts';

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
  const alone = policies.map(saidBy);
  // Evaluation is synchronous and runs no code from outside, so one list and one counter serve every call.
  const found = new Found();
  let run = 0;

  /** Most requests meet one policy: what it says was put down beforehand, and nothing is allocated. */
  const evaluateOne = (policy: CompiledPolicy, environment: Environment): PolicyOutcome => {
    try {
      return policy.isSatisfiedWhenFound(environment) ? (alone[policy.place] ?? NOTHING_SAID) : NOTHING_SAID;
    } catch (failure) {
      return { ...NOTHING_SAID, failures: [failedBy(policy, failure)] };
    }
  };

  return {
    policies,
    evaluate(environment) {
      found.count = 0;
      index.collect(environment, found);
      const first = found.policies[0];
      if (found.count === 0 || first === undefined) return NOTHING_SAID;
      if (found.count === 1) return evaluateOne(first, environment);
      run += 1;
      const outcome: MutableOutcome = { permits: undefined, forbids: undefined, failures: undefined };
      for (let each = 0; each < found.count; each += 1) {
        const policy = found.policies[each];
        if (policy === undefined || policy.lastRun === run) continue;
        policy.lastRun = run;
        applyPolicy(policy, environment, outcome);
      }
      // The index finds policies in its own order; outcomes are told in the order of the set.
      outcome.permits?.sort(byPlace);
      outcome.forbids?.sort(byPlace);
      const { permits = NO_POLICIES, forbids = NO_POLICIES, failures = NO_FAILURES } = outcome;
      return { permits, forbids, failures };
    },
    candidates(environment) {
      const all = new Found();
      index.collect(environment, all);
      return [...new Set(all.policies)].sort(byPlace);
    },
  };
}

/** The lists are made when there is something to put in: most policies that run are not satisfied. */
interface MutableOutcome {
  permits: CompiledPolicy[] | undefined;
  forbids: CompiledPolicy[] | undefined;
  failures: PolicyFailure[] | undefined;
}

function applyPolicy(policy: CompiledPolicy, environment: Environment, outcome: MutableOutcome): void {
  try {
    if (!policy.isSatisfiedWhenFound(environment)) return;
  } catch (failure) {
    outcome.failures ??= [];
    outcome.failures.push(failedBy(policy, failure));
    return;
  }
  if (policy.effect === 'permit') {
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
