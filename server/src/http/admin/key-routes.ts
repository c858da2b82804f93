import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type ApiKey,
  getApiKey,
  type IssueApiKeyDeps,
  issueApiKey,
  listApiKeys,
  newApiKeySchema,
  revokeApiKey,
} from '#apikeys';
import { LIMITS } from '#base';
import { callerOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';

export type KeyRoutesDeps = IssueApiKeyDeps;

const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;

const keyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  environment: z.enum(['live', 'test']),
  display: z.string().describe('the beginning and the end of the key, to tell keys apart'),
  owner: z.object({ type: z.string(), id: z.string() }).optional(),
  organizationId: z.string().optional(),
  scopes: z.array(z.string()),
  roles: z.array(z.string()),
  plan: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  revokeReason: z.string().nullable(),
});
const issuedAnswer = keyAnswer.extend({ key: z.string().describe('the key itself: shown this once') });
const newKey = newApiKeySchema
  .omit({ expiresAt: true })
  .extend({ expiresInSeconds: z.int().min(1).max(TEN_YEARS_SECONDS).optional() });
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const listQuery = pageQuery.extend({
  environment: z.enum(['live', 'test']).optional(),
  ownerId: z.string().max(128).optional(),
});
const revocation = z.strictObject({ reason: z.string().trim().min(1).max(LIMITS.textLengthMax).optional() });

export function keyRoutes(plain: FastifyInstance, deps: KeyRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['keys'];

  server.post(
    '/keys',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'Issue an API key',
        description: 'Its roles and scopes must not go beyond those of the credential that asks.',
        body: newKey,
        response: { 201: issuedAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { expiresInSeconds, owner, plan, ...rest } = request.body;
      const { key, apiKey } = await issueApiKey(deps, {
        ...place(request),
        ...rest,
        ...(owner === undefined ? {} : { owner }),
        ...(plan === undefined ? {} : { plan }),
        ...(expiresInSeconds === undefined ? {} : { expiresAt: deps.clock.now() + expiresInSeconds * 1000 }),
        actor: callerOf(request).principal,
      });
      return reply
        .code(201)
        .header('location', `/api/v1/keys/${apiKey.id}`)
        .send({ ...toAnswer(apiKey), key });
    },
  );

  server.get(
    '/keys',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'List API keys, newest first',
        querystring: listQuery,
        response: { 200: pageOf(keyAnswer), ...failures },
      },
    },
    async (request) => {
      const { limit, cursor, environment, ownerId } = request.query;
      const page = await listApiKeys(deps, {
        ...place(request),
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
        ...(environment === undefined ? {} : { environment }),
        ...(ownerId === undefined ? {} : { ownerId }),
      });
      return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
    },
  );

  server.get(
    '/keys/:id',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'Read one API key, without the key itself',
        params: idParam,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => toAnswer(await getApiKey(deps, { ...place(request), id: request.params.id })),
  );

  server.post(
    '/keys/:id/revoke',
    {
      config: { permission: 'keys:write', confines: true },
      schema: {
        tags,
        summary: 'End an API key, on every gateway at once',
        params: idParam,
        body: revocation,
        response: { 200: keyAnswer, ...failures },
      },
    },
    async (request) => {
      const { reason } = request.body;
      const { principal } = callerOf(request);
      const ended = await revokeApiKey(deps, {
        ...place(request),
        actor: principal,
        id: request.params.id,
        ...(reason === undefined ? {} : { reason }),
      });
      return toAnswer(ended);
    },
  );
}

/** Where the caller acts: his tenant, and the organization he is confined to, if any. */
function place(request: Parameters<typeof callerOf>[0]): { tenantId: string; organizationId?: string } {
  const { tenantId, organizationId } = callerOf(request).principal;
  return { tenantId, ...(organizationId === undefined ? {} : { organizationId }) };
}

function toAnswer(key: ApiKey): z.input<typeof keyAnswer> {
  const { displayPrefix, last4, owner, organizationId } = key;
  return {
    id: key.id,
    name: key.name,
    environment: key.environment,
    display: `${displayPrefix}…${last4}`,
    ...(owner === undefined ? {} : { owner }),
    ...(organizationId === undefined ? {} : { organizationId }),
    scopes: [...key.scopes],
    roles: [...key.roles],
    plan: key.plan ?? null,
    createdAt: key.createdAt,
    createdBy: key.createdBy,
    expiresAt: key.expiresAt ?? null,
    revokedAt: key.revokedAt ?? null,
    revokeReason: key.revokeReason ?? null,
  };
}
