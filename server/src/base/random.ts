import { randomBytes, randomFillSync } from 'node:crypto';

/** Randomness is passed in, so that a test can be repeated. Production uses the operating system's CSPRNG. */
export interface Random {
  bytes(size: number): Buffer;
}

/** Asking OpenSSL costs 2 µs however little is asked for, and every id, token and request draws some bytes. */
const POOL_BYTES = 4096;
/** Ids, credentials, nonces. Keys are drawn for themselves. */
const POOLED_BYTES_MAX = 24;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

function fromPool(size: number): Buffer {
  if (used + size > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.allocUnsafe(size);
  pool.copy(bytes, 0, used, used + size);
  // What was given out is nowhere else.
  pool.fill(0, used, used + size);
  used += size;
  return bytes;
}

export const systemRandom: Random = {
  bytes: (size) => (size <= POOLED_BYTES_MAX ? fromPool(size) : randomBytes(size)),
};
