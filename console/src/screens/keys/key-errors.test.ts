import { expect, test } from 'vitest';
import { keyErrorsOf } from './key-errors.ts';

const values = { name: '', addresses: ['192.0.2.1', '300.1.1.1'], tags: ['Big Tag'], apis: [] };

test.for<[string, Record<string, string>]>([
  ['name', { name: 'is wrong' }],
  ['restrictions.addresses.1', { addresses: '300.1.1.1: is wrong' }],
  ['restrictions.addresses', { addresses: 'is wrong' }],
  ['tags.0', { tags: 'Big Tag: is wrong' }],
  ['tags.7', { tags: 'is wrong' }],
  ['expiresInSeconds', { expires: 'is wrong' }],
])('what is wrong with %s stands at its field', ([path, expected]) => {
  expect(
    keyErrorsOf({ code: 'invalid_input', fields: [{ path, message: 'is wrong' }], message: 'Mend it.' }, values),
  ).toEqual(expected);
});

test('what is wrong with none of them stands by itself', () => {
  expect(
    keyErrorsOf({ code: 'api_key_place_unknown', fields: [], message: 'There is no API "none".' }, values),
  ).toEqual({
    form: 'There is no API "none".',
  });
});

test('an end that the policy does not allow stands at the end that was chosen', () => {
  const refusal = { code: 'api_key_lifetime_refused', fields: [], message: 'Sooner.' };
  expect(keyErrorsOf(refusal, values)).toEqual({ expires: 'Sooner.' });
});

test.each(['user_not_found', 'service_account_not_found', 'membership_not_found'])(
  '%s is about whoever it is for',
  (code) => {
    expect(keyErrorsOf({ code, fields: [], message: 'Nobody.' }, values)).toEqual({ owner: 'Nobody.' });
  },
);
