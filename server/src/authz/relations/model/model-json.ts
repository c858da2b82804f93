import { z } from 'zod';
import { RELATION_LIMITS } from '../limits.ts';

/** The form in which OpenFGA's API and its tools write authorization models. Members we don't know are left out. */

const typeName = z.string().regex(/^[^:#@\s]{1,254}$/, 'must be a type name: no space, colon, # or @');
const relationName = z.string().regex(/^[^:#@\s]{1,50}$/, 'must be a relation name: no space, colon, # or @');
const conditionName = z.string().regex(/^[^*:#@\s]{1,50}$/, 'must be a condition name');
const absent = z.null().transform(() => undefined);
const optional = <T extends z.ZodType>(schema: T) => schema.or(absent).optional();
/** Tools write '' where a text is not given. */
const optionalText = <T extends z.ZodType>(schema: T) =>
  schema
    .or(z.literal('').transform(() => undefined))
    .or(absent)
    .optional();

const source = {
  module: z.string().max(50).optional(),
  source_info: optional(z.object({ file: z.string().max(4096).optional() })),
};

const relationReference = z.object({
  type: typeName,
  relation: optionalText(relationName),
  wildcard: optional(z.object({})),
  condition: optionalText(conditionName),
});

const typeDefinition = z.object({
  type: typeName,
  /** Rewrites are read by hand, with a limit on their depth: see read-model.ts. */
  relations: optional(z.record(relationName, z.unknown())),
  metadata: optional(
    z.object({
      relations: optional(
        z.record(
          relationName,
          z.object({ directly_related_user_types: optional(z.array(relationReference).max(100)), ...source }),
        ),
      ),
      ...source,
    }),
  ),
});

const PARAMETER_TYPES = [
  'TYPE_NAME_ANY',
  'TYPE_NAME_BOOL',
  'TYPE_NAME_STRING',
  'TYPE_NAME_INT',
  'TYPE_NAME_UINT',
  'TYPE_NAME_DOUBLE',
  'TYPE_NAME_DURATION',
  'TYPE_NAME_TIMESTAMP',
  'TYPE_NAME_MAP',
  'TYPE_NAME_LIST',
  'TYPE_NAME_IPADDRESS',
] as const;
const simpleParameter = z.object({ type_name: z.enum(PARAMETER_TYPES) });
const parameter = simpleParameter.extend({ generic_types: optional(z.array(simpleParameter).max(1)) });

const condition = z.object({
  name: conditionName,
  expression: z.string().min(1).max(RELATION_LIMITS.conditionLengthMax),
  parameters: optional(
    z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,49}$/, 'must be a parameter name'), parameter)
      .refine(
        (given) => Object.keys(given).length <= RELATION_LIMITS.conditionParametersMax,
        `at most ${RELATION_LIMITS.conditionParametersMax} parameters`,
      ),
  ),
  metadata: optional(z.object(source)),
});

export const authorizationModelJson = z.object({
  schema_version: z.string(),
  type_definitions: z.array(typeDefinition).min(1, 'must define at least one type').max(RELATION_LIMITS.typesMax),
  conditions: optional(z.record(conditionName, condition)),
});

export type AuthorizationModelJson = z.output<typeof authorizationModelJson>;
export type ConditionJson = z.output<typeof condition>;
export type ParameterJson = z.output<typeof parameter>;
export type ParameterType = (typeof PARAMETER_TYPES)[number];
