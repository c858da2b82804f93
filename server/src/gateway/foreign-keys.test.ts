import { expect, test } from 'vitest';
import { presentedCredential } from './credentials.ts';

const looksForeign = (text: string) => text.startsWith('sk_old_');

test.for([
  ['Bearer sk_old_1', { found: 'one', type: 'api_key' }],
  ['bearer sk_old_1', { found: 'one', type: 'api_key' }],
  ['Bearer gh_live_1', { found: 'one', type: 'api_key' }],
  ['Bearer gh_at_1', { found: 'one', type: 'access_token' }],
  ['Bearer xsk_old_1', { found: 'one', type: 'access_token' }],
  ['Bearer eyJ.a.b', { found: 'one', type: 'access_token' }],
  ['DPoP sk_old_1', { found: 'malformed' }],
  ['Bearer sk_old_1 more', { found: 'malformed' }],
  ['sk_old_1', { found: 'other' }],
] as const)('Authorization: %s, where keys of another system were imported', ([value, expected]) => {
  expect(presentedCredential(['authorization', value], looksForeign)).toMatchObject(expected);
});

test('where none were, the same text is an access token', () => {
  expect(presentedCredential(['authorization', 'Bearer sk_old_1'])).toMatchObject({ type: 'access_token' });
});
