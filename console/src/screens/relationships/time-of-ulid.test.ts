import { expect, test } from 'vitest';
import { timeOfUlid } from './time-of-ulid.ts';

test.each([
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 1469922850259],
  ['00000000000000000000000000', 0],
  ['7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 2 ** 48 - 1],
])('%s', (id, at) => {
  expect(timeOfUlid(id)).toBe(at);
});
