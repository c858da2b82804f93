import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import { findRefusal, listRefusals, oauthErrors, type Refusal } from '#oauth';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

const refusal = z.object({
  id: z.string().describe('`error_id` of the answer.'),
  at: instant,
  endpoint: z.string(),
  check: z.string().nullable().describe('The rule of the endpoint’s list that refused.'),
  clientId: z.string().nullable().describe('Once it is certain which client it is, or is said to be.'),
  remoteAddress: z.string().nullable(),
  status: z.int(),
  error: z.string().describe('The standard’s code.'),
  reason: z.string().describe('Our own code of the rule, as docs/errors.md lists it.'),
  message: z.string().describe('What the client was told.'),
  cause: z.string().nullable().describe('What it was not told.'),
  params: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .describe('What was sent. Of what may be a secret, or says who somebody is, only the length.'),
});
const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  client: z.string().min(1).max(LIMITS.urlLengthMax).optional().describe('Of this client_id alone.'),
  reason: z.string().min(1).max(LIMITS.nameLengthMax).optional().describe('Of this rule alone.'),
});

/** Why the issuer refused a request: for operators, who are told more than the client (`gatehouse explain err_…`). */
export function refusalRoutes(deps: { store: Pick<Store, 'transaction'> }): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['clients'];
    server.get(
      '/api/v1/oauth-refusals',
      {
        config: { permission: 'clients:read' },
        schema: {
          tags,
          summary: 'Requests that the issuer refused, newest first',
          description:
            'A sample: of one client and one reason ten at once and then one in five seconds, of everything five a second, kept for a week and 20,000 of them at most. The log has the rest.',
          querystring: listQuery,
          response: { 200: z.object({ items: z.array(refusal) }), ...failures },
        },
      },
      async (request, reply) => {
        const { tenantId } = callerOf(request).principal;
        const { client: clientId, reason, limit } = request.query;
        reply.header('cache-control', 'no-store');
        const items = await listRefusals(deps, { tenantId, clientId, reason, limit });
        return { items: items.map(toAnswer) };
      },
    );
    server.get(
      '/api/v1/oauth-refusals/:id',
      {
        config: { permission: 'clients:read' },
        schema: {
          tags,
          summary: 'Why the issuer refused a request, by the error_id of its answer',
          params: z.strictObject({ id: z.string().min(1).max(64) }),
          response: { 200: refusal, ...failures },
        },
      },
      async (request, reply) => {
        const { tenantId } = callerOf(request).principal;
        const found = await findRefusal(deps, { tenantId, id: request.params.id });
        if (found === undefined) throw oauthErrors.refusal_not_found();
        reply.header('cache-control', 'no-store');
        return toAnswer(found);
      },
    );
  };
}

function toAnswer({ tenantId: _, params, check, clientId, remoteAddress, cause, ...rest }: Refusal) {
  return {
    ...rest,
    check: check ?? null,
    clientId: clientId ?? null,
    remoteAddress: remoteAddress ?? null,
    cause: cause ?? null,
    params: [...params],
  };
}
