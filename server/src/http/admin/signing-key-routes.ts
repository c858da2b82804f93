import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SIGNING_ALGORITHMS, type SigningKeys } from '#keyring';
import { callerOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface SigningKeyRoutesDeps {
  signingKeys: Pick<SigningKeys, 'list' | 'rotate'>;
}

const algorithm = z.enum(SIGNING_ALGORITHMS);
const keyAnswer = z.object({
  id: z.string(),
  alg: algorithm,
  state: z.string(),
  createdAt: instant,
  activatesAt: instant,
  retiresAt: instant.optional(),
  goneAt: instant.optional(),
});
const rotation = z.strictObject({
  immediately: z
    .boolean()
    .default(false)
    .describe('for a key that is no longer trusted; others may meet a key they have not fetched yet'),
  alg: algorithm.optional(),
});

export function signingKeyRoutes(plain: FastifyInstance, { signingKeys }: SigningKeyRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['signing keys'];

  server.get(
    '/signing-keys',
    {
      config: { permission: 'signing_keys:read' },
      schema: {
        tags,
        summary: 'List signing keys',
        response: { 200: z.object({ items: z.array(keyAnswer) }), ...failures },
      },
    },
    async (request) => ({ items: signingKeys.list(callerOf(request).principal.tenantId) }),
  );

  server.post(
    '/signing-keys/rotate',
    {
      config: { permission: 'signing_keys:write' },
      schema: {
        tags,
        summary: 'Announce the next signing key, or put it to use at once',
        body: rotation,
        response: { 201: keyAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { immediately, alg } = request.body;
      const { principal } = callerOf(request);
      const key = await signingKeys.rotate(principal.tenantId, {
        immediately,
        actor: principal,
        ...(alg === undefined ? {} : { alg }),
      });
      return reply.code(201).send(key);
    },
  );
}
