import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { defineKind } from '#resources';
import { POLICY_TEXT_LENGTH_MAX } from './cedar/parse-policies.ts';
import { describeProblem, readPolicy } from './policy-set.ts';

const policySchema = z.strictObject({
  cedar: z
    .string()
    .min(1)
    .max(POLICY_TEXT_LENGTH_MAX)
    .describe('One or more Cedar policies (permit or forbid). Each may be named by an @id annotation.'),
  description: z.string().max(LIMITS.textLengthMax).optional().describe('What it is for, for people.'),
});

export type PolicySpec = z.output<typeof policySchema>;

export const policyKind = defineKind({
  kind: 'policy',
  plural: 'policies',
  idKind: 'policy',
  description: 'Who may do what, in the Cedar policy language.',
  schema: policySchema,
  check: checkPolicy,
});

/** Does it parse, and would it compile? Only what passes is stored. */
export function checkPolicy({ cedar }: PolicySpec): FieldError[] {
  // The name changes nothing in what is checked; it is not known here.
  const result = readPolicy({ name: 'policy', cedar });
  if (result.ok) return [];
  return result.problems.map((problem) => ({ path: 'cedar', message: describeProblem(problem) }));
}
