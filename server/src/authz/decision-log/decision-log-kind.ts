import { z } from 'zod';
import { defineKind } from '#resources';

const share = z.number().min(0).max(1);

const decisionLogSchema = z.strictObject({
  allowed: share
    .default(0.01)
    .describe('Which share of the allowed decisions is kept: 0 none, 1 all. Of less than all, 20 a second at most.'),
  denied: share.default(1).describe('Which share of the denied decisions is kept.'),
  keepDays: z.int().min(1).max(400).default(30).describe('After so many days a decision is deleted.'),
});

export type DecisionLogSpec = z.output<typeof decisionLogSchema>;

/** Where none is declared. */
export const DECISION_LOG_DEFAULT: DecisionLogSpec = decisionLogSchema.parse({});

export const decisionLogKind = defineKind({
  kind: 'decision_log',
  plural: 'decision_logs',
  idKind: 'decisionLog',
  description: 'Which decisions are kept with what they were made from, to be explained and replayed.',
  schema: decisionLogSchema,
  singleton: true,
});
