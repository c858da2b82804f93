import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ImpersonationDeps, requestImpersonation } from '#signin';
import { callerOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface ImpersonationRoutesDeps {
  recovery: ImpersonationDeps;
  issuer: string;
}

const body = z.strictObject({
  reason: z.string().trim().min(3).max(500).describe('why: the audit log keeps it, and the person reads it'),
  minutes: z.int().min(1).max(120).default(15).describe('how long at most; the sign-in policy bounds it'),
});
const answer = z.object({
  url: z.string().describe('where it begins, in the browser of whoever asked, and of use to nobody else'),
  expiresAt: instant.describe('until then it can be begun'),
});

/** To see what a person sees. A permission of its own, since no other stands for it. */
export function impersonationRoutes(plain: FastifyInstance, { recovery, issuer }: ImpersonationRoutesDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/users/:id/impersonations',
    {
      config: { permission: 'impersonations:write', confines: true },
      schema: {
        tags: ['people'],
        summary: 'Ask to act for a person for some minutes, with a reason',
        description:
          'For a person with a token of their own, and never for somebody who may do more. Where it begins, a fresh strong sign-in is asked for. Tokens that applications get name the administrator (`act`, RFC 8693); the account can’t be changed. The person is told by mail, unless the sign-in policy says otherwise.',
        params: z.strictObject({ id: z.string().min(1).max(64) }),
        body,
        response: { 201: answer, ...failures },
      },
    },
    async (request, reply) => {
      // The proof is asked for where it begins, in the browser: this alone opens nothing.
      const { principal: actor } = callerOf(request);
      const { tenantId } = actor;
      const asked = { tenantId, userId: request.params.id, actor, ...request.body };
      const { id, expiresAt } = await requestImpersonation(recovery, asked);
      return reply.code(201).send({ url: `${issuer}/impersonations/${id}`, expiresAt });
    },
  );
}
