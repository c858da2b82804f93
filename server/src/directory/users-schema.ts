import { z } from 'zod';
import { LIMITS, parse } from '#base';
import { isEmail } from './users-email.ts';

/** Of a person's name, in UTF-16 units. People's names hold nearly anything; only control characters are refused. */
export const USER_NAME_LENGTH_MAX = 200;

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

export const newUserSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  roles: rolesSchema.default([]),
  organizationId: z.string().optional(),
});

/** A name and an e-mail address as they would be stored, checked before anything costly is done with them. */
export function parseNewPerson(input: { name: string; email: string }): { name: string; email: string } {
  return parse(newPersonSchema, input);
}

const newPersonSchema = z.strictObject({ name: nameSchema, email: emailSchema });
