import { z } from 'zod';
import { LIMITS } from '#base';
import { nameSchema, rolesSchema } from './users-schema.ts';

const description = z.string().max(LIMITS.textLengthMax);

export const newGroupSchema = z.strictObject({
  name: nameSchema,
  description: description.default(''),
  roles: rolesSchema.default([]),
});

export const groupUpdateSchema = z.strictObject({
  name: nameSchema.optional(),
  description: description.optional(),
  roles: rolesSchema.optional(),
});
