import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type AdministrationDeps,
  getMembership,
  getUser,
  holdOrganization,
  listMembers,
  membershipsOf,
  membershipTag,
  putMembership,
  removeMembership,
} from '#directory';
import type { Store, Tx } from '#store';
import { callerOf } from '../access.ts';
import { failures, pageOf, pageQuery } from './answers.ts';
import { membershipAnswer, toMembershipAnswer } from './directory-answers.ts';
import { expectation, tagState } from './etag.ts';

export interface DirectoryMembershipRoutesDeps extends AdministrationDeps {
  store: Pick<Store, 'transaction'>;
}

const organizationParam = z.strictObject({
  name: z.string().min(1).max(64).describe('of the organization, or its id'),
});
const memberParam = organizationParam.extend({ userId: z.string().min(1).max(64) });
const userParam = z.strictObject({ id: z.string().min(1).max(64) });
const body = z.strictObject({ roles: z.array(z.string().max(63)).max(200).default([]) });

/** Who belongs to which organization, and as what. */
export function directoryMembershipRoutes(plain: FastifyInstance, deps: DirectoryMembershipRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['people'];
  const one = '/organizations/:name/members/:userId';
  const within = <T>(tenantId: string, work: (tx: Tx) => Promise<T>) => deps.store.transaction({ tenantId }, work);
  const reading = { permission: 'memberships:read', confines: true } as const;
  const writing = { permission: 'memberships:write', confines: true } as const;

  server.get(
    '/organizations/:name/members',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List the people of an organization, with their roles there',
        params: organizationParam,
        querystring: pageQuery,
        response: { 200: pageOf(membershipAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor } = request.query;
      return within(tenantId, async (tx) => {
        const { id: organizationId } = await holdOrganization(tx, { tenantId, organization: request.params.name });
        const page = await listMembers(tx, { tenantId, organizationId, limit, after: cursor });
        return { items: page.items.map(toMembershipAnswer), nextCursor: page.next ?? null };
      });
    },
  );

  server.get(
    one,
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read one membership; the ETag names this state',
        params: memberParam,
        response: { 200: membershipAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      const { name: organization, userId } = request.params;
      const membership = await within(tenantId, async (tx) => {
        const { id: organizationId } = await holdOrganization(tx, { tenantId, organization });
        return getMembership(tx, { tenantId, organizationId, userId });
      });
      tagState(reply, membershipTag(membership));
      return toMembershipAnswer(membership);
    },
  );

  server.put(
    one,
    {
      config: writing,
      schema: {
        tags,
        summary: 'Make a person belong to an organization, or replace their roles there',
        description:
          'Replacing the roles of a member takes If-Match. You give no role that you do not hold, and take none away from somebody who may do more. An organization reaches only its members; it invites others.',
        params: memberParam,
        body,
        response: { 200: membershipAnswer, 201: membershipAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const { name: organization, userId } = request.params;
      const input = { tenantId, actor, organization, userId, ...request.body, ...expectation(request) };
      const { created, membership } = await within(tenantId, (tx) => putMembership(tx, deps, input));
      tagState(reply, membershipTag(membership));
      return reply.code(created ? 201 : 200).send(toMembershipAnswer(membership));
    },
  );

  server.delete(
    one,
    {
      config: writing,
      schema: {
        tags,
        summary: 'End a membership',
        params: memberParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { name: organization, userId } = request.params;
      const input = { tenantId: actor.tenantId, actor, organization, userId, ...expectation(request) };
      await within(actor.tenantId, (tx) => removeMembership(tx, deps, input));
      return reply.code(204).send(null);
    },
  );

  server.get(
    '/users/:id/memberships',
    {
      config: reading,
      schema: {
        tags,
        summary: 'The organizations of a person, with their roles in each',
        params: userParam,
        response: { 200: z.object({ items: z.array(membershipAnswer) }), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      return within(tenantId, async (tx) => {
        const { id: userId } = await getUser(tx, { tenantId, id: request.params.id });
        return { items: (await membershipsOf(tx, { tenantId, userId })).map(toMembershipAnswer) };
      });
    },
  );
}
