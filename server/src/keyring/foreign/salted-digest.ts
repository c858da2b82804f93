import { createHash } from 'node:crypto';
import { z } from 'zod';
import { base64Bytes, bytesOf, equalBytes, SALT_BYTES_MAX } from './bytes.ts';

const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

/** One digest of salt and password: what LDAP's `{SSHA}` and its like are. Sealed as it is, it is worth little to a thief. */
export const saltedDigestSchema = z
  .strictObject({
    algorithm: z.literal('salted_digest'),
    digest: z.enum(['md5', 'sha1', 'sha256', 'sha512']),
    salt: base64Bytes(0, SALT_BYTES_MAX),
    /** Where the salt stands beside the password. */
    position: z.enum(['prefix', 'suffix']),
    hash: base64Bytes(16, 64),
  })
  .refine(
    ({ digest, hash }) => bytesOf(hash).length === DIGEST_BYTES[digest],
    'must be as long as the digest makes it',
  );

export async function verifySaltedDigest(
  { digest, salt, position, hash }: z.output<typeof saltedDigestSchema>,
  password: Buffer,
): Promise<boolean> {
  const parts = position === 'prefix' ? [bytesOf(salt), password] : [password, bytesOf(salt)];
  // A microsecond for a password of at most 1,024 bytes: no reason to leave the thread.
  return equalBytes(createHash(digest).update(Buffer.concat(parts)).digest(), bytesOf(hash));
}
