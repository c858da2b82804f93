import type { FastifySchemaCompiler } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { baseErrors } from '#base';
import { describeFields, explainIssues, type JsonSchema } from '#resources';

/** Reads every part of a request through its zod schema, and tells what is wrong in the words that YAML files get too. */
const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  // Only what is wrong needs it, and there are hundreds of routes.
  let shape: JsonSchema | undefined;
  return (data) => {
    const result = schema.safeParse(data ?? {});
    if (result.success) return { value: result.data };
    shape ??= z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const problems = explainIssues(shape, data ?? {}, result.error.issues);
    const fields = problems.slice(0, FIELDS_MAX).map(({ path, message }) => ({ path: path.join('.'), message }));
    return { error: baseErrors.invalid_input({ message: describeFields(fields), fields }) };
  };
};

const FIELDS_MAX = 20;

/** Answers hold what their schema declares and nothing else: a field added deep inside does not leak by itself. */
export const ZOD_SCHEMAS = {
  // Fastify knows the makers of such compilers by the types of ajv alone.
  compilersFactory: { buildValidator: () => validatorCompiler, buildSerializer: () => serializerCompiler } as object,
};
