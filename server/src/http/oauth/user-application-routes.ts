import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OAuthServer } from '#oauth';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

export interface UserApplicationRoutesDeps {
  oauth: Pick<OAuthServer, 'connectedApplications' | 'disconnectApplication'>;
}

const URL = '/api/v1/users/:id/applications';

const userParam = z.strictObject({ id: z.string().min(1).max(64) });
const applicationParam = userParam.extend({ applicationId: z.string().min(1).max(64) });
const applicationAnswer = z.object({
  id: z.string().describe('id of the client resource'),
  clientId: z.string(),
  displayName: z.string(),
  scopes: z.array(z.string()),
  since: instant,
});

/** What a person lets applications do, for who administers people: the same list that the person sees. */
export function userApplicationRoutes({ oauth }: UserApplicationRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['sessions'];

    server.get(
      URL,
      {
        config: { permission: 'sessions:read' },
        schema: {
          tags,
          summary: 'List the applications that may act for a person, by consent or by a living grant',
          params: userParam,
          response: { 200: z.object({ items: z.array(applicationAnswer) }), ...failures },
        },
      },
      async (request) => {
        const { tenantId } = callerOf(request).principal;
        const found = await oauth.connectedApplications({ tenantId, userId: request.params.id });
        return { items: found.map((each) => ({ ...each, scopes: [...each.scopes] })) };
      },
    );

    server.delete(
      `${URL}/:applicationId`,
      {
        config: { permission: 'sessions:write' },
        schema: {
          tags,
          summary: 'End what an application may do for a person: consents and grants, with all their tokens, at once',
          params: applicationParam,
          response: { 204: z.null(), ...failures },
        },
      },
      async (request, reply) => {
        const { principal: actor } = callerOf(request);
        const { id: userId, applicationId: id } = request.params;
        await oauth.disconnectApplication({ tenantId: actor.tenantId, userId, id, actor });
        return reply.code(204).send(null);
      },
    );
  };
}
