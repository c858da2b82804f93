import { z } from 'zod';
import { type ForeignHash, foreignHashSchema } from '#keyring';

/**
 * A password hash as one text, in the notations that are about. What is recognised is turned into the one form that is
 * kept; its bounds are checked there.
 */
const NOTATIONS: readonly {
  pattern: RegExp;
  read: (groups: Readonly<Record<string, string>>, text: string) => unknown;
}[] = [
  { pattern: /^\$argon2/, read: (_, phc) => ({ algorithm: 'argon2', phc }) },
  { pattern: /^\$2[abxy]\$/, read: (_, hash) => ({ algorithm: 'bcrypt', hash }) },
  {
    // PHC form, and Auth0's, which writes `i=…,l=…`.
    pattern:
      /^\$pbkdf2-(?<digest>sha1|sha256|sha512)\$i=(?<iterations>\d{1,9})(?:,l=\d{1,4})?\$(?<salt>[^$]*)\$(?<hash>[^$]+)$/,
    read: ({ digest, iterations, salt, hash }) => ({
      algorithm: 'pbkdf2',
      digest,
      iterations: Number(iterations),
      salt,
      hash,
    }),
  },
  {
    // Django's: the salt is text.
    pattern: /^pbkdf2_(?<digest>sha1|sha256)\$(?<iterations>\d{1,9})\$(?<salt>[^$]*)\$(?<hash>[^$]+)$/,
    read: ({ digest, iterations, salt = '', hash }) => ({
      algorithm: 'pbkdf2',
      digest,
      iterations: Number(iterations),
      salt: Buffer.from(salt).toString('base64'),
      hash,
    }),
  },
  {
    pattern: /^\$scrypt\$ln=(?<ln>\d{1,2}),r=(?<r>\d{1,3}),p=(?<p>\d{1,3})\$(?<salt>[^$]*)\$(?<hash>[^$]+)$/,
    read: ({ ln, r, p, salt, hash }) => ({
      algorithm: 'scrypt',
      cost: 2 ** Number(ln),
      blockSize: Number(r),
      parallelization: Number(p),
      salt,
      hash,
    }),
  },
  {
    // RFC 2307 and its followers: digest, then whatever is left is the salt.
    pattern: /^\{(?<scheme>S?MD5|S?SHA|S?SHA256|S?SHA512)\}(?<value>[A-Za-z0-9+/=]+)$/,
    read: ({ scheme = '', value = '' }) => {
      const digest = LDAP_DIGESTS[scheme.replace(/^S(?=SHA|MD5)/, '')] ?? { name: 'sha1', length: 20 };
      const bytes = Buffer.from(value, 'base64');
      return {
        algorithm: 'salted_digest',
        digest: digest.name,
        position: 'suffix',
        hash: bytes.subarray(0, digest.length).toString('base64'),
        salt: bytes.subarray(digest.length).toString('base64'),
      };
    },
  },
];

const LDAP_DIGESTS: Readonly<Record<string, { name: string; length: number }>> = {
  MD5: { name: 'md5', length: 16 },
  SHA: { name: 'sha1', length: 20 },
  SHA256: { name: 'sha256', length: 32 },
  SHA512: { name: 'sha512', length: 64 },
};

const HASH_LENGTH_MAX = 2048;

/** One text in a notation that is known, or the fields of the form that is kept. */
export const passwordHashSchema = z
  .union([z.string().max(HASH_LENGTH_MAX), z.record(z.string(), z.unknown())])
  .transform((given, context): ForeignHash => {
    const read = foreignHashSchema.safeParse(typeof given === 'string' ? readNotation(given) : given);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const message =
      typeof given === 'string' && readNotation(given) === undefined
        ? 'is in no notation that is known'
        : [issue?.path.join('.'), issue?.message ?? 'can’t be read'].filter(Boolean).join(': ');
    context.addIssue({ code: 'custom', message: `the password hash ${message}` });
    return z.NEVER;
  });

function readNotation(text: string): unknown {
  const found = NOTATIONS.find(({ pattern }) => pattern.test(text));
  return found?.read(found.pattern.exec(text)?.groups ?? {}, text);
}
