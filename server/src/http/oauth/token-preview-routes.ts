import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LIMITS } from '#base';
import type { OAuthServer } from '#oauth';
import { callerOf } from '../access.ts';
import { failures } from '../admin/answers.ts';

const claims = z.record(z.string(), z.unknown());

/** On the Admin API: what somebody's tokens for a client would say. It tells who people are, like the list of them. */
export function tokenPreviewRoutes({ oauth }: { oauth: Pick<OAuthServer, 'previewTokens'> }): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    server.post(
      '/api/v1/clients/:name/preview-tokens',
      {
        config: { permission: 'users:read' },
        schema: {
          tags: ['clients'],
          summary: 'What would this person’s tokens for this client and API say? Nothing is issued',
          params: z.strictObject({ name: z.string().min(1).max(LIMITS.nameLengthMax) }),
          body: z.strictObject({
            userId: z.string().min(1).max(64).optional().describe('Left out: the client for itself.'),
            scope: z
              .string()
              .max(4096)
              .optional()
              .describe('With spaces between. Left out: all that the client may have.'),
            resource: z.string().max(LIMITS.urlLengthMax).optional().describe('Audience of the API.'),
          }),
          response: {
            200: z.object({
              accessToken: claims,
              accessTokenFormat: z.enum(['jwt', 'opaque']),
              idToken: claims.nullable().describe('Null without a person, or without the scope openid.'),
            }),
            ...failures,
          },
        },
      },
      async (request, reply) => {
        const { tenantId } = callerOf(request).principal;
        const { idToken = null, ...preview } = await oauth.previewTokens({
          ...request.body,
          tenantId,
          clientId: request.params.name,
        });
        reply.header('cache-control', 'no-store');
        return { ...preview, idToken };
      },
    );
  };
}
