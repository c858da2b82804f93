import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findApiKeys, getApiKey, type KeyUsage, readKeyUsage, wholeHours } from '#apikeys';
import { type Clock, LIMITS } from '#base';
import type { Store } from '#store';
import { placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';
import { keyAnswer, toAnswer } from './key-answer.ts';

export interface KeyUsageRoutesDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}

const DAY_MILLISECONDS = 86_400_000;
const DEFAULT_DAYS = 30;

const counts = z.object({
  calls: z.int(),
  clientErrors: z.int().describe('4xx but for 401, 403 and 429'),
  serverErrors: z.int().describe('5xx'),
  refused: z.int().describe('401: the key had ended'),
  denied: z.int().describe('403'),
  limited: z.int().describe('429'),
  bytesIn: z.int(),
  bytesOut: z.int(),
  durationMicrosMean: z.int(),
  durationMicrosP50: z.int().describe('an upper bound, at most twice the true value'),
  durationMicrosP95: z.int().describe('an upper bound, at most twice the true value'),
});
/** Who is to pay. As the key is now, and not as it was when it was used. */
const billedKey = keyAnswer.pick({
  name: true,
  display: true,
  environment: true,
  owner: true,
  organizationId: true,
  plan: true,
  tags: true,
});
const period = {
  from: z.coerce.number().int().min(0).optional().describe('milliseconds; 30 days ago when left out'),
  to: z.coerce.number().int().min(0).optional().describe('milliseconds; now when left out'),
};
/** What is counted: a bill that goes from one `to` to the next counts no hour twice. */
const counted = {
  from: instant.describe('the beginning of the hour that was asked for'),
  to: instant.describe('the end of the last hour'),
  complete: z
    .boolean()
    .describe('false while the last hour is under way, and when part of the time is longer ago than what is kept'),
};
const usageQuery = z.strictObject({ ...period, by: z.enum(['hour', 'day', 'route']).default('day') });
const reportQuery = z.strictObject({
  ...period,
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).default(LIMITS.pageSizeDefault),
  cursor: z.string().min(1).max(64).optional(),
});
const idParam = z.strictObject({ id: z.string().min(1).max(64) });

/** What keys did: counted by the gateway, by the hour (UTC) and route, and kept for thirteen months. */
export function keyUsageRoutes(plain: FastifyInstance, deps: KeyUsageRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['keys'];

  server.get(
    '/keys/:id/usage',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'What an API key did, by hour, day or route',
        params: idParam,
        querystring: usageQuery,
        response: {
          200: z.object({
            ...counted,
            items: z.array(counts.extend({ at: instant.optional(), route: z.string().optional() })),
          }),
          ...failures,
        },
      },
    },
    async (request) => {
      const { by } = request.query;
      const place = placeOf(request);
      const { id } = await getApiKey(deps, { ...place, id: request.params.id });
      const { from, to, complete } = periodOf(deps, request.query);
      const { groups } = await readKeyUsage(deps, { ...place, keyId: id, from, to, by });
      return {
        from,
        to,
        complete,
        items: groups.map(({ of, ...usage }: KeyUsage & { of: string | number }) => ({
          ...(by === 'route' ? { route: String(of) } : { at: Number(of) }),
          ...usage,
        })),
      };
    },
  );

  server.get(
    '/key-usage',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'What each API key did in a time, for reports and bills',
        querystring: reportQuery,
        response: {
          200: z.object({
            ...counted,
            items: z.array(
              counts.extend({ keyId: z.string(), key: billedKey.nullable().describe('the key as it is now') }),
            ),
            nextCursor: z.string().nullable(),
          }),
          ...failures,
        },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const { from, to, complete } = periodOf(deps, request.query);
      const { groups, next } = await readKeyUsage(deps, {
        ...placeOf(request),
        from,
        to,
        by: 'key',
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      const ids = groups.map(({ of }) => String(of));
      const keys = await findApiKeys(deps, { ...placeOf(request), ids });
      const items = groups.map(({ of, ...usage }) => {
        const key = keys.get(String(of));
        return { keyId: String(of), key: key === undefined ? null : toAnswer(key), ...usage };
      });
      return { from, to, complete, items, nextCursor: next === undefined ? null : String(next) };
    },
  );
}

function periodOf({ clock }: { clock: Clock }, { from, to }: { from?: number | undefined; to?: number | undefined }) {
  const now = clock.now();
  const end = to ?? now;
  return wholeHours({ from: from ?? Math.max(0, end - DEFAULT_DAYS * DAY_MILLISECONDS), to: end }, now);
}
