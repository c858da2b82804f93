import { z } from 'zod';
import type { FieldError } from '#base';

/** In the words of limits, where they are theirs. */
const HASH_SUBJECTS = ['credential', 'principal', 'organization', 'ip', 'header', 'path_parameter'] as const;

export const hashSchema = z.strictObject({
  by: z
    .enum(HASH_SUBJECTS)
    .describe('Whose value: of who calls, as limits count, of a header, or of a parameter of the path of the route.'),
  name: z.string().min(1).max(128).optional().describe('Of the header, in lower case, or of the parameter.'),
});

export type HashSpec = z.output<typeof hashSchema>;

const NAMES = {
  header: { form: /^[a-z0-9][a-z0-9-]*$/, message: 'must be the name of a header in lower case' },
  path_parameter: {
    form: /^[A-Za-z][A-Za-z0-9_]{0,31}$/,
    message: 'must be the name of a parameter of `match.path`, without braces',
  },
} as const;

/** What the schema can't say. */
export function checkHash({ by, name }: HashSpec): FieldError[] {
  const path = 'hash.name';
  if (by !== 'header' && by !== 'path_parameter')
    return name === undefined ? [] : [{ path, message: 'is for a header or a path parameter; leave it out' }];
  const { form, message } = NAMES[by];
  return name !== undefined && form.test(name) ? [] : [{ path, message }];
}
