import { expect, test } from 'vitest';
import { AuthError } from '../verify/auth-error.ts';
import { challengeOf } from './challenge.ts';
import { refusalOf } from './refusal.ts';

/** Whatever a message, a scope or an address holds stays in its quotes, and in its header. */
const HOSTILE = 'a" error="none"\r\nset-cookie: x=1\u0000\\ Zoë';

test.each([
  ['a message', new AuthError('expired', { message: HOSTILE }), {}],
  ['a scope', new AuthError('scope_missing', { challenge: { scope: HOSTILE } }), {}],
  ['a way to sign in', new AuthError('step_up_required', { challenge: { acr_values: HOSTILE } }), {}],
  ['an address', new AuthError('credential_missing'), { resourceMetadata: HOSTILE }],
])('%s breaks out of nothing', (_, error, options) => {
  const challenge = challengeOf(error, options) ?? '';
  expect(challenge).toMatch(/^(Bearer|DPoP)( [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*)?, DPoP [^\r\n]*$/);
  expect(challenge).toMatch(/^[\x20-\x7E]*$/);
  expect(challenge.match(/error="none"/)).toBeNull();
  expect(() => new Headers(refusalOf(error, options)?.headers)).not.toThrow();
});
