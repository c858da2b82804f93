import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import type { OAuthServer } from '#oauth';
import { callerOf } from '../access.ts';
import { failures } from '../admin/answers.ts';

const condition = z.object({
  claim: z.string(),
  expected: z.string(),
  found: z.string().nullable().describe('what the token says; null when it says nothing'),
  matches: z.boolean(),
});
const rule = z.object({
  issuer: z.string(),
  matches: z.boolean(),
  problem: z.string().nullable().describe('why the token does not count, whatever its claims say'),
  conditions: z.array(condition),
});

/** On the Admin API: which condition of a client's workload rules a token fails. */
export function workloadTokenRoutes({
  oauth,
}: {
  oauth: Pick<OAuthServer, 'dryRunWorkloadToken'>;
}): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    server.post(
      '/api/v1/clients/:name/match-workload-token',
      {
        config: { permission: 'clients:read' },
        schema: {
          tags: ['clients'],
          summary: 'Would this workload token pass for the client? Nothing is issued and nothing is changed',
          params: z.strictObject({ name: z.string().min(1).max(LIMITS.nameLengthMax) }),
          body: z.strictObject({ token: z.string().min(1).max(LIMITS.credentialLengthMax) }),
          response: { 200: z.object({ matches: z.boolean(), rules: z.array(rule) }), ...failures },
        },
      },
      async (request, reply) => {
        const { tenantId } = callerOf(request).principal;
        const { matches, rules } = await oauth.dryRunWorkloadToken({
          tenantId,
          clientId: request.params.name,
          token: request.body.token,
        });
        reply.header('cache-control', 'no-store');
        return {
          matches,
          rules: rules.map(({ issuer, matches: fits, problem, conditions }) => ({
            issuer,
            matches: fits,
            problem: problem ?? null,
            conditions: conditions.map((each) => ({ ...each, found: each.found ?? null })),
          })),
        };
      },
    );
  };
}
