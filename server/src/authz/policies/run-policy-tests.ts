import { DEFAULT_TENANT_ID, type DecisionRequest } from '#base';
import { decide } from '../decide.ts';
import { RequestEnvironment } from '../decision-environment.ts';
import { clausesOf } from '../explain/walk-policy.ts';
import type { FactQuestion, TenantFacts } from '../facts/request-facts.ts';
import type { PolicySet } from '../policy-set.ts';
import type { PolicyTest } from './policy-test-kind.ts';

export interface PolicyTestReport {
  passed: number;
  failures: readonly PolicyTestFailure[];
  coverage: Coverage;
}

export interface PolicyTestFailure {
  test: string;
  expected: 'allow' | 'deny';
  /** What came out: the reason, and the policies that determined it. */
  reason: string;
  policies: readonly string[];
}

/** A policy is covered when some test satisfied it, a clause when it was seen to hold and not to hold. */
export interface Coverage {
  policies: number;
  policiesCovered: number;
  clauses: number;
  clausesCovered: number;
  /** By name, with the clauses that were not seen both ways. */
  missing: readonly { policy: string; satisfied: boolean; clauses: readonly string[] }[];
}

/** Runs the tests against a set of policies; pure. */
export function runPolicyTests(
  set: PolicySet,
  tests: readonly { name: string; tests: readonly PolicyTest[] }[],
): PolicyTestReport {
  const all = tests.flatMap(({ name, tests: own }) => own.map((test) => ({ label: `${name}: ${test.name}`, test })));
  const failures: PolicyTestFailure[] = [];
  for (const { label, test } of all) {
    const { allowed, reason, policies } = decide(set, requestOf(test), factsOf(test));
    const asExpected = allowed === (test.expect === 'allow');
    const byThose = test.policies === undefined || sameNames(policies, test.policies);
    if (!asExpected || !byThose) failures.push({ test: label, expected: test.expect, reason, policies });
  }
  return {
    passed: all.length - failures.length,
    failures,
    coverage: coverageOf(
      set,
      all.map(({ test }) => test),
    ),
  };
}

export function requestOf({ principal, action, resource, context }: PolicyTest): DecisionRequest {
  const { organization, acr, amr, authTime, environment, ...own } = principal;
  return {
    principal: {
      ...own,
      tenantId: DEFAULT_TENANT_ID,
      credential: { type: 'none', id: 'test', ...(environment === undefined ? {} : { environment }) },
      ...(organization === undefined ? {} : { organizationId: organization }),
      ...(acr === undefined ? {} : { acr }),
      ...(amr === undefined ? {} : { amr }),
      ...(authTime === undefined ? {} : { authTime }),
    },
    action,
    resource,
    context,
    policyRequired: true,
  };
}

/** Every relation exists, and holds only where the test says so. */
function factsOf({ relationships }: PolicyTest): TenantFacts {
  const keyOf = ({ object, relation, subject }: FactQuestion) =>
    JSON.stringify([object.type, object.id, relation, subject.type, subject.id]);
  const known = new Set(relationships.map(keyOf));
  return {
    relationsOf: () => ANY,
    check: (question, _context, stepsMax) => ({ allowed: known.has(keyOf(question)), stepsLeft: stepsMax }),
  };
}

const ANY = { has: () => true };

function sameNames(found: readonly string[], wanted: readonly string[]): boolean {
  return found.toSorted().join() === wanted.toSorted().join();
}

function coverageOf(set: PolicySet, tests: readonly PolicyTest[]): Coverage {
  const environments = tests.map((test) => new RequestEnvironment(requestOf(test), factsOf(test)));
  const missing: { policy: string; satisfied: boolean; clauses: string[] }[] = [];
  let [policiesCovered, clauses, clausesCovered] = [0, 0, 0];
  for (const policy of set.compiled.policies) {
    // What is always so can't be seen otherwise: `principal` without a constraint is no clause.
    const own = clausesOf(policy).filter(({ part, text }) => part === 'when' || part === 'unless' || text() !== part);
    const seen = own.map((clause) => {
      const outcomes = new Set(environments.map((environment) => outcomeOf(() => clause.holds(environment))));
      return { clause, both: outcomes.has(true) && outcomes.has(false) };
    });
    const satisfied = environments.some((environment) => outcomeOf(() => policy.isSatisfied(environment)) === true);
    const open = seen.filter(({ both }) => !both).map(({ clause }) => `${clause.part}: ${clause.text()}`);
    clauses += seen.length;
    clausesCovered += seen.length - open.length;
    if (satisfied) policiesCovered += 1;
    if (!satisfied || open.length > 0) missing.push({ policy: policy.name, satisfied, clauses: open });
  }
  return { policies: set.compiled.policies.length, policiesCovered, clauses, clausesCovered, missing };
}

/** A clause that fails was looked at, and did not hold. */
function outcomeOf(work: () => boolean): boolean {
  try {
    return work();
  } catch {
    return false;
  }
}
