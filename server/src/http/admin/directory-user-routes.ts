import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type AdministrationDeps,
  administerStatus,
  createUserFor,
  type DeleteUserDeps,
  deleteUser,
  getUser,
  holdOrganization,
  listUsers,
  newUserSchema,
  USER_SORTS,
  updateUser,
  userUpdateSchema,
} from '#directory';
import { resourceTag } from '#resources';
import type { Store, Tx } from '#store';
import { callerOf } from '../access.ts';
import { failures, pageOf, pageQuery } from './answers.ts';
import { userCursor } from './cursors.ts';
import { toUserAnswer, userAnswer } from './directory-answers.ts';
import { expectation, tagState } from './etag.ts';

export interface DirectoryUserRoutesDeps extends AdministrationDeps, Pick<DeleteUserDeps, 'erasePerson'> {
  store: Pick<Store, 'transaction'>;
}

const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const newUser = newUserSchema.omit({ organizationId: true }).extend({
  organization: z.string().min(1).max(64).optional().describe('by name or id: it is to manage the account'),
});
const listQuery = pageQuery.extend({
  // It may hold a name.
  cursor: z.string().min(1).max(2048).optional(),
  search: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('each word of it begins a word of the name or of the address; ada@exa begins the address'),
  status: z.enum(['active', 'disabled']).optional(),
  organization: z.string().min(1).max(64).optional().describe('by name or id: those who belong to it'),
  sort: z.enum(USER_SORTS).default('created'),
  order: z.enum(['asc', 'desc']).default('asc'),
});

/** People. A caller from inside an organization sees those who belong to it, and changes the accounts that it manages. */
export function directoryUserRoutes(plain: FastifyInstance, deps: DirectoryUserRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['people'];
  const within = <T>(tenantId: string, work: (tx: Tx) => Promise<T>, readOnly = false) =>
    deps.store.transaction({ tenantId }, work, { readOnly });

  server.post(
    '/users',
    {
      // Not for organizations: whether an address is taken would tell who else there is. They invite.
      config: { permission: 'users:write' },
      schema: {
        tags,
        summary: 'Add a person, who can sign in once they have a password or another authenticator',
        body: newUser,
        response: { 201: userAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { organization, ...input } = request.body;
      const inOrganization = organization === undefined ? {} : { organizationId: organization };
      const user = await within(actor.tenantId, (tx) =>
        createUserFor(tx, deps, { tenantId: actor.tenantId, actor, ...input, ...inOrganization }),
      );
      tagState(reply, resourceTag(user));
      return reply.code(201).header('location', `/api/v1/users/${user.id}`).send(toUserAnswer(user));
    },
  );

  server.get(
    '/users',
    {
      config: { permission: 'users:read', confines: true },
      schema: {
        tags,
        summary: 'List people, oldest first unless said otherwise',
        querystring: listQuery,
        response: { 200: pageOf(userAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId, organizationId: own } = callerOf(request).principal;
      const { limit, cursor, organization, search, status, sort, order } = request.query;
      const after = cursor === undefined ? undefined : userCursor.read(cursor);
      return within(tenantId, async (tx) => {
        // The database shows no others from inside an organization; that it is asked for these alone makes it quick.
        const organizationId = organization ? (await holdOrganization(tx, { tenantId, organization })).id : own;
        const descending = order === 'desc';
        const page = await listUsers(tx, { tenantId, limit, after, search, status, organizationId, sort, descending });
        return {
          items: page.items.map(toUserAnswer),
          nextCursor: page.next === undefined ? null : userCursor.write(page.next),
        };
      });
    },
  );

  server.get(
    '/users/:id',
    {
      config: { permission: 'users:read', confines: true },
      schema: {
        tags,
        summary: 'Read one person; the ETag names this state',
        params: idParam,
        response: { 200: userAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      const user = await within(tenantId, (tx) => getUser(tx, { tenantId, id: request.params.id }), true);
      tagState(reply, resourceTag(user));
      return toUserAnswer(user);
    },
  );

  server.patch(
    '/users/:id',
    {
      config: { permission: 'users:write', confines: true },
      schema: {
        tags,
        summary: 'Change a person; what is left out stays',
        description:
          'Takes If-Match with the ETag that was read (or `*`). `attributes` and `roles` are replaced whole. A new address counts as unconfirmed unless `emailVerified` says otherwise. Nobody changes the account of somebody who may do more.',
        params: idParam,
        body: userUpdateSchema,
        response: { 200: userAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const input = { tenantId, actor, id: request.params.id, update: request.body, ...expectation(request) };
      const user = await within(tenantId, (tx) => updateUser(tx, deps, input));
      tagState(reply, resourceTag(user));
      return toUserAnswer(user);
    },
  );

  for (const [verb, status, summary] of STATUS_VERBS) {
    server.post(
      `/users/:id/${verb}`,
      {
        config: { permission: 'users:write', confines: true },
        schema: { tags, summary, params: idParam, response: { 200: userAnswer, ...failures } },
      },
      async (request, reply) => {
        const actor = callerOf(request).principal;
        const input = { tenantId: actor.tenantId, actor, id: request.params.id, status };
        const user = await within(actor.tenantId, (tx) => administerStatus(tx, deps, input));
        tagState(reply, resourceTag(user));
        return toUserAnswer(user);
      },
    );
  }

  server.delete(
    '/users/:id',
    {
      config: { permission: 'users:write', confines: true },
      schema: {
        tags,
        summary: 'Erase a person, with everything that hangs on the account; the audit log keeps what was done',
        params: idParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const input = { tenantId, actor, id: request.params.id, ...expectation(request) };
      await within(tenantId, (tx) => deleteUser(tx, deps, input));
      return reply.code(204).send(null);
    },
  );
}

const STATUS_VERBS = [
  ['disable', 'disabled', 'Keep a person out, at once: sessions, tokens and keys are refused'],
  ['enable', 'active', 'Let a person in again, who has to sign in anew'],
] as const;
