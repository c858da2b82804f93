import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Principal } from '#base';
import { holdOrganization } from '#directory';
import {
  detailFields,
  enableWebhook,
  issueWebhookSecret,
  permissionsToHear,
  testWebhook,
  type WebhookSecretInfo,
  webhookState,
} from '#webhooks';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { placeIn, WEBHOOK_URL, type WebhookRoutesDeps, webhookParam } from './webhook-place.ts';

const OVERLAP_DEFAULT_SECONDS = 86_400;
const OVERLAP_MAX_SECONDS = 30 * 86_400;
const newSecret = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(OVERLAP_MAX_SECONDS)
    .default(OVERLAP_DEFAULT_SECONDS)
    .describe('For so long messages bear a signature with the secrets before as well; 0 ends those at once.'),
});
const secretAnswer = z.object({
  id: z.string(),
  hint: z.string().describe('the last four characters, to tell secrets apart'),
  createdAt: instant,
  expiresAt: instant.nullable().describe('null: the one that stays'),
});
const issuedAnswer = secretAnswer.extend({ secret: z.string().describe('the secret itself: shown this once') });
const stateAnswer = z.object({
  status: z
    .enum(['active', 'failing', 'paused', 'disabled', 'without_secret'])
    .describe('`failing`: the last attempt failed; `without_secret`: nothing is queued until one is issued'),
  disabledAt: instant.nullable(),
  disabledReason: z
    .enum(['gone', 'failing'])
    .nullable()
    .describe('`gone`: the receiver answered 410; `failing`: it took nothing for five days'),
  failingSince: instant.nullable(),
  lastDeliveredAt: instant.nullable(),
  queued: z.int().describe('deliveries that wait, those for another attempt among them'),
  dropped: z.int().describe('events that found the queue full since the last delivery'),
  secrets: z.array(secretAnswer),
});
const eventsAnswer = z.object({
  organization: z
    .string()
    .nullable()
    .describe('what the caller’s organization is called: its webhooks are `<organization>--…`; null outside of one'),
  items: z.array(
    z.object({
      type: z.string(),
      detail: z.array(z.string()).describe('fields of `data.detail` that every receiver gets'),
      permission: z.string().describe('who has it sent somewhere must hold this'),
    }),
  ),
});

/** Webhooks on the Admin API, besides what comes with their kind: secrets, state and deliveries. */
export function webhookRoutes(deps: WebhookRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['webhooks'];
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    deliveryRoutes(plain, deps);

    server.get(
      '/api/v1/webhook-events',
      {
        config: { permission: 'webhooks:read', confines: true },
        schema: {
          tags,
          summary: 'What webhooks can tell of',
          response: { 200: eventsAnswer, ...failures },
        },
      },
      async (request) => ({
        organization: await organizationOf(deps, callerOf(request).principal),
        items: deps.catalogue.types().map((type) => ({
          type,
          detail: [...detailFields(type)],
          permission: permissionsToHear({ events: [type] }).join(),
        })),
      }),
    );

    server.get(
      `${WEBHOOK_URL}/state`,
      {
        config: { permission: 'webhooks:read', confines: true },
        schema: {
          tags,
          summary: 'How a webhook fares, and the secrets it signs with, without the secrets themselves',
          params: webhookParam,
          response: { 200: stateAnswer, ...failures },
        },
      },
      async (request) => {
        const state = await webhookState(deps, placeIn(request));
        return {
          ...state,
          disabledAt: state.disabledAt ?? null,
          disabledReason: state.disabledReason ?? null,
          failingSince: state.failingSince ?? null,
          lastDeliveredAt: state.lastDeliveredAt ?? null,
          secrets: state.secrets.map(toSecretAnswer),
        };
      },
    );

    server.post(
      `${WEBHOOK_URL}/secrets`,
      {
        config: { permission: 'webhooks:write', confines: true, issues: true },
        schema: {
          tags,
          summary: 'Issue a webhook’s secret, or the one that follows; for a while both sign',
          params: webhookParam,
          body: newSecret,
          response: { 201: issuedAnswer, ...failures },
        },
      },
      async (request, reply) => {
        const { principal: actor } = callerOf(request);
        const overlapMs = request.body.overlapSeconds * 1000;
        const issued = await issueWebhookSecret(deps, { ...placeIn(request), overlapMs, actor });
        return reply.code(201).send({ ...toSecretAnswer(issued), secret: issued.secret });
      },
    );

    server.post(
      `${WEBHOOK_URL}/test`,
      {
        config: { permission: 'webhooks:write', confines: true },
        schema: {
          tags,
          summary: 'Have a test message sent (`webhook.tested`), whatever the webhook listens to',
          params: webhookParam,
          response: { 202: z.null(), ...failures },
        },
      },
      async (request, reply) => {
        await testWebhook(deps, { ...placeIn(request), actor: callerOf(request).principal });
        return reply.code(202).send(null);
      },
    );

    server.post(
      `${WEBHOOK_URL}/enable`,
      {
        config: { permission: 'webhooks:write', confines: true },
        schema: {
          tags,
          summary: 'Send to a webhook again that was disabled; what waits since then goes out at once',
          params: webhookParam,
          response: { 204: z.null(), ...failures },
        },
      },
      async (request, reply) => {
        await enableWebhook(deps, { ...placeIn(request), actor: callerOf(request).principal });
        return reply.code(204).send(null);
      },
    );
  };
}

async function organizationOf({ store }: WebhookRoutesDeps, { tenantId, organizationId }: Principal) {
  if (organizationId === undefined) return null;
  const own = { tenantId, organization: organizationId };
  return (await store.transaction({ tenantId }, (tx) => holdOrganization(tx, own))).name;
}

function toSecretAnswer({ id, hint, createdAt, expiresAt }: WebhookSecretInfo) {
  return { id, hint, createdAt, expiresAt: expiresAt ?? null };
}
