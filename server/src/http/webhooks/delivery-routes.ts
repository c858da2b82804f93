import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Delivery, listDeliveries, permissionsToHear, readDelivery, redeliver } from '#webhooks';
import { callerOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from '../admin/answers.ts';
import { httpErrors } from '../errors.ts';
import { placeIn, WEBHOOK_URL, type WebhookRoutesDeps, webhookParam } from './webhook-place.ts';

const URL = `${WEBHOOK_URL}/deliveries`;

const status = z.enum(['queued', 'delivered', 'given_up']);
const deliveryParam = webhookParam.extend({ id: z.string().min(1).max(64) });
const listQuery = pageQuery.extend({ status: status.optional() });
const deliveryAnswer = z.object({
  id: z.string(),
  eventId: z.string().describe('the `webhook-id` that the receiver got, the same at each attempt'),
  type: z.string(),
  status,
  attempts: z.int(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
  responseStatus: z.int().nullable().describe('of the last attempt; null when nothing was answered'),
  failure: z.string().nullable().describe('why the last attempt failed'),
});
const attemptAnswer = z.object({
  number: z.int(),
  at: instant,
  durationMs: z.int(),
  status: z.int().nullable(),
  failure: z.string().nullable(),
  answer: z.string().nullable().describe('the beginning of what was answered; erased after three days'),
});
const detailAnswer = deliveryAnswer.extend({
  history: z.array(attemptAnswer).describe('the newest first'),
  body: z.string().nullable().describe('what is posted; null for who may not read such events'),
});

/** What was sent to a webhook, and how it went. Kept for thirty days. */
export function deliveryRoutes(plain: FastifyInstance, deps: WebhookRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['webhooks'];

  server.get(
    URL,
    {
      config: { permission: 'webhooks:read', confines: true },
      schema: {
        tags,
        summary: 'List the deliveries of a webhook, newest first',
        params: webhookParam,
        querystring: listQuery,
        response: { 200: pageOf(deliveryAnswer), ...failures },
      },
    },
    async (request) => {
      const { limit, cursor, status } = request.query;
      const page = await listDeliveries(deps, { ...placeIn(request), limit, after: readCursor(cursor), status });
      return { items: page.items.map(toAnswer), nextCursor: page.next === undefined ? null : String(page.next) };
    },
  );

  server.get(
    `${URL}/:id`,
    {
      config: { permission: 'webhooks:read', confines: true },
      schema: {
        tags,
        summary: 'Read one delivery: each attempt, and what was sent',
        params: deliveryParam,
        response: { 200: detailAnswer, ...failures },
      },
    },
    async (request) => {
      const { holds } = callerOf(request);
      const { history, body, ...delivery } = await readDelivery(deps, {
        ...placeIn(request),
        id: request.params.id,
        mayRead: (webhook) => permissionsToHear(webhook).every(holds),
      });
      return {
        ...toAnswer(delivery),
        history: history.map((attempt) => ({
          ...attempt,
          status: attempt.status ?? null,
          failure: attempt.failure ?? null,
          answer: attempt.answer ?? null,
        })),
        body: body ?? null,
      };
    },
  );

  server.post(
    `${URL}/:id/redeliver`,
    {
      config: { permission: 'webhooks:write', confines: true },
      schema: {
        tags,
        summary: 'Send a message once more, under the id that it had',
        params: deliveryParam,
        response: { 202: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      await redeliver(deps, { ...placeIn(request), id: request.params.id });
      return reply.code(202).send(null);
    },
  );
}

/** @throws `cursor_invalid` */
function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw httpErrors.cursor_invalid();
  return Number(cursor);
}

function toAnswer(delivery: Delivery) {
  return {
    ...delivery,
    finishedAt: delivery.finishedAt ?? null,
    nextAttemptAt: delivery.nextAttemptAt ?? null,
    responseStatus: delivery.responseStatus ?? null,
    failure: delivery.failure ?? null,
  };
}
