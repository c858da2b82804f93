import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  createRelationStore,
  deleteRelationStore,
  getRelationStore,
  listRelationStores,
  type RelationStore,
} from '#authz';
import { callerOf } from '../access.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { listStoresQuery, newStoreForm, storeParams, timestamp } from './wire-forms.ts';

export function storeRoutes(plain: FastifyInstance, deps: OpenFgaApiDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/stores',
    {
      config: { permission: 'relations:manage' },
      schema: { summary: 'Create a store', body: newStoreForm },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const made = await createRelationStore(deps, {
        tenantId: principal.tenantId,
        actor: principal,
        name: request.body.name,
      });
      return reply.code(201).send(toAnswer(made));
    },
  );

  server.get(
    '/stores',
    {
      config: { permission: 'relations:read' },
      schema: { summary: 'List stores', querystring: listStoresQuery },
    },
    async (request) => {
      const { page_size, continuation_token, name } = request.query;
      const { stores, continuationToken } = await listRelationStores(deps, {
        tenantId: callerOf(request).principal.tenantId,
        name,
        pageSize: page_size,
        continuationToken: continuation_token,
      });
      return { stores: stores.map(toAnswer), continuation_token: continuationToken };
    },
  );

  server.get(
    '/stores/:store_id',
    {
      config: { permission: 'relations:read' },
      schema: { summary: 'Read one store', params: storeParams },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      return toAnswer(await getRelationStore(deps, { tenantId, id: request.params.store_id }));
    },
  );

  server.delete(
    '/stores/:store_id',
    {
      config: { permission: 'relations:manage' },
      schema: { summary: 'Delete a store with all that is in it', params: storeParams },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const { tenantId } = principal;
      const { store_id: id } = request.params;
      await deleteRelationStore(deps, { tenantId, actor: principal, id });
      await deps.relations.refresh({ tenantId, storeId: id });
      return reply.code(204).send();
    },
  );
}

function toAnswer({ id, name, createdAt, updatedAt }: RelationStore) {
  return { id, name, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) };
}
