import { expect, test } from 'vitest';
import { idTyped, mayIssueForOthers } from './owner-of-key.ts';

const ID = '01h455vb4pex5vsknk084sn02q';

test.each([
  [`usr_${ID}`, 'user'],
  [` svc_${ID} `, 'service_account'],
])('%j is an id of a %s', (typed, type) => {
  expect(idTyped(typed)).toEqual([{ type, id: typed.trim(), label: typed.trim() }]);
});

test.each(['', 'Ada', 'usr_', `key_${ID}`, `usr_${ID}0`, `x usr_${ID}`])('%j is none', (typed) => {
  expect(idTyped(typed)).toEqual([]);
});

test('whoever holds everything issues for others, and nobody else', () => {
  expect(mayIssueForOthers({ may: (wanted) => wanted === '*' })).toBe(true);
  expect(mayIssueForOthers({ may: (wanted) => wanted !== '*' })).toBe(false);
});
