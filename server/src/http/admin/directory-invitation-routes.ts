import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  createInvitation,
  getInvitation,
  holdOrganization,
  type Invitation,
  type InvitationDeps,
  type IssuedInvitation,
  listInvitations,
  newInvitationSchema,
  resendInvitation,
  revokeInvitation,
} from '#directory';
import type { Store, Tx } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';

export interface DirectoryInvitationRoutesDeps extends InvitationDeps {
  store: Pick<Store, 'transaction'>;
}

const place = z.string().min(1).max(64).optional().describe('an organization, by name or id');
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const invitationAnswer = z.object({
  id: z.string(),
  organizationId: z.string().nullable().describe('null for an invitation to the tenant itself'),
  email: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['open', 'accepted', 'revoked', 'expired']),
  invitedBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  acceptedAt: instant.nullable(),
  acceptedBy: z.string().nullable(),
});
const issuedAnswer = invitationAnswer.extend({
  link: z.string().nullable().describe('only where no mail can be sent: bring it to the person; it is shown this once'),
});

/** Who is asked to join. */
export function directoryInvitationRoutes(plain: FastifyInstance, deps: DirectoryInvitationRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['invitations'];
  const within = <T>(tenantId: string, work: (tx: Tx) => Promise<T>) => deps.store.transaction({ tenantId }, work);
  const reading = { permission: 'invitations:read', confines: true } as const;
  const writing = { permission: 'invitations:write', confines: true } as const;

  server.post(
    '/invitations',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Invite somebody by their address, with the roles they are to have',
        description: 'Whether the address has an account is not told. The link goes by mail, is good once, and ends.',
        body: newInvitationSchema.extend({ organization: place }),
        response: { 201: issuedAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const issued = await within(tenantId, (tx) => createInvitation(tx, deps, { tenantId, actor, ...request.body }));
      reply.header('location', `/api/v1/invitations/${issued.invitation.id}`);
      return reply.code(201).send(toIssued(issued));
    },
  );

  server.get(
    '/invitations',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List invitations, newest first',
        querystring: pageQuery.extend({ organization: place }),
        response: { 200: pageOf(invitationAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor, organization } = request.query;
      return within(tenantId, async (tx) => {
        const organizationId = organization && (await holdOrganization(tx, { tenantId, organization })).id;
        const page = await listInvitations(tx, deps, { tenantId, organizationId, limit, after: cursor });
        return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
      });
    },
  );

  server.get(
    '/invitations/:id',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read one invitation, without its link',
        params: idParam,
        response: { 200: invitationAnswer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      return toAnswer(await within(tenantId, (tx) => getInvitation(tx, deps, { tenantId, id: request.params.id })));
    },
  );

  server.post(
    '/invitations/:id/resend',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Send an invitation again, with a new link and its whole time; the old link ends',
        params: idParam,
        response: { 200: issuedAnswer, ...failures },
      },
    },
    async (request) => {
      const actor = callerOf(request).principal;
      const input = { tenantId: actor.tenantId, actor, id: request.params.id };
      return toIssued(await within(actor.tenantId, (tx) => resendInvitation(tx, deps, input)));
    },
  );

  server.post(
    '/invitations/:id/revoke',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Take an invitation back',
        params: idParam,
        response: { 200: invitationAnswer, ...failures },
      },
    },
    async (request) => {
      const actor = callerOf(request).principal;
      const input = { tenantId: actor.tenantId, actor, id: request.params.id };
      return toAnswer(await within(actor.tenantId, (tx) => revokeInvitation(tx, deps, input)));
    },
  );
}

function toAnswer({ tenantId: _, organizationId, acceptedAt, acceptedBy, ...rest }: Invitation) {
  return {
    ...rest,
    organizationId: organizationId ?? null,
    roles: [...rest.roles],
    acceptedAt: acceptedAt ?? null,
    acceptedBy: acceptedBy ?? null,
  } satisfies z.input<typeof invitationAnswer>;
}

function toIssued({ invitation, link }: IssuedInvitation): z.input<typeof issuedAnswer> {
  return { ...toAnswer(invitation), link: link ?? null };
}
