import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ReportLeakedKeyDeps, reportLeakedKey } from '#apikeys';
import { LIMITS } from '#base';
import { callerOf, placeOf } from '../access.ts';
import { failures } from './answers.ts';

export interface LeakRoutesDeps {
  leaks: ReportLeakedKeyDeps;
}

const report = z.strictObject({
  key: z.string().min(1).max(LIMITS.credentialLengthMax).describe('what was found'),
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be a word: lower-case letters, digits and . _ -')
    .default('report')
    .describe('who found it, in a word'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional()
    .describe('where it was found; a report from there is acted upon once'),
  file: z
    .string()
    .regex(/^[^\p{Cc}]{1,1024}$/u, 'must be up to 1024 characters, and none that controls')
    .optional()
    .describe('what it was found in, where that has no address; a report from there is acted upon once'),
});
const outcome = z.object({
  outcome: z.enum(['unknown', 'ended', 'aside', 'released', 'revoked', 'quarantined']),
  keyId: z.string().nullable(),
});

/** For one's own scanners: what they find is revoked or set aside, as the key policy says. */
export function leakRoutes(plain: FastifyInstance, { leaks }: LeakRoutesDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/leaks',
    {
      config: { permission: 'leaks:write', confines: true },
      schema: {
        tags: ['keys'],
        summary: 'Report an API key that others can read',
        description:
          'It is revoked or set aside as the key policy says, and its owner is told. Safe to repeat: one that was released stays so until it is found elsewhere.',
        body: report,
        response: { 200: outcome, ...failures },
      },
    },
    async (request) => {
      const { key: text, ...place } = request.body;
      const { principal } = callerOf(request);
      const reported = await reportLeakedKey(
        leaks,
        { text, ...place },
        { actor: () => principal, within: placeOf(request) },
      );
      return { outcome: reported.outcome, keyId: reported.apiKey?.id ?? null };
    },
  );
}
