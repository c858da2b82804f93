import { type PolicyFinding, reviewPolicies } from '../cedar/review-policies.ts';
import { type PolicySpec, toPolicySource } from '../policy-kind.ts';
import { compilePolicies, describeProblem, type ParsedTexts, readPolicy } from '../policy-set.ts';
import type { PolicyTestSpec } from './policy-test-kind.ts';
import { type PolicyTestReport, runPolicyTests } from './run-policy-tests.ts';

export interface TriedPolicies {
  findings: readonly (PolicyFinding & { policy: string })[];
  /** Absent where a policy does not compile, or where there are no tests. */
  tests?: PolicyTestReport;
}

export interface TryInput {
  /** To be looked at. */
  policies: readonly { name: string; spec: PolicySpec }[];
  /** In force besides: of use for tests alone. */
  others: readonly { name: string; spec: PolicySpec }[];
  schema: string | undefined;
  tests: readonly { name: string; tests: PolicyTestSpec['tests'] }[];
  /** Of the last time: whoever types changes one policy among a thousand. */
  parsed?: ParsedTexts | undefined;
}

/** What would be said of these policies, were they put in force. Changes nothing. */
export function tryPolicies({ policies, others, schema, tests, parsed }: TryInput): TriedPolicies {
  const findings = policies.flatMap(({ name, spec }) => {
    const found = reviewPolicies(spec.cedar, schema);
    if (found.some(({ severity }) => severity === 'error')) return found.map((each) => ({ policy: name, ...each }));
    const read = readPolicy(toPolicySource({ name, spec }));
    // What the text alone does not show: links without a template, names that stand twice, operators that are not compiled.
    const more = read.ok
      ? []
      : read.problems.map((problem) => ({ severity: 'error' as const, message: describeProblem(problem) }));
    return [...found, ...more].map((each) => ({ policy: name, ...each }));
  });
  if (tests.length === 0 || findings.some(({ severity }) => severity === 'error')) return { findings };
  const set = compilePolicies([...others, ...policies].map(toPolicySource), 0, parsed);
  return { findings, tests: runPolicyTests(set, tests) };
}
