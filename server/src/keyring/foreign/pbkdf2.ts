import { pbkdf2 } from 'node:crypto';
import { z } from 'zod';
import { base64Bytes, bytesOf, DIGEST_BYTES_MAX, DIGEST_BYTES_MIN, equalBytes, SALT_BYTES_MAX } from './bytes.ts';

/** OWASP asks for up to 1,400,000 (SHA-1); two million are about a second. */
const ITERATIONS_MAX = 2_000_000;
/** What one round of the digest yields; a longer hash is computed again for each part of it (RFC 8018 §5.2). */
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

export const pbkdf2Schema = z
  .strictObject({
    algorithm: z.literal('pbkdf2'),
    digest: z.enum(['sha1', 'sha256', 'sha512']),
    iterations: z.int().min(1).max(ITERATIONS_MAX),
    salt: base64Bytes(0, SALT_BYTES_MAX),
    hash: base64Bytes(DIGEST_BYTES_MIN, DIGEST_BYTES_MAX),
  })
  .refine(
    ({ digest, iterations, hash }) =>
      Math.ceil(bytesOf(hash).length / DIGEST_BYTES[digest]) * iterations <= ITERATIONS_MAX,
    `must take at most ${ITERATIONS_MAX} iterations for all of the hash`,
  );

export function verifyPbkdf2(given: z.output<typeof pbkdf2Schema>, password: Buffer): Promise<boolean> {
  const hash = bytesOf(given.hash);
  return new Promise((resolve, reject) => {
    pbkdf2(password, bytesOf(given.salt), given.iterations, hash.length, given.digest, (error, derived) =>
      error === null ? resolve(equalBytes(derived, hash)) : reject(error),
    );
  });
}
