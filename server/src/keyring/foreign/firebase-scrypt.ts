import { createCipheriv } from 'node:crypto';
import { z } from 'zod';
import { base64Bytes, bytesOf, DIGEST_BYTES_MAX, DIGEST_BYTES_MIN, equalBytes, SALT_BYTES_MAX } from './bytes.ts';
import { deriveScrypt, isScryptBounded } from './scrypt.ts';

/**
 * Firebase Authentication's own: scrypt of the password makes a key, under which the project's signer key is encrypted
 * (AES-256 in counter mode from zero); the result is the hash. The project's parameters stand in its console.
 */
export const firebaseScryptSchema = z
  .strictObject({
    algorithm: z.literal('firebase_scrypt'),
    signerKey: base64Bytes(DIGEST_BYTES_MIN, DIGEST_BYTES_MAX),
    saltSeparator: base64Bytes(0, SALT_BYTES_MAX),
    rounds: z.int().min(1).max(64),
    memCost: z.int().min(1).max(17),
    salt: base64Bytes(0, SALT_BYTES_MAX),
    hash: base64Bytes(DIGEST_BYTES_MIN, DIGEST_BYTES_MAX),
  })
  .refine((given) => isScryptBounded(costOf(given)), 'must take at most 128 MiB and 2^21 block mixes');

type FirebaseScrypt = z.output<typeof firebaseScryptSchema>;

const KEY_BYTES = 32;

export async function verifyFirebaseScrypt(given: FirebaseScrypt, password: Buffer): Promise<boolean> {
  const salt = Buffer.concat([bytesOf(given.salt), bytesOf(given.saltSeparator)]);
  const key = await deriveScrypt(password, salt, KEY_BYTES, costOf(given));
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return equalBytes(Buffer.concat([cipher.update(bytesOf(given.signerKey)), cipher.final()]), bytesOf(given.hash));
}

const costOf = ({ memCost, rounds }: { memCost: number; rounds: number }) => ({
  cost: 2 ** memCost,
  blockSize: rounds,
  parallelization: 1,
});
