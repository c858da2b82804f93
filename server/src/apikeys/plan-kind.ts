import { z } from 'zod';
import { LIMITS } from '#base';
import { checkLimits, limitsSchema } from '#limits';
import { defineKind } from '#resources';
import { usesOfPlans } from './uses.ts';

const schema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional().describe('For people: who is on this plan.'),
  assignableBy: z
    .enum(['administrators', 'everyone'])
    .optional()
    .describe(
      'Who may put keys and clients on it: with `everyone` also administrators of organizations, and whoever else makes keys or clients. Left out: only who holds `plans:assign` or `plans:write` in the tenant.',
    ),
  limits: limitsSchema.describe('All of them apply: for example ten a second, a thousand a day and five at a time.'),
});

export type PlanSpec = z.output<typeof schema>;

export const planKind = defineKind({
  kind: 'plan',
  plural: 'plans',
  idKind: 'plan',
  description: 'How much the holder of an API key or a client may ask for.',
  schema,
  uses: usesOfPlans,
  check: ({ limits }) => [
    ...checkLimits(limits, 'limits', 'principal'),
    // A plan is somebody's, and follows him over all routes.
    ...limits.flatMap(({ by }, index) =>
      by === 'route'
        ? [{ path: `limits.${index}.by`, message: 'a plan counts over all routes; put it on the route' }]
        : [],
    ),
  ],
});
