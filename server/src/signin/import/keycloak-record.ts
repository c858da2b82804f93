import { z } from 'zod';
import { emailSchema } from '#directory';
import { type ForeignHash, foreignHashSchema } from '#keyring';
import { type ImportRecord, nameOf } from './import-record.ts';

/**
 * A user of a realm export (`kc.sh export --users`). Of the export only what matters here is read; roles and groups of a
 * realm mean something else in this house and are left behind.
 */
const credential = z.looseObject({
  type: z.string(),
  secretData: z.string().max(10_000).optional(),
  credentialData: z.string().max(10_000).optional(),
});

const keycloakUser = z.looseObject({
  username: z.string().max(300).optional(),
  email: z.string().max(320).optional(),
  emailVerified: z.boolean().default(false),
  firstName: z.string().max(200).nullish(),
  lastName: z.string().max(200).nullish(),
  enabled: z.boolean().default(true),
  createdTimestamp: z.int().min(0).max(8_640_000_000_000_000).nullish(),
  credentials: z.array(credential).max(100).default([]),
  /** Of the account that a client acts with. */
  serviceAccountClientId: z.string().nullish(),
});

const secretData = z.looseObject({ value: z.string(), salt: z.string().default('') });
const credentialData = z.looseObject({
  algorithm: z.string(),
  hashIterations: z.int().default(-1),
  additionalParameters: z.record(z.string(), z.array(z.string())).default({}),
});

export const keycloakRecord = keycloakUser.transform((user, context): ImportRecord => {
  // A realm may let people sign in with a user name that is an address.
  const email = emailSchema.safeParse(user.email ?? user.username ?? '');
  const password = user.credentials.find(({ type }) => type === 'password');
  const hash = password === undefined ? undefined : readCredential(password);
  if (!email.success) {
    context.addIssue({
      code: 'custom',
      path: ['email'],
      message:
        typeof user.serviceAccountClientId === 'string'
          ? 'is the service account of a client and nobody who signs in'
          : 'has no e-mail address, by which people sign in here',
    });
    return z.NEVER;
  }
  if (hash !== undefined && !hash.success) {
    const message = `has a password that can’t be taken over: ${hash.error.issues[0]?.message ?? 'unreadable'}`;
    context.addIssue({ code: 'custom', path: ['credentials'], message });
    return z.NEVER;
  }
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ').trim();
  return {
    user: {
      email: email.data,
      emailVerified: user.emailVerified,
      name: name === '' ? nameOf(email.data) : name.slice(0, 200),
      status: user.enabled ? 'active' : 'disabled',
      roles: [],
      attributes: {},
      createdAt: user.createdTimestamp ?? undefined,
    },
    passwordHash: hash?.data,
  };
});

/** Both halves are JSON inside JSON. */
function readCredential({ secretData: secret, credentialData: data }: z.output<typeof credential>) {
  const parts = { secret: readJson(secretData, secret), data: readJson(credentialData, data) };
  return foreignHashSchema.safeParse(
    parts.secret === undefined || parts.data === undefined ? undefined : toForeignHash(parts.secret, parts.data),
  );
}

function toForeignHash(
  { value, salt }: z.output<typeof secretData>,
  { algorithm, hashIterations, additionalParameters: more }: z.output<typeof credentialData>,
): unknown {
  if (algorithm === 'argon2') {
    const [type = 'id', memory, lanes, version] = ['type', 'memory', 'parallelism', 'version'].map(
      (key) => more[key]?.[0],
    );
    // "1.3" and "1.0" are hexadecimal 13 and 10 (RFC 9106 §3.1).
    const v = version === '1.0' ? 16 : 19;
    const phc = `$argon2${type}$v=${v}$m=${memory},t=${hashIterations},p=${lanes}$${unpadded(salt)}$${unpadded(value)}`;
    return { algorithm: 'argon2', phc };
  }
  const digest = PBKDF2_DIGESTS[algorithm];
  return { algorithm: 'pbkdf2', digest, iterations: hashIterations, salt, hash: value } satisfies Loose<ForeignHash>;
}

type Loose<T> = { [K in T extends unknown ? keyof T : never]?: unknown };

const PBKDF2_DIGESTS: Readonly<Record<string, string>> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha1': 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
};

const unpadded = (base64: string) => base64.replace(/=+$/, '');

function readJson<S extends z.ZodType>(schema: S, text: string | undefined): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}
