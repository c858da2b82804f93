import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashPair, IntTable } from './int-table.ts';

const hashOf = (entry: number) => hashPair(entry, 7);
/** Many with the same hash, as of names that differ. */
const poorHashOf = (entry: number) => hashPair(entry % 5, 7);

/** Also numbers that leave fewer bits for the tag than those before. */
const entry = fc.oneof(
  fc.nat(100),
  fc.nat(2 ** 24 + 5),
  fc.integer({ min: 2 ** 24 - 2, max: 2 ** 24 + 2 }),
  fc.nat(2 ** 30 - 1),
);

test.each([
  ['well spread', hashOf],
  ['all in a few places', poorHashOf],
])('the table holds what was put into it, hashes %s', (_, hash) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), entry), { maxLength: 300 }), (steps) => {
      const table = new IntTable();
      const wanted = new Set<number>();
      for (const [remove, number] of steps) {
        if (remove) {
          table.remove(number, hash);
          wanted.delete(number);
        } else if (!wanted.has(number)) {
          table.add(number, hash(number), hash);
          wanted.add(number);
        }
      }
      expect(table.size).toBe(wanted.size);
      expect([...table.entries()].sort((a, b) => a - b)).toEqual([...wanted].sort((a, b) => a - b));
      for (const [, number] of steps) {
        expect(table.find(hash(number), (each) => each === number)).toBe(wanted.has(number) ? number : -1);
      }
    }),
    { numRuns: 200 },
  );
});

test('few entries are looked at that are not the one: the tags tell', () => {
  const table = new IntTable();
  for (let each = 0; each < 50_000; each += 1) table.add(each, hashOf(each), hashOf);
  let looks = 0;
  for (let each = 50_000; each < 60_000; each += 1) {
    table.find(hashOf(each), () => {
      looks += 1;
      return false;
    });
  }
  expect(looks).toBeLessThan(600);
});
