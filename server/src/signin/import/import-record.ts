import { z } from 'zod';
import { attributesSchema, emailSchema, type ImportedUser, nameSchema, rolesSchema } from '#directory';
import type { ForeignHash } from '#keyring';
import { passwordHashSchema } from './read-password-hash.ts';

/** A person as they come from elsewhere. */
export interface ImportRecord {
  user: ImportedUser;
  passwordHash: ForeignHash | undefined;
}

/** Our own form, one person a line: what `users export` writes. */
export const nativeRecord = z
  .strictObject({
    email: emailSchema,
    emailVerified: z.boolean().default(false),
    name: nameSchema.optional(),
    status: z.enum(['active', 'disabled']).default('active'),
    roles: rolesSchema.default([]),
    attributes: attributesSchema.default({}),
    createdAt: z.iso.datetime({ offset: true }).optional(),
    passwordHash: passwordHashSchema.optional(),
    /** What an export brings along; the new account gets its own. */
    id: z.string().max(64).optional(),
  })
  .transform(
    ({ email, name, createdAt, passwordHash, id: _, ...rest }): ImportRecord => ({
      user: {
        ...rest,
        email,
        name: name ?? nameOf(email),
        createdAt: createdAt === undefined ? undefined : Date.parse(createdAt),
      },
      passwordHash,
    }),
  );

/** What somebody is called of whom only an address is known. */
export function nameOf(email: string): string {
  return email.slice(0, email.lastIndexOf('@')).slice(0, 200);
}
