import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type AdministrationDeps,
  addGroupMember,
  createGroup,
  deleteGroup,
  type Group,
  getGroup,
  groupUpdateSchema,
  holdOrganization,
  listGroupMembers,
  listGroups,
  newGroupSchema,
  removeGroupMember,
  updateGroup,
} from '#directory';
import { resourceTag } from '#resources';
import type { Store, Tx } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';
import { expectation, tagState } from './etag.ts';

export interface DirectoryGroupRoutesDeps extends AdministrationDeps {
  store: Pick<Store, 'transaction'>;
}

const place = z.string().min(1).max(64).optional().describe('an organization, by name or id');
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const memberParam = idParam.extend({ memberId: z.string().min(1).max(64) });
const groupAnswer = z.object({
  id: z.string(),
  organizationId: z.string().nullable().describe('null for a group of the tenant'),
  name: z.string(),
  description: z.string(),
  roles: z.array(z.string()),
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
});
const memberAnswer = z.object({
  type: z.enum(['user', 'service_account', 'group']),
  id: z.string(),
  addedAt: instant,
});

/** Groups of the tenant and of organizations. A policy names one by its id: `principal in Group::"grp_…"`. */
export function directoryGroupRoutes(plain: FastifyInstance, deps: DirectoryGroupRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['groups'];
  const within = <T>(tenantId: string, work: (tx: Tx) => Promise<T>) => deps.store.transaction({ tenantId }, work);
  const reading = { permission: 'groups:read', confines: true } as const;
  const writing = { permission: 'groups:write', confines: true } as const;

  server.post(
    '/groups',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Make a group, with the roles that its members are to have',
        body: newGroupSchema.extend({ organization: place }),
        response: { 201: groupAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const { organization, ...body } = request.body;
      const input = { tenantId, actor, ...body, ...(organization === undefined ? {} : { organization }) };
      const group = await within(tenantId, (tx) => createGroup(tx, deps, input));
      tagState(reply, resourceTag(group));
      return reply.code(201).header('location', `/api/v1/groups/${group.id}`).send(toAnswer(group));
    },
  );

  server.get(
    '/groups',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List groups, oldest first',
        querystring: pageQuery.extend({ organization: place }),
        response: { 200: pageOf(groupAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor, organization } = request.query;
      return within(tenantId, async (tx) => {
        const organizationId = organization && (await holdOrganization(tx, { tenantId, organization })).id;
        const page = await listGroups(tx, { tenantId, organizationId, limit, after: cursor });
        return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
      });
    },
  );

  server.get(
    '/groups/:id',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read one group; the ETag names this state',
        params: idParam,
        response: { 200: groupAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      const group = await within(tenantId, (tx) => getGroup(tx, { tenantId, id: request.params.id }));
      tagState(reply, resourceTag(group));
      return toAnswer(group);
    },
  );

  server.patch(
    '/groups/:id',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Change a group; what is left out stays. Takes If-Match',
        params: idParam,
        body: groupUpdateSchema,
        response: { 200: groupAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const input = { tenantId, actor, id: request.params.id, update: request.body, ...expectation(request) };
      const group = await within(tenantId, (tx) => updateGroup(tx, deps, input));
      tagState(reply, resourceTag(group));
      return toAnswer(group);
    },
  );

  server.delete(
    '/groups/:id',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Delete a group; its members lose what it gave them',
        params: idParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const input = { tenantId: actor.tenantId, actor, id: request.params.id, ...expectation(request) };
      await within(actor.tenantId, (tx) => deleteGroup(tx, deps, input));
      return reply.code(204).send(null);
    },
  );

  server.get(
    '/groups/:id/members',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List the direct members of a group',
        params: idParam,
        querystring: pageQuery,
        response: { 200: pageOf(memberAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor } = request.query;
      return within(tenantId, async (tx) => {
        const { id: groupId } = await getGroup(tx, { tenantId, id: request.params.id });
        const page = await listGroupMembers(tx, { tenantId, groupId, limit, after: cursor });
        return { items: page.items, nextCursor: page.next ?? null };
      });
    },
  );

  for (const [method, command, summary] of MEMBER_VERBS) {
    server.route({
      method,
      url: '/groups/:id/members/:memberId',
      config: writing,
      schema: { tags, summary, params: memberParam, response: { 204: z.null(), ...failures } },
      handler: async (request, reply) => {
        const actor = callerOf(request).principal;
        const { id: groupId, memberId } = request.params as z.output<typeof memberParam>;
        await within(actor.tenantId, (tx) => command(tx, deps, { tenantId: actor.tenantId, actor, groupId, memberId }));
        return reply.code(204).send(null);
      },
    });
  }
}

const MEMBER_VERBS = [
  ['PUT', addGroupMember, 'Put a person, a service account or another group into a group'],
  ['DELETE', removeGroupMember, 'Take a direct member out of a group'],
] as const;

function toAnswer({ tenantId: _, organizationId, ...group }: Group): z.input<typeof groupAnswer> {
  return { ...group, organizationId: organizationId ?? null, roles: [...group.roles] };
}
