import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IdSource, LIMITS } from '#base';
import type { Keyring } from '#keyring';
import { type ClientSecretInfo, issueClientSecret, listClientSecrets, revokeClientSecret } from '#oauth';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

export interface ClientSecretRoutesDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
}

const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;
const URL = '/api/v1/clients/:name/secrets';

const nameParam = z.strictObject({ name: z.string().min(1).max(LIMITS.nameLengthMax) });
const secretParam = nameParam.extend({ id: z.string().min(1).max(64) });
const whatOfTokens = z.strictObject({
  tokens: z
    .enum(['keep', 'end'])
    .default('keep')
    .describe('end: access and refresh tokens that were obtained with the secret end too'),
});
const newSecret = z.strictObject({
  description: z.string().trim().min(1).max(LIMITS.textLengthMax).optional(),
  expiresInSeconds: z.int().min(1).max(TEN_YEARS_SECONDS).optional(),
});
const secretAnswer = z.object({
  id: z.string(),
  clientId: z.string(),
  hint: z.string().describe('the last four characters, to tell secrets apart'),
  description: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant.nullable(),
});
const issuedAnswer = secretAnswer.extend({ secret: z.string().describe('the secret itself: shown this once') });

/** Client secrets on the Admin API. The client itself is a resource; its secrets are not, since they can't be exported. */
export function clientSecretRoutes(deps: ClientSecretRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['clients'];
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    server.post(
      URL,
      {
        config: { permission: 'clients:write', confines: true },
        schema: {
          tags,
          summary: 'Issue a client secret, beside those the client has',
          params: nameParam,
          body: newSecret,
          response: { 201: issuedAnswer, ...failures },
        },
      },
      async (request, reply) => {
        const { principal } = callerOf(request);
        const { tenantId } = principal;
        const clientId = request.params.name;
        const issued = await issueClientSecret(deps, { ...request.body, tenantId, clientId, actor: principal });
        return reply.code(201).send({ ...toAnswer(issued), secret: issued.secret });
      },
    );

    server.get(
      URL,
      {
        config: { permission: 'clients:read', confines: true },
        schema: {
          tags,
          summary: 'List a client’s live secrets, without the secrets themselves',
          params: nameParam,
          response: { 200: z.object({ items: z.array(secretAnswer) }), ...failures },
        },
      },
      async (request) => {
        const { tenantId } = callerOf(request).principal;
        const items = await listClientSecrets(deps, { tenantId, clientId: request.params.name });
        return { items: items.map(toAnswer) };
      },
    );

    server.delete(
      `${URL}/:id`,
      {
        config: { permission: 'clients:write', confines: true },
        schema: {
          tags,
          summary: 'Revoke a client secret',
          params: secretParam,
          querystring: whatOfTokens,
          response: { 204: z.null(), ...failures },
        },
      },
      async (request, reply) => {
        const { principal } = callerOf(request);
        const { name: clientId, id: secretId } = request.params;
        const { tokens } = request.query;
        await revokeClientSecret(deps, { tenantId: principal.tenantId, clientId, secretId, tokens, actor: principal });
        return reply.code(204).send(null);
      },
    );
  };
}

function toAnswer({ description, expiresAt, id, clientId, hint, createdAt }: ClientSecretInfo) {
  return { id, clientId, hint, createdAt, description: description ?? null, expiresAt: expiresAt ?? null };
}
