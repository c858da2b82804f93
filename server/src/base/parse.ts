import type { z } from 'zod';
import { baseErrors, type FieldError } from './errors.ts';
import { outOfBounds } from './out-of-bounds.ts';

/**
 * Reads what came from outside through a schema. The only way in: a value that was not parsed is not trusted.
 * @throws `invalid_input` with one entry in `fields` per problem.
 */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, FIELD_ERRORS_MAX).flatMap(toFieldErrors);
  throw baseErrors.invalid_input({ message: describe(fields), fields });
}

/** Enough to mend a document in one go, few enough that a hostile one does not make a huge answer. */
const FIELD_ERRORS_MAX = 20;

export function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'unknown field; remove it or check its spelling',
    }));
  }
  return [{ path, message: outOfBounds(issue) ?? issue.message }];
}

function describe(fields: FieldError[]): string {
  const [first] = fields;
  if (first === undefined) return 'The input does not have the expected shape.';
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return first.path === '' ? `${first.message}${more}` : `${first.path}: ${first.message}${more}`;
}
