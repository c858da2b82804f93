import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  answerCheck,
  type Collected,
  collect,
  collectPage,
  expandRelation,
  type ListObjectsInput,
  objectsOf,
  RELATION_LIMITS,
  usersOf,
  writeSubject,
} from '#authz';
import { GatehouseError } from '#base';
import { scopeOf } from './consistency.ts';
import type { OpenFgaApiDeps } from './openfga-api-deps.ts';
import { toOpenFgaError } from './openfga-errors.ts';
import {
  batchCheckForm,
  checkForm,
  expandForm,
  listObjectsForm,
  listUsersForm,
  storeParams,
  toUserAnswer,
} from './wire-forms.ts';

const LIST_DESCRIPTION = `At most ${RELATION_LIMITS.listResultsMax}; \`complete\` says whether these are all. With \`page_size\`, in order, and \`continuation_token\` leads on; empty after the last.`;
const toCheck = { permission: 'relations:check' };

export function questionRoutes(plain: FastifyInstance, { relations }: OpenFgaApiDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/stores/:store_id/check',
    {
      config: toCheck,
      schema: { summary: 'Has the user the relation?', params: storeParams, body: checkForm },
    },
    async (request) => {
      const { tuple_key, contextual_tuples, context } = request.body;
      const circumstances = { contextualTuples: contextual_tuples?.tuple_keys, context };
      const place = scopeOf(request, request.params.store_id, request.body);
      const allowed = await relations.answer(place, (scope) => answerCheck(scope, tuple_key, circumstances));
      return { allowed, resolution: '' };
    },
  );

  server.post(
    '/stores/:store_id/batch-check',
    {
      config: toCheck,
      schema: { summary: 'Several checks at once', params: storeParams, body: batchCheckForm },
    },
    async (request) => {
      const place = scopeOf(request, request.params.store_id, request.body);
      const results = await relations.answer(place, (scope) =>
        request.body.checks.map(({ tuple_key, contextual_tuples, context, correlation_id }) => {
          try {
            const circumstances = { contextualTuples: contextual_tuples?.tuple_keys, context };
            return [correlation_id, { allowed: answerCheck(scope, tuple_key, circumstances) }];
          } catch (error) {
            if (!(error instanceof GatehouseError)) throw error;
            const { code, message } = toOpenFgaError(error);
            return [correlation_id, { error: { input_error: code, message } }];
          }
        }),
      );
      return { result: Object.fromEntries(results) };
    },
  );

  server.post(
    '/stores/:store_id/expand',
    {
      config: { permission: 'relations:read' },
      schema: {
        summary: 'How a relation comes about, one step far',
        params: storeParams,
        body: expandForm,
      },
    },
    async (request) => {
      const { tuple_key, contextual_tuples } = request.body;
      const circumstances = { contextualTuples: contextual_tuples?.tuple_keys };
      const place = scopeOf(request, request.params.store_id, request.body);
      const root = await relations.answer(place, (scope) => expandRelation(scope, tuple_key, circumstances));
      return { tree: { root } };
    },
  );

  server.post(
    '/stores/:store_id/list-objects',
    {
      config: toCheck,
      schema: {
        summary: 'Objects to which a user has a relation',
        description: LIST_DESCRIPTION,
        params: storeParams,
        body: listObjectsForm,
      },
    },
    async (request) => {
      const question = toQuestion(request.body);
      const place = scopeOf(request, request.params.store_id, request.body);
      const { items, ...rest } = await relations.answer(place, (scope) =>
        listOf(request.body, objectsOf(scope, question), (object) => object),
      );
      return { objects: items, ...rest };
    },
  );

  server.post(
    '/stores/:store_id/streamed-list-objects',
    {
      config: toCheck,
      schema: {
        summary: 'Objects to which a user has a relation, line by line',
        params: storeParams,
        body: listObjectsForm,
      },
    },
    async (request, reply) => {
      const question = toQuestion(request.body);
      const place = scopeOf(request, request.params.store_id, request.body);
      const { items, complete } = await relations.answer(place, (scope) =>
        collect(objectsOf(scope, question), RELATION_LIMITS.streamedResultsMax),
      );
      return reply.type('application/x-ndjson').send(Readable.from(linesOf(items, complete)));
    },
  );

  server.post(
    '/stores/:store_id/list-users',
    {
      config: toCheck,
      schema: {
        summary: 'Users that have a relation to an object',
        description: LIST_DESCRIPTION,
        params: storeParams,
        body: listUsersForm,
      },
    },
    async (request) => {
      const { object, relation, user_filters, contextual_tuples: contextualTuples, context } = request.body;
      const [filter = { type: '' }] = user_filters;
      const question = { object, relation, filter, contextualTuples, context };
      const place = scopeOf(request, request.params.store_id, request.body);
      const { items, ...rest } = await relations.answer(place, (scope) =>
        listOf(request.body, usersOf(scope, question), writeSubject),
      );
      return { users: items.map(toUserAnswer), ...rest };
    },
  );
}

/** As OpenFGA lists, or page by page where that is asked for. */
function listOf<T>(
  { page_size, continuation_token }: { page_size?: number | undefined; continuation_token?: string | undefined },
  list: Generator<T>,
  nameOf: (item: T) => string,
): Collected<T> & { continuation_token?: string } {
  const itemsMax = RELATION_LIMITS.listResultsMax;
  const token = continuation_token === '' ? undefined : continuation_token;
  if (page_size === undefined && token === undefined) return collect(list, itemsMax);
  const paging = { continuationToken: token, pageSize: page_size ?? itemsMax };
  const { items, complete, continuationToken } = collectPage(list, nameOf, paging);
  return { items, complete, continuation_token: continuationToken };
}

function toQuestion({
  user,
  relation,
  type,
  contextual_tuples,
  context,
}: {
  user: string;
  relation: string;
  type: string;
  contextual_tuples?: { tuple_keys: ListObjectsInput['contextualTuples'] } | undefined;
  context?: ListObjectsInput['context'];
}): ListObjectsInput {
  return { user, relation, type, contextualTuples: contextual_tuples?.tuple_keys, context };
}

/** A list that was cut says so in its last line, in the form in which OpenFGA streams an error (11 is OUT_OF_RANGE). */
function* linesOf(objects: readonly string[], complete: boolean): Generator<string> {
  for (const object of objects) yield `${JSON.stringify({ result: { object } })}\n`;
  if (complete) return;
  yield `${JSON.stringify({ error: { code: 11, message: 'There are more objects than can be listed at once.' } })}\n`;
}
