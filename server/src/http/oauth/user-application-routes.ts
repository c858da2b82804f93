import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OAuthServer } from '#oauth';
import { getOwnUser } from '#signin';
import type { Store } from '#store';
import { callerOf, placeOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

export interface UserApplicationRoutesDeps {
  store: Pick<Store, 'transaction'>;
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
export function userApplicationRoutes({ store, oauth }: UserApplicationRoutesDeps): FastifyPluginAsync {
  /** What applications may do belongs to the tenant's tables: an organization sees that of the people whom it manages. */
  async function demandOwn(request: FastifyRequest, userId: string): Promise<void> {
    const place = placeOf(request);
    if (place.organizationId === undefined) return;
    const { tenantId } = place;
    await store.transaction({ tenantId }, (tx) => getOwnUser(tx, { ...place, userId }), { readOnly: true });
  }

  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    const tags = ['sessions'];

    server.get(
      URL,
      {
        config: { permission: 'sessions:read', confines: true },
        schema: {
          tags,
          summary: 'List the applications that may act for a person, by consent or by a living grant',
          params: userParam,
          response: { 200: z.object({ items: z.array(applicationAnswer) }), ...failures },
        },
      },
      async (request) => {
        const { tenantId } = callerOf(request).principal;
        await demandOwn(request, request.params.id);
        const found = await oauth.connectedApplications({ tenantId, userId: request.params.id });
        return { items: found.map((each) => ({ ...each, scopes: [...each.scopes] })) };
      },
    );

    server.delete(
      `${URL}/:applicationId`,
      {
        config: { permission: 'sessions:write', confines: true },
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
        await demandOwn(request, userId);
        await oauth.disconnectApplication({ tenantId: actor.tenantId, userId, id, actor });
        return reply.code(204).send(null);
      },
    );
  };
}
