import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { getModel, getRelationStore, listModels, readDsl, writeModel } from '#authz';
import { callerOf } from '../access.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { modelParams, pageQuery, storeParams, toModelAnswer } from './wire-forms.ts';

export function modelRoutes(plain: FastifyInstance, deps: OpenFgaApiDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/stores/:store_id/authorization-models',
    {
      config: { permission: 'relations:manage' },
      schema: {
        summary: 'Write an authorization model',
        description: 'As JSON, or in the OpenFGA language as text/plain.',
        params: storeParams,
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const place = { tenantId: principal.tenantId, storeId: request.params.store_id };
      const { body } = request;
      const model = typeof body === 'string' ? await readDsl(body) : body;
      const id = await writeModel(deps, { ...place, actor: principal, model });
      await deps.relations.refresh(place);
      return reply.code(201).send({ authorization_model_id: id });
    },
  );

  server.get(
    '/stores/:store_id/authorization-models',
    {
      config: { permission: 'relations:read' },
      schema: {
        summary: 'List authorization models, the newest first',
        params: storeParams,
        querystring: pageQuery,
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { store_id: storeId } = request.params;
      const { page_size: pageSize, continuation_token } = request.query;
      await getRelationStore(deps, { tenantId, id: storeId });
      const page = await listModels(deps, { tenantId, storeId, pageSize, continuationToken: continuation_token });
      return { authorization_models: page.models.map(toModelAnswer), continuation_token: page.continuationToken };
    },
  );

  server.get(
    '/stores/:store_id/authorization-models/:id',
    {
      config: { permission: 'relations:read' },
      schema: { summary: 'Read one authorization model', params: modelParams },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { store_id: storeId, id } = request.params;
      await getRelationStore(deps, { tenantId, id: storeId });
      return { authorization_model: toModelAnswer(await getModel(deps, { tenantId, storeId, id })) };
    },
  );
}
