import { expect, test } from 'vitest';
import { denialWords } from '../../../console/src/decisions/denial-words.ts';
import { STEP_OF_REASON } from './step-outcomes.ts';

/** What ends a request without turning its caller away: an answer of the gateway's own, or something at the upstream. */
const NO_DENIALS = [
  ...['session_login', 'session_started', 'session_info', 'session_ended'],
  ...['resource_metadata', 'preflight', 'answer_withheld'],
];

const reasons = [...STEP_OF_REASON.keys()].filter(
  (each) => !NO_DENIALS.includes(each) && !each.startsWith('upstream_'),
);

test.each(['en', 'de'] as const)('the console says in words (%s) why each call was denied', (language) => {
  const words = denialWords[language];
  expect(reasons.filter((reason) => !Object.hasOwn(words, reason))).toEqual([]);
});

test('and has no words for what is no reason', () => {
  expect(Object.keys(denialWords.en).filter((each) => !STEP_OF_REASON.has(each))).toEqual([]);
});

test('each is short enough for a list', () => {
  const all = [...Object.values(denialWords.en), ...Object.values(denialWords.de)];
  expect(all.filter((each) => each.length > 36)).toEqual([]);
});
