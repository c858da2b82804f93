import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';

/** Types of authorization details (RFC 9396 §2) that an API knows, each with a JSON schema for its entries. */
export interface DetailType {
  description: string;
  /** Agreed to once, the very same is not asked again. */
  isRemembered: boolean;
  /** Where the entry breaks the schema, or undefined. */
  problemOf(detail: unknown): string | undefined;
}

const TYPES_MAX = 20;
const SCHEMA_LENGTH_MAX = 8192;
const TYPE_NAME = /^[\x21-\x7e]{1,100}$/;

export const detailTypesSchema = z
  .record(
    z.string().regex(TYPE_NAME, 'must be printable ASCII without spaces'),
    z.strictObject({
      description: z.string().min(1).max(LIMITS.textLengthMax).describe('What people read when asked to consent.'),
      remembered: z
        .boolean()
        .optional()
        .describe(
          'Who agreed to an entry is not asked about the very same again. For access that lasts, not for payments.',
        ),
      schema: z.record(z.string(), z.unknown()).describe('JSON Schema of one entry. `type` is checked apart.'),
    }),
  )
  .optional()
  .describe('Types of authorization details (RFC 9396) that clients may ask for.');

export type DetailTypesSpec = z.output<typeof detailTypesSchema>;

/** Loaded with the first type that is declared: it takes ten megabytes, and most installations declare none. */
const load = createRequire(import.meta.url);

/** Strict: a keyword that is misspelt is an error when the API is declared, and not a check that never happens. */
function compile(schema: object): ValidateFunction {
  const { Ajv } = load('ajv') as typeof import('ajv');
  return new Ajv({ strict: true, allErrors: false, validateFormats: false, unevaluated: false }).compile(schema);
}

export function checkDetailTypes(types: DetailTypesSpec): FieldError[] {
  const entries = Object.entries(types ?? {});
  if (entries.length > TYPES_MAX) return [{ path: 'authorizationDetails', message: `At most ${TYPES_MAX} types.` }];
  return entries.flatMap(([type, { schema }]) => {
    const problem = schemaProblem(schema);
    return problem === undefined ? [] : [{ path: `authorizationDetails.${type}.schema`, message: problem }];
  });
}

function schemaProblem(schema: object): string | undefined {
  const text = JSON.stringify(schema);
  if (text.length > SCHEMA_LENGTH_MAX) return `A schema has at most ${SCHEMA_LENGTH_MAX} characters.`;
  // It would be fetched from, or mixed up with, another schema.
  if (text.includes('"$ref"') || text.includes('"$id"')) return 'A schema stands alone: no $ref and no $id.';
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return `This is no JSON Schema: ${error instanceof Error ? error.message : 'unreadable'}`;
  }
}

/** Compiled when first asked for: most APIs of most tenants never are. */
export function detailTypesOf(types: DetailTypesSpec): ReadonlyMap<string, DetailType> {
  return new Map(
    Object.entries(types ?? {}).map(([type, { description, schema, remembered = false }]) => {
      let validate: ValidateFunction | undefined;
      const problemOf = (detail: unknown) => {
        validate ??= compile(schema);
        if (validate(detail)) return undefined;
        const [first] = validate.errors ?? [];
        return `${first?.instancePath === '' ? 'the entry' : first?.instancePath} ${first?.message ?? 'is not allowed'}`;
      };
      return [type, { description, isRemembered: remembered, problemOf }];
    }),
  );
}
