import { z } from 'zod';
import { emailSchema } from '#directory';
import { foreignHashSchema } from '#keyring';
import { type ImportRecord, nameOf } from './import-record.ts';
import { passwordHashSchema } from './read-password-hash.ts';

/** A user of an Auth0 export: with the password hashes that support hands out, or in the form of its own bulk import. */
const encoded = z.looseObject({
  value: z.string().max(2048),
  encoding: z.enum(['base64', 'hex', 'utf8']).optional(),
});

const customHash = z.looseObject({
  algorithm: z.string(),
  hash: encoded,
  salt: encoded.extend({ position: z.enum(['prefix', 'suffix']).optional() }).optional(),
  cost: z.int().optional(),
  blockSize: z.int().optional(),
  parallelization: z.int().optional(),
});

const auth0User = z.looseObject({
  email: z.string().max(320).optional(),
  email_verified: z.boolean().default(false),
  name: z.string().max(1000).nullish(),
  given_name: z.string().max(200).nullish(),
  family_name: z.string().max(200).nullish(),
  blocked: z.boolean().default(false),
  created_at: z.string().max(40).nullish(),
  passwordHash: z.string().optional(),
  password_hash: z.string().optional(),
  custom_password_hash: customHash.optional(),
});

export const auth0Record = auth0User.transform((user, context): ImportRecord => {
  const email = emailSchema.safeParse(user.email ?? '');
  const bare = user.passwordHash ?? user.password_hash;
  const given = user.custom_password_hash === undefined ? bare : toForeign(user.custom_password_hash);
  const hash = given === undefined ? undefined : passwordHashSchema.safeParse(given);
  if (!email.success) {
    context.addIssue({
      code: 'custom',
      path: ['email'],
      message: 'has no e-mail address, by which people sign in here',
    });
    return z.NEVER;
  }
  if (hash !== undefined && !hash.success) {
    context.addIssue({ code: 'custom', path: ['password_hash'], message: 'has a password that can’t be taken over' });
    return z.NEVER;
  }
  const name = (user.name ?? [user.given_name, user.family_name].filter(Boolean).join(' '))
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  const createdAt = Date.parse(user.created_at ?? '');
  return {
    user: {
      email: email.data,
      emailVerified: user.email_verified,
      name: name === '' ? nameOf(email.data) : name.slice(0, 200),
      status: user.blocked ? 'disabled' : 'active',
      roles: [],
      attributes: {},
      createdAt: Number.isNaN(createdAt) ? undefined : createdAt,
    },
    passwordHash: hash?.data,
  };
});

type CustomHash = z.output<typeof customHash>;

/** By Auth0's names of the algorithms. Those whose value says everything are read as any other text. */
const CUSTOM: Readonly<Record<string, (hash: CustomHash) => unknown>> = {
  argon2: ({ hash }) => hash.value,
  bcrypt: ({ hash }) => hash.value,
  ldap: ({ hash }) => hash.value,
  pbkdf2: ({ hash }) => hash.value,
  scrypt: ({ hash, salt, cost = 16_384, blockSize = 8, parallelization = 1 }) => ({
    algorithm: 'scrypt',
    cost,
    blockSize,
    parallelization,
    hash: inBase64(hash),
    salt: salt === undefined ? '' : inBase64(salt),
  }),
  ...Object.fromEntries(
    ['md5', 'sha1', 'sha256', 'sha512'].map((digest) => [
      digest,
      ({ hash, salt }: CustomHash) => ({
        algorithm: 'salted_digest',
        digest,
        position: salt?.position ?? 'prefix',
        hash: inBase64(hash),
        salt: salt === undefined ? '' : inBase64({ encoding: 'utf8', ...salt }),
      }),
    ]),
  ),
};

function toForeign(custom: CustomHash): unknown {
  const read = Object.hasOwn(CUSTOM, custom.algorithm) ? CUSTOM[custom.algorithm]?.(custom) : undefined;
  return typeof read === 'string' ? read : (foreignHashSchema.safeParse(read).data ?? 'unknown');
}

const inBase64 = ({ value, encoding = 'base64' }: z.output<typeof encoded>) =>
  Buffer.from(value, encoding).toString('base64');
