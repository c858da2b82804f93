import { createHash } from 'node:crypto';
import type { Random } from '#base';

/** Bytes that are the same in every run: SHA-256 over seed and counter. Never for anything but tests. */
export function seededRandom(seed = 'gatehouse'): Random {
  let counter = 0;
  return {
    bytes(size) {
      const blocks: Buffer[] = [];
      for (let length = 0; length < size; length += 32) {
        counter += 1;
        blocks.push(createHash('sha256').update(`${seed}:${counter}`).digest());
      }
      return Buffer.concat(blocks).subarray(0, size);
    },
  };
}
