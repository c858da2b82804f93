import { checkSchema, type SchemaFinding } from '../cedar/check-schema.ts';
import { type PolicyFinding, reviewPolicies } from '../cedar/review-policies.ts';

export interface TriedSchema {
  /** What is wrong with the schema itself; with anything, no policy was looked at. */
  problems: readonly SchemaFinding[];
  /** What would be said of the policies there are. */
  findings: readonly (PolicyFinding & { policy: string })[];
  /** How many policies were looked at. */
  checked: number;
}

/** The engine takes about a millisecond for a policy, and nothing else is answered meanwhile. */
const POLICIES_MAX = 500;

/** Which of these policies would not fit, were the schema this one? Changes nothing. */
export function trySchema(schema: string, policies: readonly { name: string; spec: { cedar: string } }[]): TriedSchema {
  const problems = checkSchema(schema);
  if (problems.length > 0) return { problems, findings: [], checked: 0 };
  const looked = policies.slice(0, POLICIES_MAX);
  const findings = looked.flatMap(({ name, spec }) =>
    reviewPolicies(spec.cedar, schema).map((finding) => ({ policy: name, ...finding })),
  );
  return { problems, findings, checked: looked.length };
}
