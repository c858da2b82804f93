import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readAssertions, writeAssertions } from '#authz';
import { callerOf } from '../access.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { assertionParams, assertionsForm, toTupleAnswer } from './wire-forms.ts';

const URL = '/stores/:store_id/assertions/:authorization_model_id';

export function assertionRoutes(plain: FastifyInstance, deps: OpenFgaApiDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.put(
    URL,
    {
      config: { permission: 'relations:manage' },
      schema: {
        summary: 'Keep what checks should answer with a model',
        params: assertionParams,
        body: assertionsForm,
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const { store_id: storeId, authorization_model_id: modelId } = request.params;
      const place = { tenantId: principal.tenantId, storeId, modelId };
      const assertions = request.body.assertions.map(({ tuple_key, contextual_tuples, ...rest }) => ({
        ...rest,
        key: tuple_key,
        contextualTuples: contextual_tuples ?? [],
      }));
      await writeAssertions(deps, await deps.relations.rules(place), { ...place, actor: principal, assertions });
      return reply.code(204).send();
    },
  );

  server.get(
    URL,
    {
      config: { permission: 'relations:read' },
      schema: { summary: 'Read what checks should answer', params: assertionParams },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { store_id: storeId, authorization_model_id: modelId } = request.params;
      await deps.relations.rules({ tenantId, storeId, modelId });
      const assertions = await readAssertions(deps, { tenantId, storeId, modelId });
      return {
        authorization_model_id: modelId,
        assertions: assertions.map(({ key, expectation, contextualTuples, context }) => ({
          tuple_key: key,
          expectation,
          contextual_tuples: contextualTuples.map(toTupleAnswer),
          ...(context === undefined ? {} : { context }),
        })),
      };
    },
  );
}
