import { z } from 'zod';
import { LIMITS, parse } from '#base';
import { isEmail } from './users-email.ts';

/** Of a person's name, in UTF-16 units. People's names hold nearly anything; only control characters are refused. */
export const USER_NAME_LENGTH_MAX = 200;

export const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;
const ATTRIBUTES_BYTES_MAX = 16 * 1024;

const CONTROLS = /\p{Cc}/u;

/** The role that may do everything; the first administrator gets it. */
export const ADMINISTRATOR_ROLE = 'administrator';

/** As resources are named: fits a DNS label. */
const roleName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens, at most 63');

export const rolesSchema = z
  .array(roleName)
  .max(LIMITS.listLengthMax, `at most ${LIMITS.listLengthMax} roles`)
  .transform((roles) => [...new Set(roles)].sort());

export const emailSchema = z
  .string()
  .transform((email) => email.trim().normalize('NFC'))
  .refine(isEmail, 'Enter an e-mail address, for example ada@example.com.');

export const nameSchema = z
  .string()
  .transform((name) => name.trim().normalize('NFC'))
  .refine((name) => name !== '', 'Enter a name.')
  .refine((name) => name.length <= USER_NAME_LENGTH_MAX, `Use at most ${USER_NAME_LENGTH_MAX} characters.`)
  .refine((name) => !CONTROLS.test(name), 'Remove the control characters.');

/** Language, and what narrows it: `de`, `pt-BR`. */
const localeSchema = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'a language tag, for example de or pt-BR');

/** Names and kinds of values; whether they are what the tenant asks for, its user_schema says. */
export const attributesSchema = z
  .record(
    z.string().regex(ATTRIBUTE_NAME, 'use letters, digits and _, beginning with a letter'),
    z.union([
      z.string().max(LIMITS.textLengthMax),
      z.number(),
      z.boolean(),
      z.array(z.string()).max(LIMITS.listLengthMax),
    ]),
  )
  .refine((attributes) => JSON.stringify(attributes).length <= ATTRIBUTES_BYTES_MAX, 'together at most 16 KiB');

export const newUserSchema = z.strictObject({
  email: emailSchema,
  emailVerified: z.boolean().default(false),
  name: nameSchema,
  locale: localeSchema.optional(),
  attributes: attributesSchema.optional(),
  roles: rolesSchema.default([]),
  organizationId: z.string().optional(),
});

export const userUpdateSchema = z.strictObject({
  email: emailSchema.optional(),
  emailVerified: z.boolean().optional(),
  name: nameSchema.optional(),
  locale: localeSchema.optional(),
  attributes: attributesSchema.optional(),
  roles: rolesSchema.optional(),
});

/** A name and an e-mail address as they would be stored, checked before anything costly is done with them. */
export function parseNewPerson(input: { name: string; email: string }): { name: string; email: string } {
  return parse(newPersonSchema, input);
}

const newPersonSchema = z.strictObject({ name: nameSchema, email: emailSchema });
