import { z } from 'zod';
import { defineKind } from '#resources';
import { checkSchema } from '../cedar/check-schema.ts';

const SCHEMA_LENGTH_MAX = 256 * 1024;

const policySchemaSchema = z.strictObject({
  cedar: z.string().min(1).max(SCHEMA_LENGTH_MAX).describe('A schema in the Cedar schema language.'),
  description: z.string().max(1000).optional().describe('What it is for, for people.'),
});

export const policySchemaKind = defineKind({
  kind: 'policy_schema',
  plural: 'policy_schemas',
  idKind: 'policySchema',
  description:
    'What entities and actions there are, in the Cedar schema language. Policies that do not fit are refused.',
  schema: policySchemaSchema,
  singleton: true,
  check: ({ cedar }) => checkSchema(cedar).map(({ message }) => ({ path: 'cedar', message })),
});
