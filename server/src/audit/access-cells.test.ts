import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AccessCells } from './access-cells.ts';

function filled(rows: readonly (readonly [number, number, number])[]): AccessCells {
  const cells = new AccessCells(3);
  for (const row of rows) {
    const first = cells.length;
    cells.addRow().set(row, first);
  }
  return cells;
}

test('what was put in comes out, however many rows there are, and as JSON has it', () => {
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -1, max: 512 }),
    fc.constantFrom(2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number), { maxLength: 40 }), (rows) => {
      const cells = filled(rows);
      expect(cells.length).toBe(rows.length * 3);
      const columns = [0, 1, 2].map((place) => rows.map((row) => row[place] ?? 0));
      const written = columns.map((column) => (new Set(column).size > 1 ? column : (column[0] ?? 0)));
      expect(JSON.stringify(cells.toColumns())).toBe(JSON.stringify(written));
      expect(rows.flat().map((_, place) => cells.at(place))).toEqual(rows.flat());
    }),
  );
});

test('beyond the last row there is nothing, though there is room', () => {
  const cells = filled([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  expect(cells.at(8)).toBe(9);
  expect(cells.at(9)).toBeUndefined();
  expect(cells.toColumns()).toEqual([
    [1, 4, 7],
    [2, 5, 8],
    [3, 6, 9],
  ]);
});
