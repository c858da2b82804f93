import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { summarizeTraffic, TRAFFIC_STEPS_MAX } from '#audit';
import type { Clock } from '#base';
import type { Store } from '#store';
import { placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface TrafficRouteDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}

const MINUTES_MAX = 7 * 24 * 60;

const counts = z.object({
  calls: z.int(),
  denied: z.int().describe('not let through, for whatever reason'),
  errors: z.int().describe('answered with a 5xx'),
});
const query = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(MINUTES_MAX).default(60).describe('how far to look back'),
  steps: z.coerce.number().int().min(1).max(TRAFFIC_STEPS_MAX).default(60).describe('into how many steps'),
});
const answer = z.object({
  from: instant,
  to: instant,
  steps: z.array(counts.extend({ at: instant })),
  totals: counts,
  durationMicrosP50: z.int().describe('an upper bound, at most twice the true value'),
  durationMicrosP95: z.int().describe('an upper bound, at most twice the true value'),
  credentials: z.array(counts.extend({ of: z.string(), type: z.string() })).describe('the busiest first'),
  routes: z.array(counts.extend({ of: z.string() })).describe('the busiest first'),
  denials: z.array(z.object({ reason: z.string(), calls: z.int() })).describe('the most frequent first'),
  complete: z.boolean().describe('false when there was more than is looked at: then only the newest part is counted'),
});

/** The state of all access at a glance: what the gateway did lately, added up from its access records. */
export function trafficRoute(plain: FastifyInstance, deps: TrafficRouteDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/traffic',
    {
      config: { permission: 'access_records:read', confines: true },
      schema: {
        tags: ['audit'],
        summary: 'What happened at the gateway lately: calls, denials, errors, and who made them',
        querystring: query,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { minutes, steps } = request.query;
      const to = deps.clock.now() + 1;
      return summarizeTraffic(deps, { ...placeOf(request), from: Math.max(0, to - minutes * 60_000), to, steps });
    },
  );
}
