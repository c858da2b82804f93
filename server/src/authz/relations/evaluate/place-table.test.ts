import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MISSING, PlaceTable, rememberedIntsMax, TOO_MUCH } from './place-table.ts';

const key = fc.oneof(fc.integer({ min: -5, max: 200 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const step = fc.oneof(
  {
    weight: 600,
    arbitrary: fc.record({
      kind: fc.constant('set'),
      key,
      place: fc.oneof(
        fc.nat(1e9).map((n) => n + 1),
        fc.constant(TOO_MUCH),
      ),
    }),
  },
  { weight: 300, arbitrary: fc.record({ kind: fc.constant('forget'), key, place: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear'), key, place: fc.constant(0) }) },
);

describe('a table of places', () => {
  test('says of every number what was last said of it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const table = new PlaceTable();
        const wanted = new Map<number, number>();
        for (const { kind, key: number, place } of steps) {
          if (kind === 'set') {
            table.set(number, place);
            wanted.set(number, place);
          } else if (kind === 'forget') {
            table.forget(number);
            wanted.set(number, MISSING);
          } else {
            table.clear();
            for (const each of wanted.keys()) wanted.set(each, MISSING);
          }
          expect(table.find(number)).toBe(wanted.get(number) ?? MISSING);
        }
        for (const [number, place] of wanted) expect(table.find(number)).toBe(place);
      }),
      { numRuns: 200 },
    );
  });

  test('what is forgotten again and again takes no room of its own', () => {
    const table = new PlaceTable();
    for (let round = 0; round < 10_000; round += 1) {
      table.set(round % 20, round + 1);
      table.forget(round % 20);
    }
    expect(table.ints).toBe(new PlaceTable().ints);
  });
});

test.each([
  [0, 2 ** 18],
  [100_000, 2 ** 18],
  [10_000_000, 7_500_000],
  [1_000_000_000, 2 ** 24],
])('of %i tuples at most %i integers are remembered', (tuples, wanted) => {
  expect(rememberedIntsMax(tuples)).toBe(wanted);
});
