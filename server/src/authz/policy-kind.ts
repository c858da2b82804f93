import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { defineKind } from '#resources';
import { POLICY_TEXT_LENGTH_MAX } from './cedar/parse-policies.ts';
import { describeProblem, type PolicySource, readPolicy } from './policy-set.ts';

const entity = z.strictObject({ type: z.string().min(1).max(200), id: z.string().max(1024) });

const policySchema = z.strictObject({
  cedar: z
    .string()
    .min(1)
    .max(POLICY_TEXT_LENGTH_MAX)
    .describe('One or more Cedar policies (permit or forbid). Each may be named by an @id annotation.'),
  mode: z
    .enum(['enforce', 'shadow'])
    .optional()
    .describe('`enforce` unless given. `shadow`: evaluated and recorded in the decision log, not enforced.'),
  links: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'must be 1 to 63 letters, digits, hyphens or underscores'),
        template: z.string().max(63).optional().describe('The @id of the template, where there are several.'),
        principal: entity.optional(),
        resource: entity.optional(),
      }),
    )
    .max(1000)
    .optional()
    .describe('Policies made from the templates (`?principal`, `?resource`) of the text.'),
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

/** As the compiler takes it. */
export function toPolicySource({ name, spec }: { name: string; spec: PolicySpec }): PolicySource {
  return { name, cedar: spec.cedar, links: spec.links, shadow: spec.mode === 'shadow' };
}

/** Does it parse, and would it compile? Only what passes is stored. */
export function checkPolicy({ cedar, links }: PolicySpec): FieldError[] {
  // The name changes nothing in what is checked; it is not known here.
  const result = readPolicy({ name: 'policy', cedar, links });
  if (result.ok) return [];
  return result.problems.map((problem) => ({ path: 'cedar', message: describeProblem(problem) }));
}
