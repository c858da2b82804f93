import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { issueRecoveryLink, type RecoveryLinkDeps } from '#signin';
import { demandFreshProof } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface RecoveryLinkRouteDeps {
  recovery: RecoveryLinkDeps;
}

const body = z.strictObject({
  delivery: z
    .enum(['mail', 'shown'])
    .default('mail')
    .describe('"mail": to the address of the account. "shown": in this answer, to be handed to a person you know.'),
});
const answer = z.object({
  delivery: z.enum(['mail', 'shown']),
  link: z.string().nullable().describe('only where it is shown, and only this once'),
  expiresAt: instant,
});

/** For somebody who has lost every factor. From inside an organization only for the accounts that it manages. */
export function recoveryLinkRoute(plain: FastifyInstance, { recovery }: RecoveryLinkRouteDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  server.post(
    '/users/:id/recovery-link',
    {
      config: { permission: 'users:recover', confines: true },
      schema: {
        tags: ['people'],
        summary: 'Make a link with which a person who lost every factor gets back in, once, within an hour',
        description:
          'The person chooses a new password; when the link is used their authenticator app, passkeys and recovery codes are removed and every session ends. Asks for a fresh strong sign-in, and for power over the account: nobody recovers somebody who may do more. The person is told by mail.',
        params: z.strictObject({ id: z.string().min(1).max(64) }),
        body,
        response: { 200: answer, ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, recovery.clock.now());
      const { delivery } = request.body;
      const { tenantId } = actor;
      const { link, expiresAt } = await issueRecoveryLink(recovery, {
        tenantId,
        userId: request.params.id,
        delivery,
        actor,
      });
      return { delivery, link: link ?? null, expiresAt };
    },
  );
}
