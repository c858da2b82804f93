import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OAuthServer } from '#oauth';
import { callerOf } from '../access.ts';
import { failures, instant } from '../admin/answers.ts';

export interface RequestEncryptionRoutesDeps {
  oauth: Pick<OAuthServer, 'replaceRequestEncryption'>;
}

/** Longer than a key is published in any case. */
const OVERLAP_SECONDS_MAX = 30 * 24 * 3600;

const replacement = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(OVERLAP_SECONDS_MAX)
    .default(0)
    .describe('so long the former key still reads; 0, the default: it stops at once'),
});
const answer = z.object({ kid: z.string(), replacedAt: instant, formerReadsUntil: instant });

/** The key that clients encrypt requests to, on the Admin API. */
export function requestEncryptionRoutes({ oauth }: RequestEncryptionRoutesDeps): FastifyPluginAsync {
  return async (plain: FastifyInstance) => {
    const server = plain.withTypeProvider<ZodTypeProvider>();
    server.post(
      '/api/v1/request-encryption-key/replace',
      {
        config: { permission: 'signing_keys:write' },
        schema: {
          tags: ['signing keys'],
          summary: 'Replace the key that requests are encrypted to, which may have become known',
          body: replacement,
          response: { 201: answer, ...failures },
        },
      },
      async (request, reply) => {
        const { principal } = callerOf(request);
        const { tenantId } = principal;
        const replaced = await oauth.replaceRequestEncryption({ ...request.body, tenantId, actor: principal });
        return reply.header('cache-control', 'no-store').code(201).send(replaced);
      },
    );
  };
}
