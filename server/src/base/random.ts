import { randomBytes } from 'node:crypto';

/** Randomness is passed in, so that a test can be repeated. Production uses the operating system's CSPRNG. */
export interface Random {
  bytes(size: number): Buffer;
}

export const systemRandom: Random = { bytes: (size) => randomBytes(size) };
