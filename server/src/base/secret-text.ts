import { timingSafeEqual } from 'node:crypto';

/** Compares two secrets without telling by the time it takes where they differ. Unequal lengths are unequal. */
export function equalSecrets(left: string | Uint8Array, right: string | Uint8Array): boolean {
  const a = typeof left === 'string' ? Buffer.from(left) : left;
  const b = typeof right === 'string' ? Buffer.from(right) : right;
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
