import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import { parseFieldPath } from './field-path.ts';

const word = z.string().max(128);
const scope = word.regex(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'must be a scope: printable, without space, quote or backslash',
);
const action = word.regex(
  /^[A-Za-z][A-Za-z0-9_:.-]*$/,
  'must begin with a letter and hold letters, digits and `_ : . -` only',
);
const name = z
  .string()
  .max(LIMITS.nameLengthMax)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a name: lower-case letters, digits and hyphens');

/** What of a JSON response only some may see. */
export const maskSchema = z.strictObject({
  bytesMax: z
    .int()
    .min(1)
    .max(16 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('A response of which something is hidden is kept in memory until it is; a larger one is withheld.'),
  groups: z
    .array(
      z.strictObject({
        name: name.describe('As traces and records name it.'),
        fields: z
          .array(z.string().min(1).max(256))
          .min(1)
          .max(50)
          .describe('JSON pointers, in which `*` is any field or item and `**` any number of levels: `/**/ssn`.'),
        as: z.enum(['absent', 'null']).default('absent').describe('What stands in the place of what is hidden.'),
        unless: z
          .strictObject({
            scopes: z.array(scope).max(20).default([]),
            roles: z.array(name).max(20).default([]),
            policies: z.enum(['required', 'optional']).default('optional'),
            action: action.optional().describe('In the words of policies; the route’s own when left out.'),
          })
          .describe('Who sees them, decided like a request on the same resource.'),
      }),
    )
    .min(1)
    .max(20),
});

export type MaskSpec = z.output<typeof maskSchema>;

/** What the schema can't say. Paths are relative to the mask. */
export function checkMask({ groups }: MaskSpec): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name: group, fields, unless }] of groups.entries()) {
    const place = `groups.${index}`;
    if (seen.has(group)) errors.push({ path: `${place}.name`, message: 'is there twice' });
    seen.add(group);
    for (const [at, field] of fields.entries()) {
      const found = parseFieldPath(field);
      if (typeof found === 'string') errors.push({ path: `${place}.fields.${at}`, message: found });
    }
    if (unless.scopes.length + unless.roles.length === 0 && unless.policies !== 'required') {
      errors.push({
        path: `${place}.unless`,
        message: 'nothing decides who sees them: name scopes or roles, or set `policies: required`',
      });
    }
  }
  return errors;
}
