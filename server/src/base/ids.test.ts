import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isId, newId, timeOfId } from './ids.ts';

/** Crockford's alphabet through one big number, as the specification tells it. */
function spelledOut(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = '0123456789abcdefghjkmnpqrstvwxyz'.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}

it('writes every id as base32 of a UUIDv7 that holds the time', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, fc.nat(2 ** 47), (drawn, now) => {
      const made = newId('token', { clock: { now: () => now }, random: { bytes: () => Buffer.from(drawn) } });
      const uuid = Buffer.from(drawn);
      uuid.writeUIntBE(now, 0, 6);
      uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x70;
      uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
      expect(made).toBe(`tok_${spelledOut(uuid)}`);
      expect(isId('token', made)).toBe(true);
      expect(timeOfId(made)).toBe(now);
    }),
  );
});
