import { z } from 'zod';
import { emailSchema } from '#directory';
import { foreignHashSchema } from '#keyring';
import { type ImportRecord, nameOf } from './import-record.ts';

/** Of the whole project, from its console: whoever sends records says it with each. */
const hashConfig = z.strictObject({
  signerKey: z.string().max(1024),
  saltSeparator: z.string().max(1024),
  rounds: z.coerce.number(),
  memCost: z.coerce.number(),
});

/** A user of `firebase auth:export --format=json`. Telephone numbers and accounts elsewhere are left behind. */
const firebaseUser = z.looseObject({
  email: z.string().max(320).optional(),
  emailVerified: z.boolean().default(false),
  displayName: z.string().max(1000).nullish(),
  disabled: z.boolean().default(false),
  /** Milliseconds, as text. */
  createdAt: z.string().max(20).nullish(),
  passwordHash: z.string().max(1024).default(''),
  salt: z.string().max(1024).default(''),
  hashConfig: hashConfig.optional(),
});

export const firebaseRecord = firebaseUser.transform((user, context): ImportRecord => {
  const refuse = (path: string, message: string) => {
    context.addIssue({ code: 'custom', path: [path], message });
    return z.NEVER;
  };
  const email = emailSchema.safeParse(user.email ?? '');
  if (!email.success) return refuse('email', 'has no e-mail address, by which people sign in here');
  // Whoever signs in elsewhere (Google, a telephone) has none.
  const hash = user.passwordHash === '' ? undefined : foreignHashSchema.safeParse(toForeignHash(user));
  if (hash !== undefined && user.hashConfig === undefined)
    return refuse('passwordHash', 'needs the hash parameters of the project: give them with --hash-config');
  if (hash?.success === false)
    return refuse('passwordHash', `can’t be taken over: ${hash.error.issues[0]?.message ?? 'unreadable'}`);
  const name = (user.displayName ?? '').replaceAll(/\p{Cc}/gu, ' ').trim();
  const createdAt = Number(user.createdAt ?? Number.NaN);
  return {
    user: {
      email: email.data,
      emailVerified: user.emailVerified,
      name: name === '' ? nameOf(email.data) : name.slice(0, 200),
      status: user.disabled ? 'disabled' : 'active',
      roles: [],
      attributes: {},
      createdAt: Number.isSafeInteger(createdAt) && createdAt >= 0 ? createdAt : undefined,
    },
    passwordHash: hash?.data,
  };
});

function toForeignHash({ passwordHash, salt, hashConfig }: z.output<typeof firebaseUser>): unknown {
  return {
    algorithm: 'firebase_scrypt',
    signerKey: plain(hashConfig?.signerKey),
    saltSeparator: plain(hashConfig?.saltSeparator),
    rounds: hashConfig?.rounds,
    memCost: hashConfig?.memCost,
    salt: plain(salt),
    hash: plain(passwordHash),
  };
}

/** Its API writes base64url, its command line base64. */
const plain = (text = '') => text.replaceAll('-', '+').replaceAll('_', '/');
