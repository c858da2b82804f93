import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  endAllSessions,
  endUserSessions,
  listAllSessions,
  listUserSessions,
  type Session,
  type UserSessionsDeps,
} from '#signin';
import { demandFreshProof, placeOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';
import { sessionCursor } from './cursors.ts';

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
const everySession = sessionAnswer.extend({
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
});
const userParam = z.strictObject({ id: z.string().min(1).max(64) });
const sessionParam = userParam.extend({ sessionId: z.string().min(1).max(64) });
const ended = z.object({ ended: z.int().describe('how many sessions ended') });

/** Where people are signed in, for who administers them. */
export function sessionRoutes(plain: FastifyInstance, deps: SessionRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['sessions'];

  server.get(
    '/sessions',
    {
      // The whole tenant's: an organization sees those of each person that it manages.
      config: { permission: 'sessions:read' },
      schema: {
        tags,
        summary: 'List everybody’s sessions, newest first',
        description: 'A page may hold fewer than were asked for; the last has no nextCursor.',
        querystring: pageQuery.extend({
          search: z
            .string()
            .trim()
            .min(1)
            .max(200)
            .optional()
            .describe('each word of it begins a word of the name or of the address of a person'),
        }),
        response: {
          200: pageOf(everySession).extend({
            complete: z
              .boolean()
              .describe('false: more people match the search than were looked at; say more of the name'),
          }),
          ...failures,
        },
      },
    },
    async (request) => {
      const { tenantId } = placeOf(request);
      const { limit, cursor, search } = request.query;
      const after = cursor === undefined ? undefined : sessionCursor.read(cursor);
      const { items, next, complete } = await listAllSessions(deps, { tenantId, limit, after, search });
      return {
        items: items.map(({ session, user: { id, name, email } }) => ({
          ...toAnswer(session),
          user: { id, name, email },
        })),
        nextCursor: next === undefined ? null : sessionCursor.write(next),
        complete,
      };
    },
  );

  server.post(
    '/sessions/end',
    {
      // The whole tenant's: an organization ends those of each person that it manages.
      config: { permission: 'sessions:write' },
      schema: {
        tags,
        summary: 'End everybody’s sessions, with the tokens that applications got in them, at once',
        description: 'The caller’s own too. Whoever signs in meanwhile stays signed in.',
        body: z.strictObject({ everybody: z.literal(true).describe('so that nobody sends it by mistake') }),
        response: { 200: ended, ...failures },
      },
    },
    async (request, reply) => {
      const { principal: actor } = demandFreshProof(request, reply, deps.clock.now());
      return { ended: await endAllSessions(deps, { tenantId: actor.tenantId, actor }) };
    },
  );

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
