import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOWHERE, PlaceTable, rememberedIntsMax, TOO_MUCH } from './place-table.ts';
import { type NamedSet, SetLists } from './set-lists.ts';

const key = fc.oneof(fc.integer({ min: -5, max: 200 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const sets = fc.uniqueArray(fc.nat(400), { maxLength: 20 }).map((all) => Int32Array.from(all).sort());
const named = fc.constantFrom<NamedSet[]>([], [[3, 9]]);
const step = fc.oneof(
  { weight: 600, arbitrary: fc.record({ kind: fc.constant('set'), key, sets: fc.option(sets), named }) },
  { weight: 300, arbitrary: fc.record({ kind: fc.constant('forget'), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear'), key }) },
);

interface Known {
  list: number;
  sets: Int32Array | undefined;
  namesOthers: boolean;
}

describe('a table of places', () => {
  test('says of every number what was last said of it, and its marks leave out nothing', () => {
    let [apart, together] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const [table, lists] = [new PlaceTable(), new SetLists()];
        const wanted = new Map<number, Known>();
        for (const each of steps) {
          if ('sets' in each) {
            const list = each.sets === null ? TOO_MUCH : lists.intern(each.sets, each.named);
            const at = table.set(each.key, list, lists);
            expect(table.find(each.key)).toBe(at);
            const namesOthers = list !== TOO_MUCH && each.named.length > 0;
            wanted.set(each.key, { list, sets: each.sets ?? undefined, namesOthers });
          } else if (each.kind === 'forget') {
            table.forget(each.key);
            wanted.delete(each.key);
          } else {
            table.clear();
            wanted.clear();
          }
        }
        for (const { key: number } of steps) {
          const [at, known] = [table.find(number), wanted.get(number)];
          expect(at === NOWHERE).toBe(known === undefined);
          if (known === undefined) continue;
          expect(table.listAt(at)).toBe(known.list);
          if (known.sets !== undefined) expect(table.namesOthers(at)).toBe(known.namesOthers);
          for (const set of known.sets ?? [1, 2, 400]) expect(table.marks(at, set)).toBe(true);
        }
        for (const [one, { sets: ours }] of wanted) {
          for (const [other, { sets: theirs }] of [...wanted].slice(0, 10)) {
            const meets = table.mayMeet(table.find(one), table, table.find(other));
            if (ours === undefined || theirs === undefined) {
              if ((ours ?? theirs)?.length !== 0) expect(meets).toBe(true);
            } else if (ours.some((set) => theirs.includes(set))) expect(meets).toBe(true);
            else if (meets) together += 1;
            else apart += 1;
          }
        }
      }),
      { numRuns: 100 },
    );
    // Marks that were always in common would be right as well, and of no use.
    expect(apart).toBeGreaterThan(together);
  });

  test('what is forgotten again and again takes no room of its own', () => {
    const [table, lists] = [new PlaceTable(), new SetLists()];
    const list = lists.intern([1, 2]);
    for (let round = 0; round < 10_000; round += 1) {
      table.set(round % 20, list, lists);
      table.forget(round % 20);
    }
    expect(table.ints).toBe(new PlaceTable().ints);
  });
});

test.each([
  [0, 2 ** 19],
  [100_000, 2 ** 19],
  [10_000_000, 8_000_000],
  [1_000_000_000, 2 ** 24],
])('of %i tuples at most %i integers are remembered', (tuples, wanted) => {
  expect(rememberedIntsMax(tuples)).toBe(wanted);
});
