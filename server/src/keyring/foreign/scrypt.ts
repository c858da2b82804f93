import { scrypt } from 'node:crypto';
import { z } from 'zod';
import { base64Bytes, bytesOf, DIGEST_BYTES_MAX, DIGEST_BYTES_MIN, equalBytes, SALT_BYTES_MAX } from './bytes.ts';

/** 128 · N · r bytes (RFC 7914 §5); OWASP's strongest setting takes 128 MiB. */
const MEMORY_BYTES_MAX = 128 * 1024 * 1024;
/** N · r · p: what is computed altogether. */
const WORK_MAX = 2 ** 21;

export interface ScryptCost {
  cost: number;
  blockSize: number;
  parallelization: number;
}

export const isScryptBounded = ({ cost, blockSize, parallelization }: ScryptCost): boolean =>
  Number.isInteger(Math.log2(cost)) &&
  128 * cost * blockSize <= MEMORY_BYTES_MAX &&
  cost * blockSize * parallelization <= WORK_MAX;

export const scryptSchema = z
  .strictObject({
    algorithm: z.literal('scrypt'),
    cost: z
      .int()
      .min(2)
      .max(2 ** 20),
    blockSize: z.int().min(1).max(64),
    parallelization: z.int().min(1).max(64),
    salt: base64Bytes(0, SALT_BYTES_MAX),
    hash: base64Bytes(DIGEST_BYTES_MIN, DIGEST_BYTES_MAX),
  })
  .refine(isScryptBounded, 'must have a cost that is a power of two, and take at most 128 MiB and 2^21 block mixes');

export async function verifyScrypt(given: z.output<typeof scryptSchema>, password: Buffer): Promise<boolean> {
  const hash = bytesOf(given.hash);
  return equalBytes(await deriveScrypt(password, bytesOf(given.salt), hash.length, given), hash);
}

/** On the thread pool. */
export function deriveScrypt(password: Buffer, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
  const { cost: N, blockSize: r, parallelization: p } = cost;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem: 2 * MEMORY_BYTES_MAX }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}
