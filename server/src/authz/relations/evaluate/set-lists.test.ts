import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NamedSet, SetLists } from './set-lists.ts';

const sets = fc
  .uniqueArray(fc.integer({ min: 0, max: 2 ** 30 - 1 }), { maxLength: 60 })
  .map((all) => Int32Array.from(all).sort());
const named = fc.uniqueArray(fc.tuple(fc.nat(50), fc.nat(1_000)), { maxLength: 5, selector: ([, set]) => set });

describe('lists of sets', () => {
  test('hold what was put into them, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sets, named), { maxLength: 40 }), (all) => {
        const lists = new SetLists();
        const kept = all.map(([members, pairs]) => lists.intern(members, pairs));
        const again = all.map(([members, pairs]) => lists.intern(members, pairs));
        expect(again).toEqual(kept);
        const different = new Set(all.map(([members, pairs]) => JSON.stringify([[...members], pairs])));
        expect(new Set(kept).size).toBe(different.size);
        for (const [index, [members, pairs]] of all.entries()) {
          const list = kept[index] ?? 0;
          expect(lists.setsOf(list)).toEqual(members);
          expect(Array.from({ length: lists.setCount(list) }, (_, at) => lists.setAt(list, at))).toEqual([...members]);
          const found = Array.from(
            { length: lists.namedCount(list) },
            (_, at): NamedSet => [lists.directAt(list, at), lists.namedAt(list, at)],
          );
          expect(found).toEqual(pairs);
          for (const set of members) expect(lists.has(list, set)).toBe(true);
          expect(lists.has(list, -1)).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('meet exactly when they have a set in common', () => {
    const close = fc
      .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 40, size: 'max' })
      .map((all) => Int32Array.from(all).sort());
    let [meeting, apart] = [0, 0];
    fc.assert(
      fc.property(close, close, (ours, theirs) => {
        const [one, other] = [new SetLists(), new SetLists()];
        other.intern(Int32Array.of(1, 2, 3));
        const [list, others] = [one.intern(ours), other.intern(theirs)];
        const wanted = ours.some((set) => theirs.includes(set));
        expect(one.meets(list, other, others)).toBe(wanted);
        expect(other.meets(others, one, list)).toBe(wanted);
        for (const set of theirs) expect(one.has(list, set)).toBe(ours.includes(set));
        if (wanted) meeting += 1;
        else apart += 1;
      }),
      { numRuns: 500 },
    );
    expect(meeting).toBeGreaterThan(20);
    expect(apart).toBeGreaterThan(20);
  });

  test('are empty after they were cleared', () => {
    const lists = new SetLists();
    const before = lists.ints;
    for (let index = 0; index < 1_000; index += 1) lists.intern(Int32Array.of(index, index + 1));
    expect(lists.ints).toBeGreaterThan(before);
    lists.clear();
    expect(lists.ints).toBe(before);
    const list = lists.intern(Int32Array.of(7));
    expect([lists.has(list, 7), lists.has(list, 8)]).toEqual([true, false]);
  });
});
