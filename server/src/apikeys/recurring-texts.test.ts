import { expect, test } from 'vitest';
import { RecurringTexts } from './recurring-texts.ts';

test('lists that say the same are the same list, and nobody can change it', () => {
  const shared = new RecurringTexts();
  const row = ['a', 'b'];
  const list = shared.list(row);
  expect(list).toEqual(['a', 'b']);
  expect(shared.list(['a', 'b'])).toBe(list);
  row.push('c');
  expect(list).toEqual(['a', 'b']);
  expect(Object.isFrozen(list)).toBe(true);
});

test.each([
  [
    ['a', 'b'],
    ['b', 'a'],
  ],
  [['a', 'b'], ['a,b']],
  [['a","b'], ['a', 'b']],
  [[], ['']],
])('%j is not %j', (one, other) => {
  const shared = new RecurringTexts();
  expect(shared.list(one)).toEqual(one);
  expect(shared.list(other)).toEqual(other);
});

test('however many there are, each comes back as it was', () => {
  const shared = new RecurringTexts();
  for (let n = 0; n < 25_000; n += 1) {
    if (shared.text(`ten_${n}`) !== `ten_${n}` || shared.list([`scope:${n}`])[0] !== `scope:${n}`)
      throw new Error(String(n));
  }
});
