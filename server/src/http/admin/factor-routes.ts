import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AdministrationDeps } from '#directory';
import { type FactorDeps, type FactorsOfPerson, listUserFactors, removeUserFactor } from '#signin';
import { demandFreshProof, placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export interface FactorRoutesDeps {
  recovery: FactorDeps & Pick<AdministrationDeps, 'roles'>;
}

const userParam = z.strictObject({ id: z.string().min(1).max(64) });
const factors = z.object({
  password: z.boolean(),
  totpSince: instant.nullable().describe('when the authenticator app was set up; null without one'),
  passkeys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      authenticator: z.string().describe('what made it, as far as it says so itself'),
      synced: z.boolean().describe('kept by a provider, and found on several devices'),
      createdAt: instant,
      lastUsedAt: instant.nullable(),
    }),
  ),
  recoveryCodes: z.int().describe('how many are left'),
});

/** What people prove themselves with, for who administers them. From inside an organization: the accounts it manages. */
export function factorRoutes(plain: FastifyInstance, { recovery }: FactorRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['people'];

  server.get(
    '/users/:id/factors',
    {
      config: { permission: 'users:read', confines: true },
      schema: {
        tags,
        summary: 'What a person can prove themselves with',
        params: userParam,
        response: { 200: factors, ...failures },
      },
    },
    async (request) => toAnswer(await listUserFactors(recovery, { ...placeOf(request), userId: request.params.id })),
  );

  server.delete(
    '/users/:id/factors/totp',
    {
      config: { permission: 'users:recover', confines: true },
      schema: {
        tags,
        summary: 'Take the authenticator app of a person away',
        description: REMOVAL,
        params: userParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, recovery.clock.now());
      const which = { factor: 'totp' } as const;
      await removeUserFactor(recovery, { ...placeOf(request), userId: request.params.id, which, actor });
      return reply.code(204).send(null);
    },
  );

  server.delete(
    '/users/:id/factors/passkeys/:passkeyId',
    {
      config: { permission: 'users:recover', confines: true },
      schema: {
        tags,
        summary: 'Take one passkey of a person away, such as one that was stolen',
        description: REMOVAL,
        params: userParam.extend({ passkeyId: z.string().min(1).max(64) }),
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, recovery.clock.now());
      const { id: userId, passkeyId } = request.params;
      const which = { factor: 'passkey', id: passkeyId } as const;
      await removeUserFactor(recovery, { ...placeOf(request), userId, which, actor });
      return reply.code(204).send(null);
    },
  );
}

const REMOVAL =
  'Asks for a fresh strong sign-in, and for power over the account. The person is told by mail. The last factor of somebody who must have one stays: make a recovery link instead.';

function toAnswer({ hasPassword, totpSince, passkeys, recoveryCodes }: FactorsOfPerson): z.input<typeof factors> {
  return { password: hasPassword, totpSince: totpSince ?? null, passkeys: [...passkeys], recoveryCodes };
}
