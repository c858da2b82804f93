import { z } from 'zod';
import { argon2Schema, verifyArgon2 } from './argon2.ts';
import { bcryptSchema, verifyBcrypt } from './bcrypt.ts';
import { firebaseScryptSchema, verifyFirebaseScrypt } from './firebase-scrypt.ts';
import { pbkdf2Schema, verifyPbkdf2 } from './pbkdf2.ts';
import { saltedDigestSchema, verifySaltedDigest } from './salted-digest.ts';
import { scryptSchema, verifyScrypt } from './scrypt.ts';

/**
 * Password hashes that other systems made, as they made them. Each says what it costs, and costs more than any sound
 * system asks for are refused when they are imported, and again when they are verified: whoever may import people must
 * not be able to plant a hash that keeps a processor busy for a minute at every sign-in.
 */
export const foreignHashSchema = z.discriminatedUnion('algorithm', [
  argon2Schema,
  bcryptSchema,
  scryptSchema,
  firebaseScryptSchema,
  pbkdf2Schema,
  saltedDigestSchema,
]);

export type ForeignHash = z.output<typeof foreignHashSchema>;

type Verifiers = {
  readonly [A in ForeignHash['algorithm']]: (
    hash: Extract<ForeignHash, { algorithm: A }>,
    password: Buffer,
  ) => Promise<boolean>;
};

/** None of them works on the thread that answers requests. */
const VERIFIERS: Verifiers = {
  argon2: verifyArgon2,
  bcrypt: verifyBcrypt,
  scrypt: verifyScrypt,
  firebase_scrypt: verifyFirebaseScrypt,
  pbkdf2: verifyPbkdf2,
  salted_digest: verifySaltedDigest,
};

/** Of the bytes as they were typed: the other system did not bring them into one spelling as we do. */
export async function verifyForeignHash(hash: ForeignHash, password: Buffer): Promise<boolean> {
  const verify = VERIFIERS[hash.algorithm] as (hash: ForeignHash, password: Buffer) => Promise<boolean>;
  return verify(hash, password);
}
