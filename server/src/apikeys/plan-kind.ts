import { z } from 'zod';
import { LIMITS } from '#base';
import { defineKind } from '#resources';
import { usesOfPlans } from './uses.ts';

/** A token bucket: `requests` in each `perSeconds`, with up to `burst` at once (as many as `requests` when not said). */
const limit = z.strictObject({
  requests: z.int().min(1).max(10_000_000).describe('How many requests in each period.'),
  perSeconds: z.int().min(1).max(31_536_000).describe('The period, in seconds.'),
  burst: z.int().min(1).max(10_000_000).optional().describe('How many at once; as many as requests when left out.'),
});

const schema = z.strictObject({
  description: z.string().max(LIMITS.textLengthMax).optional().describe('For people: who is on this plan.'),
  limits: z.array(limit).min(1).max(8).describe('All of them apply: for example ten a second and a thousand a day.'),
});

export type PlanSpec = z.output<typeof schema>;

export const planKind = defineKind({
  kind: 'plan',
  plural: 'plans',
  idKind: 'plan',
  description: 'How much the holder of an API key or a client may ask for.',
  schema,
  uses: usesOfPlans,
  check: ({ limits }) => {
    const periods = limits.map(({ perSeconds }) => perSeconds);
    return periods.flatMap((period, index) =>
      periods.indexOf(period) === index
        ? []
        : [{ path: `limits.${index}.perSeconds`, message: 'is the period of an earlier limit; keep one of them' }],
    );
  },
});
