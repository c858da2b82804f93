import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IdSource, LIMITS } from '#base';
import type { Keyring } from '#keyring';
import {
  type InitialAccessTokenInfo,
  issueInitialAccessToken,
  listInitialAccessTokens,
  revokeInitialAccessToken,
} from '#oauth';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

export interface InitialAccessTokenRoutesDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}

const URL = '/api/v1/initial-access-tokens';
const YEAR_SECONDS = 365 * 24 * 3600;

const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const newToken = z.strictObject({
  policy: z.string().min(1).max(LIMITS.nameLengthMax).describe('The client_registration_policy its clients follow.'),
  description: z.string().trim().min(1).max(LIMITS.textLengthMax).optional(),
  uses: z.int().min(1).max(10_000).default(1).describe('How many clients may be registered with it.'),
  expiresInSeconds: z
    .int()
    .min(60)
    .max(YEAR_SECONDS)
    .default(7 * 24 * 3600),
});
const tokenAnswer = z.object({
  id: z.string(),
  policy: z.string(),
  description: z.string().nullable(),
  usesLeft: z.number(),
  createdAt: instant,
  expiresAt: instant,
});
const issuedAnswer = tokenAnswer.extend({ token: z.string().describe('the token itself: shown this once') });

/** Initial access tokens (RFC 7591 §3) on the Admin API. */
export function initialAccessTokenRoutes(deps: InitialAccessTokenRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['clients'];
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    server.post(
      URL,
      {
        config: { permission: 'clients:write' },
        schema: {
          tags,
          summary: 'Issue an initial access token, with which clients register themselves',
          body: newToken,
          response: { 201: issuedAnswer, ...failures },
        },
      },
      async (request, reply) => {
        const { principal } = callerOf(request);
        const { tenantId } = principal;
        const issued = await issueInitialAccessToken(deps, { ...request.body, tenantId, actor: principal });
        return reply.code(201).send({ ...toAnswer(issued), token: issued.token });
      },
    );

    server.get(
      URL,
      {
        config: { permission: 'clients:read' },
        schema: {
          tags,
          summary: 'List initial access tokens that can still be used, without the tokens themselves',
          response: { 200: z.object({ items: z.array(tokenAnswer) }), ...failures },
        },
      },
      async (request) => {
        const { tenantId } = callerOf(request).principal;
        return { items: (await listInitialAccessTokens(deps, { tenantId })).map(toAnswer) };
      },
    );

    server.delete(
      `${URL}/:id`,
      {
        config: { permission: 'clients:write' },
        schema: {
          tags,
          summary: 'Revoke an initial access token; clients registered with it stay',
          params: idParam,
          response: { 204: z.null(), ...failures },
        },
      },
      async (request, reply) => {
        const { principal } = callerOf(request);
        await revokeInitialAccessToken(deps, { tenantId: principal.tenantId, id: request.params.id, actor: principal });
        return reply.code(204).send(null);
      },
    );
  };
}

function toAnswer({ id, policy, description, usesLeft, createdAt, expiresAt }: InitialAccessTokenInfo) {
  return { id, policy, description: description ?? null, usesLeft, createdAt, expiresAt };
}
