import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { endUserSessions, listUserSessions, type Session, type UserSessionsDeps } from '#signin';
import { demandFreshProof, placeOf } from '../access.ts';
import { failures, instant } from './answers.ts';

export type SessionRoutesDeps = UserSessionsDeps;

const sessionAnswer = z.object({
  id: z.string(),
  acr: z.string().describe('how strongly the person proved who they are: aal1, aal2, or phr (phishing-resistant)'),
  amr: z.array(z.string()).describe('by which methods (RFC 8176)'),
  authenticatedAt: instant,
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
  userAgent: z.string(),
  address: z.string(),
  place: z
    .object({ country: z.string(), region: z.string().nullable() })
    .nullable()
    .describe('where it began, where a proxy in front says so'),
  actorId: z.string().nullable().describe('the administrator who acts for the person in it'),
});
const userParam = z.strictObject({ id: z.string().min(1).max(64) });
const sessionParam = userParam.extend({ sessionId: z.string().min(1).max(64) });
const ended = z.object({ ended: z.int().describe('how many sessions ended') });

/** Where people are signed in, for who administers them. */
export function sessionRoutes(plain: FastifyInstance, deps: SessionRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['sessions'];

  server.get(
    '/users/:id/sessions',
    {
      config: { permission: 'sessions:read', confines: true },
      schema: {
        tags,
        summary: 'List the sessions of a person',
        params: userParam,
        response: { 200: z.object({ items: z.array(sessionAnswer) }), ...failures },
      },
    },
    async (request) => ({
      items: (await listUserSessions(deps, { ...placeOf(request), userId: request.params.id })).map(toAnswer),
    }),
  );

  server.post(
    '/users/:id/sessions/end',
    {
      config: { permission: 'sessions:write', confines: true },
      schema: {
        tags,
        summary: 'End every session of a person, with the tokens that applications got in them, at once',
        params: userParam,
        response: { 200: ended, ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, deps.clock.now());
      const { id: userId } = request.params;
      return { ended: await endUserSessions(deps, { ...placeOf(request), userId, actor }) };
    },
  );

  server.post(
    '/users/:id/sessions/:sessionId/end',
    {
      config: { permission: 'sessions:write', confines: true },
      schema: {
        tags,
        summary: 'End one session of a person, with the tokens that applications got in it, at once',
        params: sessionParam,
        response: { 200: ended, ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, deps.clock.now());
      const { id: userId, sessionId: id } = request.params;
      return { ended: await endUserSessions(deps, { ...placeOf(request), userId, id, actor }) };
    },
  );
}

function toAnswer(session: Session): z.input<typeof sessionAnswer> {
  const { id, acr, amr, authTime, createdAt, lastSeenAt, expiresAt, userAgent, address, place, actor } = session;
  return {
    id,
    acr,
    amr: [...amr],
    authenticatedAt: authTime * 1000,
    createdAt,
    lastSeenAt,
    expiresAt,
    userAgent,
    address,
    place: place === undefined ? null : { country: place.country, region: place.region ?? null },
    actorId: actor?.id ?? null,
  };
}
