import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RETURN_TO_LENGTH_MAX, safeReturnTo, signInUrl } from './return-to.ts';

describe('a path of ours is followed', () => {
  test.each([
    ['/', '/'],
    ['/account', '/account'],
    ['/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb', undefined],
    ['/a/../account', '/account'],
    ['/console?next=//evil.example', undefined],
    ['/a:b@c', undefined],
  ])('%s', (input, expected) => expect(safeReturnTo(input)).toBe(expected ?? input));
});

describe('anything else is not', () => {
  test.each([
    ['another host', 'https://evil.example/'],
    ['a host without a scheme', '//evil.example'],
    ['a host after a backslash', '/\\evil.example'],
    ['a host after two backslashes', '\\\\evil.example'],
    ['a host after a tab, which browsers drop', '/\t/evil.example'],
    ['a host after a line break', '/\n/evil.example'],
    ['a host after dot segments', '/a/..//evil.example'],
    ['a host after encoded dot segments', '/%2e%2e//evil.example'],
    ['three slashes', '///evil.example'],
    ['a backslash later on', '/account\\..\\..\\evil'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a relative path', 'account'],
    ['a leading space', ' /account'],
    ['a header line', '/account\r\nSet-Cookie: a=b'],
    ['NUL', '/account\u0000'],
    ['letters beyond ASCII', '/\uff0f/evil.example'],
    ['nothing', ''],
    ['no string', ['/account', '/b']],
    ['absent', undefined],
    ['too long', `/${'a'.repeat(RETURN_TO_LENGTH_MAX)}`],
  ])('%s', (_, input) => expect(safeReturnTo(input)).toBeUndefined());

  test('whatever passes stays on the origin it is resolved against', () => {
    const alphabet = fc.constantFrom(
      '/',
      '\\',
      '.',
      '%2e',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      'a',
      'evil.example',
      '\t',
      ' ',
      '//',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 12 }), (parts) => {
        const path = safeReturnTo(`/${parts.join('')}`);
        if (path !== undefined) expect(new URL(path, 'https://issuer.example').origin).toBe('https://issuer.example');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('signInUrl', () => {
  test('carries the path, encoded', () => {
    expect(signInUrl('/oauth/authorize?a=b&c=d')).toBe('/sign-in?return_to=%2Foauth%2Fauthorize%3Fa%3Db%26c%3Dd');
  });
  test('leaves out what would not be followed, and where one lands anyway', () => {
    expect([signInUrl('//evil.example'), signInUrl('/account')]).toEqual(['/sign-in', '/sign-in']);
  });
});
