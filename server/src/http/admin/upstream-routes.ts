import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { gatewayErrors, type UpstreamHealth } from '#gateway';
import { callerOf } from '../access.ts';
import { failures } from './answers.ts';

export interface UpstreamRoutesDeps {
  /** How the gateway in this process sees an upstream; absent where another process enforces. */
  upstreamHealth?: ((tenantId: string, name: string) => UpstreamHealth | undefined) | undefined;
}

const breaker = z.enum(['closed', 'open', 'half_open']);
const healthAnswer = z.object({
  name: z.string(),
  breaker: breaker.describe('of all targets together; `open`: callers are told at once that nothing works'),
  inFlight: z.int(),
  retries: z.int(),
  refused: z.int().describe('requests that were not sent to any target'),
  targets: z.array(
    z.object({
      url: z.string(),
      weight: z.int(),
      available: z.boolean().describe('may it get requests now'),
      healthy: z.boolean().describe('what active checks say'),
      ejection: breaker.describe('what requests that failed say'),
      inFlight: z.int(),
      requests: z.int(),
      failed: z.int(),
      ejections: z.int(),
      problem: z.string().describe('what the last active check found; empty when nothing'),
    }),
  ),
});

export function upstreamRoutes(plain: FastifyInstance, { upstreamHealth }: UpstreamRoutesDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().get(
    '/upstreams/:name/health',
    {
      config: { permission: 'upstreams:read' },
      schema: {
        tags: ['upstreams'],
        summary: 'How this process sees the targets of an upstream',
        params: z.strictObject({ name: z.string().min(1).max(64) }),
        response: { 200: healthAnswer, ...failures },
      },
    },
    async (request) => {
      const health = upstreamHealth?.(callerOf(request).principal.tenantId, request.params.name);
      if (health === undefined) throw gatewayErrors.upstream_not_found();
      return health;
    },
  );
}
