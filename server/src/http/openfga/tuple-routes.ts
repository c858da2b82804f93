import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { getRelationStore, readChanges, readTuples, writeConsistencyToken, writeTuples } from '#authz';
import { callerOf } from '../access.ts';
import { CONSISTENCY_HEADER } from './consistency.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { changesQuery, readForm, storeParams, timestamp, toTupleAnswer, writeForm } from './wire-forms.ts';

export function tupleRoutes(plain: FastifyInstance, deps: OpenFgaApiDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/stores/:store_id/write',
    {
      config: { permission: 'relations:write' },
      schema: {
        summary: 'Write and delete tuples, all or none',
        description: `The answer's header \`${CONSISTENCY_HEADER}\` says how far the store has come: sent along with a check, it is answered from no older state.`,
        params: storeParams,
        body: writeForm,
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      const place = { tenantId: principal.tenantId, storeId: request.params.store_id };
      const { writes, deletes, authorization_model_id: modelId } = request.body;
      const rules = writes === undefined ? undefined : await deps.relations.rules({ ...place, modelId });
      const revision = await writeTuples(deps, rules, {
        ...place,
        actor: principal,
        writes: writes?.tuple_keys ?? [],
        deletes: deletes?.tuple_keys ?? [],
        onDuplicate: writes?.on_duplicate,
        onMissing: deletes?.on_missing,
      });
      // Whoever asks this process next finds what he has just written, also without the token.
      await deps.relations.refresh(place);
      const token = writeConsistencyToken(place.storeId, revision);
      return reply.header(CONSISTENCY_HEADER, token).send({ consistency_token: token });
    },
  );

  server.post(
    '/stores/:store_id/read',
    {
      config: { permission: 'relations:read' },
      schema: { summary: 'Read tuples as they are stored', params: storeParams, body: readForm },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { store_id: storeId } = request.params;
      const { tuple_key: filter = {}, page_size: pageSize, continuation_token } = request.body;
      await getRelationStore(deps, { tenantId, id: storeId });
      const page = await readTuples(deps, {
        tenantId,
        storeId,
        filter,
        pageSize,
        continuationToken: continuation_token,
      });
      return {
        tuples: page.tuples.map(({ key, writtenAt }) => ({ key: toTupleAnswer(key), timestamp: timestamp(writtenAt) })),
        continuation_token: page.continuationToken,
      };
    },
  );

  server.get(
    '/stores/:store_id/changes',
    {
      config: { permission: 'relations:read' },
      schema: {
        summary: 'What was written and deleted, oldest first',
        params: storeParams,
        querystring: changesQuery,
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { store_id: storeId } = request.params;
      const { type, start_time, page_size: pageSize, continuation_token } = request.query;
      await getRelationStore(deps, { tenantId, id: storeId });
      const page = await readChanges(deps, {
        tenantId,
        storeId,
        type,
        from: start_time === undefined ? undefined : Date.parse(start_time),
        pageSize,
        continuationToken: continuation_token,
      });
      return {
        changes: page.changes.map(({ key, operation, changedAt }) => ({
          tuple_key: toTupleAnswer(key),
          operation: operation === 'write' ? 'TUPLE_OPERATION_WRITE' : 'TUPLE_OPERATION_DELETE',
          timestamp: timestamp(changedAt),
        })),
        continuation_token: page.continuationToken,
      };
    },
  );
}
