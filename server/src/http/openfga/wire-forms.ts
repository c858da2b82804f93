import { z } from 'zod';
import type { JsonObject } from '#audit';
import { RELATION_LIMITS, type StoredModel, type SubjectName, type TupleKey } from '#authz';

/** The forms of OpenFGA's API. Members that we don't know are left out and not refused, as its own server does. */

/** Tools send null or '' for what they leave out. */
const absent = z.union([z.null(), z.literal('')]).transform(() => undefined);
export const optional = <T extends z.ZodType>(schema: T) => z.union([absent, schema]).optional();

const context = z.record(z.string(), z.unknown()).transform((given) => given as JsonObject);
const name = z.string().min(1).max(512);

export const tupleKeyForm = z
  .object({
    user: name,
    relation: name,
    object: name,
    condition: optional(z.object({ name: z.string().max(256), context: optional(context) })),
  })
  .transform(
    ({ condition, ...key }): TupleKey =>
      condition === undefined || condition.name === '' ? key : { ...key, condition },
  );

const plainTupleKeyForm = z.object({ user: name, relation: name, object: name });
const tupleKeys = <T extends z.ZodType>(form: T) => z.object({ tuple_keys: z.array(form) });

export const pageSize = z.coerce.number().int().min(1).max(RELATION_LIMITS.pageSizeMax);
const continuationToken = optional(z.string().max(5_120));
const modelId = optional(z.string().max(64));
const consistency = optional(z.enum(['UNSPECIFIED', 'MINIMIZE_LATENCY', 'HIGHER_CONSISTENCY']));
/** Bounded here as well as where they are used, so that a list of a million is refused before it is walked. */
const contextualTuples = z.array(tupleKeyForm).max(RELATION_LIMITS.contextualTuplesMax);
const contextualTupleKeys = optional(z.object({ tuple_keys: contextualTuples }));

export const storeParams = z.object({ store_id: z.string() });
export const modelParams = storeParams.extend({ id: z.string() });
export const assertionParams = storeParams.extend({ authorization_model_id: z.string() });

export const pageQuery = z.object({ page_size: optional(pageSize), continuation_token: continuationToken });
export const listStoresQuery = pageQuery.extend({ name: optional(z.string().max(64)) });
export const changesQuery = pageQuery.extend({
  type: optional(z.string().max(254)),
  start_time: optional(z.iso.datetime({ offset: true })),
});

export const newStoreForm = z.object({
  name: z.string().regex(/^[a-zA-Z0-9\s.\-/^_&@]{3,64}$/, 'must have 3 to 64 letters, digits, spaces or . - / ^ _ & @'),
});

export const writeForm = z.object({
  writes: optional(tupleKeys(tupleKeyForm).extend({ on_duplicate: optional(z.enum(['error', 'ignore'])) })),
  deletes: optional(tupleKeys(plainTupleKeyForm).extend({ on_missing: optional(z.enum(['error', 'ignore'])) })),
  authorization_model_id: modelId,
});

export const readForm = z.object({
  tuple_key: optional(z.object({ user: optional(name), relation: optional(name), object: optional(name) })),
  page_size: optional(pageSize),
  continuation_token: continuationToken,
  consistency,
});

const question = { authorization_model_id: modelId, consistency };

export const checkForm = z.object({
  ...question,
  tuple_key: plainTupleKeyForm,
  contextual_tuples: contextualTupleKeys,
  context: optional(context),
});

export const batchCheckForm = z.object({
  ...question,
  checks: z
    .array(
      z.object({
        tuple_key: plainTupleKeyForm,
        contextual_tuples: contextualTupleKeys,
        context: optional(context),
        correlation_id: z.string().regex(/^[\w-]{1,36}$/, 'must have 1 to 36 letters, digits, _ or -'),
      }),
    )
    .min(1, 'batch check requires at least one check to evaluate, no checks were received')
    .max(RELATION_LIMITS.checksPerBatchMax, `at most ${RELATION_LIMITS.checksPerBatchMax} checks in a batch`)
    .refine((checks) => new Set(checks.map((each) => each.correlation_id)).size === checks.length, {
      message: 'correlation ids must be unique',
    }),
});

export const expandForm = z.object({
  ...question,
  tuple_key: z.object({ relation: name, object: name }),
  contextual_tuples: contextualTupleKeys,
});

/** Not in OpenFGA, whose lists end where they are cut. */
const paging = {
  page_size: optional(z.number().int().min(1).max(RELATION_LIMITS.listResultsMax)),
  continuation_token: optional(z.string()),
};

export const listObjectsForm = z.object({
  ...question,
  ...paging,
  type: name,
  relation: name,
  user: name,
  contextual_tuples: contextualTupleKeys,
  context: optional(context),
});

export const listUsersForm = z.object({
  ...question,
  ...paging,
  object: z.object({ type: name, id: name }),
  relation: name,
  user_filters: z
    .array(z.object({ type: name, relation: optional(name) }))
    .min(1)
    .max(RELATION_LIMITS.userFiltersMax, 'exactly one user filter'),
  contextual_tuples: optional(contextualTuples),
  context: optional(context),
});

export const assertionsForm = z.object({
  assertions: z.array(
    z.object({
      tuple_key: plainTupleKeyForm,
      expectation: z.boolean(),
      contextual_tuples: optional(contextualTuples),
      context: optional(context),
    }),
  ),
});

export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function toTupleAnswer({ user, relation, object, condition }: TupleKey) {
  const held = condition === undefined ? null : { name: condition.name, context: condition.context ?? {} };
  return { user, relation, object, condition: held };
}

export function toUserAnswer({ type, id, relation }: SubjectName) {
  if (relation !== undefined) return { userset: { type, id, relation } };
  return id === '*' ? { wildcard: { type } } : { object: { type, id } };
}

export function toModelAnswer({ id, schema_version, type_definitions, conditions = {} }: StoredModel) {
  return { id, schema_version, type_definitions, conditions };
}
