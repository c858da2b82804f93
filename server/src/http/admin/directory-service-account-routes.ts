import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listApiKeys } from '#apikeys';
import {
  createServiceAccountFor,
  type DeleteServiceAccountDeps,
  deleteServiceAccount,
  getServiceAccount,
  holdOrganization,
  listServiceAccounts,
  newServiceAccountSchema,
  type ServiceAccount,
  serviceAccountUpdateSchema,
  setServiceAccountStatus,
  updateServiceAccount,
} from '#directory';
import { resourceTag } from '#resources';
import type { Store, Tx } from '#store';
import { callerOf } from '../access.ts';
import { failures, instant, pageOf, pageQuery } from './answers.ts';
import { expectation, tagState } from './etag.ts';
import { keyAnswer, toAnswer as toKeyAnswer } from './key-answer.ts';

export interface DirectoryServiceAccountRoutesDeps extends DeleteServiceAccountDeps {
  store: Pick<Store, 'transaction'>;
}

const place = z.string().min(1).max(64).optional().describe('an organization, by name or id');
const idParam = z.strictObject({ id: z.string().min(1).max(64) });
const accountAnswer = z.object({
  id: z.string(),
  organizationId: z.string().nullable().describe('null for one of the tenant'),
  name: z.string(),
  description: z.string(),
  roles: z.array(z.string()).describe('its keys can do no more than these'),
  status: z.enum(['active', 'disabled']),
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
});

/** Programs with accounts of their own. */
export function directoryServiceAccountRoutes(plain: FastifyInstance, deps: DirectoryServiceAccountRoutesDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();
  const tags = ['service accounts'];
  const within = <T>(tenantId: string, work: (tx: Tx) => Promise<T>) => deps.store.transaction({ tenantId }, work);
  const reading = { permission: 'service_accounts:read', confines: true } as const;
  const writing = { permission: 'service_accounts:write', confines: true } as const;

  server.post(
    '/service-accounts',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Make an account for a program, whose keys act in its name',
        body: newServiceAccountSchema.extend({ organization: place }),
        response: { 201: accountAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const account = await within(tenantId, (tx) =>
        createServiceAccountFor(tx, deps, { tenantId, actor, ...request.body }),
      );
      tagState(reply, resourceTag(account));
      return reply.code(201).header('location', `/api/v1/service-accounts/${account.id}`).send(toAnswer(account));
    },
  );

  server.get(
    '/service-accounts',
    {
      config: reading,
      schema: {
        tags,
        summary: 'List service accounts, oldest first',
        querystring: pageQuery.extend({ organization: place }),
        response: { 200: pageOf(accountAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor, organization } = request.query;
      return within(tenantId, async (tx) => {
        const organizationId = organization && (await holdOrganization(tx, { tenantId, organization })).id;
        const page = await listServiceAccounts(tx, { tenantId, organizationId, limit, after: cursor });
        return { items: page.items.map(toAnswer), nextCursor: page.next ?? null };
      });
    },
  );

  server.get(
    '/service-accounts/:id',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Read one service account; the ETag names this state',
        params: idParam,
        response: { 200: accountAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request).principal;
      const account = await within(tenantId, (tx) => getServiceAccount(tx, { tenantId, id: request.params.id }));
      tagState(reply, resourceTag(account));
      return toAnswer(account);
    },
  );

  server.get(
    '/service-accounts/:id/keys',
    {
      config: { permission: 'keys:read', confines: true },
      schema: {
        tags,
        summary: 'List the keys of a service account, newest first',
        params: idParam,
        querystring: pageQuery,
        response: { 200: pageOf(keyAnswer), ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { limit, cursor: after } = request.query;
      const { id: ownerId } = await within(tenantId, (tx) =>
        getServiceAccount(tx, { tenantId, id: request.params.id }),
      );
      const page = await listApiKeys(deps, { tenantId, ownerId, limit, ...(after === undefined ? {} : { after }) });
      return { items: page.items.map(toKeyAnswer), nextCursor: page.next ?? null };
    },
  );

  server.patch(
    '/service-accounts/:id',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Change a service account, and what its keys may do. Takes If-Match',
        params: idParam,
        body: serviceAccountUpdateSchema,
        response: { 200: accountAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const { tenantId } = actor;
      const input = { tenantId, actor, id: request.params.id, update: request.body, ...expectation(request) };
      const account = await within(tenantId, (tx) => updateServiceAccount(tx, deps, input));
      tagState(reply, resourceTag(account));
      return toAnswer(account);
    },
  );

  for (const [verb, status, summary] of STATUS_VERBS) {
    server.post(
      `/service-accounts/:id/${verb}`,
      { config: writing, schema: { tags, summary, params: idParam, response: { 200: accountAnswer, ...failures } } },
      async (request) => {
        const actor = callerOf(request).principal;
        const input = { tenantId: actor.tenantId, actor, id: request.params.id, status };
        return toAnswer(await within(actor.tenantId, (tx) => setServiceAccountStatus(tx, deps, input)));
      },
    );
  }

  server.delete(
    '/service-accounts/:id',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Delete a service account, and end its keys',
        params: idParam,
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request).principal;
      const input = { tenantId: actor.tenantId, actor, id: request.params.id, ...expectation(request) };
      await within(actor.tenantId, (tx) => deleteServiceAccount(tx, deps, input));
      return reply.code(204).send(null);
    },
  );
}

const STATUS_VERBS = [
  ['disable', 'disabled', 'Refuse the keys of a service account, at once'],
  ['enable', 'active', 'Accept the keys of a service account again'],
] as const;

function toAnswer({ tenantId: _, organizationId, ...account }: ServiceAccount): z.input<typeof accountAnswer> {
  return { ...account, organizationId: organizationId ?? null, roles: [...account.roles] };
}
