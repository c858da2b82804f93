import { z } from 'zod';
import { changeForm } from '#authz';

const entity = z.object({ type: z.string(), id: z.string() });
const asked = z.object({
  object: entity,
  relation: z.string(),
  subject: entity,
  holds: z.boolean(),
  model: z.string().optional().describe('Version of the relationship model under which it was answered.'),
});

/** How a decision and its explanation are answered, wherever they are. */
export const decided = z.object({
  allowed: z.boolean(),
  reason: z.string(),
  summary: z.string(),
  policies: z.array(z.string()),
  errors: z.array(z.object({ policy: z.string(), message: z.string() })),
  policyVersion: z.number(),
  shadow: z.looseObject({ allowed: z.boolean() }).optional(),
  obligations: z.array(z.string()).optional(),
  missingScopes: z.array(z.string()).optional(),
  missingRoles: z.array(z.string()).optional(),
  relationships: z
    .array(asked)
    .optional()
    .describe('What policies asked of relationships, as it was answered then; the first twenty.'),
});

export const explainedAnswer = {
  policies: z.array(
    z.object({
      policy: z.string(),
      effect: z.enum(['permit', 'forbid']),
      outcome: z.enum(['satisfied', 'not_satisfied', 'failed']),
      clause: z
        .object({
          part: z.string(),
          text: z.string(),
          values: z.record(z.string(), z.string()),
          failure: z.string().optional(),
        })
        .optional(),
    }),
  ),
  relationships: z.array(
    asked.extend({
      path: z
        .array(z.looseObject({ user: z.string(), relation: z.string(), object: z.string() }))
        .optional()
        .describe('The tuples that make it hold, from the object to the subject.'),
    }),
  ),
};

export const suggestionAnswer = z.object({
  texts: z.array(z.string()).describe('All of these together would make it an allow; it was tried.'),
  changes: z.array(changeForm).optional().describe('The same, for a what-if. Absent where it has no such form.'),
});
