import { expect, test } from 'vitest';
import { idTyped, mayIssueForOthers, withoutRepeats } from './owner-of-key.ts';

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

test('who is found under a name and under the id that was typed is offered once, and oneself not again', () => {
  const owner = (type: 'user' | 'service_account', id: string) => ({ type, id, label: id });
  const [me, ada, job] = [owner('user', 'usr_me'), owner('user', 'usr_ada'), owner('service_account', 'svc_job')];
  const groups = withoutRepeats([me], [{ found: [me, ada] }, { found: [job] }, { found: [job] }]);
  expect(groups.map(({ found }) => found)).toEqual([[ada], [job], []]);
});
