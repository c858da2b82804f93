import { parseOptions, verify } from '@node-rs/bcrypt';
import { z } from 'zod';

/** Prefix, cost, 22 characters of salt and 31 of hash. `2x` marks hashes of a flawed implementation, and is refused. */
const MODULAR_CRYPT = /^\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}$/;
/** Each step doubles: 14 is a second. */
const COST_MAX = 14;

export const bcryptSchema = z.strictObject({
  algorithm: z.literal('bcrypt'),
  hash: z
    .string()
    .max(100)
    .refine(isBounded, `must be a bcrypt hash ($2a$, $2b$ or $2y$) with a cost of at most ${COST_MAX}`),
});

function isBounded(hash: string): boolean {
  if (!MODULAR_CRYPT.test(hash)) return false;
  try {
    return parseOptions(hash).cost <= COST_MAX;
  } catch {
    return false;
  }
}

/** As bcrypt does, no more than the first 72 bytes count; at the first sign-in all of them begin to. */
export async function verifyBcrypt({ hash }: z.output<typeof bcryptSchema>, password: Buffer): Promise<boolean> {
  return verify(password, hash).catch(() => false);
}
