import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ANY_CALLER, callerOf } from '../access.ts';
import { failures } from './answers.ts';

const answer = z.object({
  principal: z.object({
    type: z.string(),
    id: z.string(),
    tenantId: z.string(),
    organizationId: z.string().optional(),
    roles: z.array(z.string()),
    scopes: z.array(z.string()),
    act: z.object({ sub: z.string() }).optional().describe('who acts for the principal (RFC 8693)'),
    credential: z.object({ type: z.string(), id: z.string(), expiresAt: z.number().optional() }),
  }),
  permissions: z.array(z.string()),
});

/** Needs a credential and no permission: who one is tells nothing that the credential does not prove. */
export function whoamiRoute(server: FastifyInstance): void {
  server.withTypeProvider<ZodTypeProvider>().get(
    '/whoami',
    {
      config: { permission: ANY_CALLER, confines: true },
      schema: {
        tags: ['self'],
        summary: 'Which credential this is, and what it may do',
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { principal, permissions } = callerOf(request);
      const { roles, scopes, ...rest } = principal;
      return { principal: { ...rest, roles: [...roles], scopes: [...scopes] }, permissions: [...permissions.patterns] };
    },
  );
}
