import { describe, expect, test } from 'vitest';
import { cookiesFor } from './cookies.ts';

const https = cookiesFor('https://auth.example.com');
const http = cookiesFor('http://localhost:7700');

describe('writing', () => {
  test('https: the __Host- prefix and everything it asks for', () => {
    expect(https.write('session', 'gh_ss_abc')).toBe(
      '__Host-gatehouse_session=gh_ss_abc; Path=/; HttpOnly; SameSite=Lax; Secure',
    );
  });
  test('http on the loopback interface: a plain name', () => {
    expect(http.write('session', 'gh_ss_abc')).toBe('gatehouse_session=gh_ss_abc; Path=/; HttpOnly; SameSite=Lax');
  });
  test('a cookie that has a lifetime says so', () => {
    expect(https.write('form', 'gh_cf_abc')).toMatch(/; Max-Age=3600$/);
  });
  test('clearing keeps the attributes, or a browser would keep the cookie', () => {
    expect(https.clear('session')).toBe('__Host-gatehouse_session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0');
  });
  test.each(['a;b', 'a b', 'a\r\nX: y', '', 'ä', 'a"b'])('refuses the value %j', (value) => {
    expect(() => https.write('session', value)).toThrow(TypeError);
  });
});

describe('reading', () => {
  test.each([
    ['alone', 'gatehouse_session=abc', 'abc'],
    ['among others', 'a=b; gatehouse_session=abc; c=d', 'abc'],
    ['without the space', 'a=b;gatehouse_session=abc', 'abc'],
    ['absent', 'a=b', undefined],
    ['no header', undefined, undefined],
    ['twice: one was planted', 'gatehouse_session=abc; gatehouse_session=def', undefined],
    ['twice and the same', 'gatehouse_session=abc; gatehouse_session=abc', undefined],
    ['empty', 'gatehouse_session=', undefined],
    ['quoted', 'gatehouse_session="abc"', undefined],
    ['another name that ends alike', 'xgatehouse_session=abc', undefined],
    ['another name that starts alike', 'gatehouse_session2=abc', undefined],
    ['in other letters', 'Gatehouse_Session=abc', undefined],
    ['too long', `gatehouse_session=${'a'.repeat(600)}`, undefined],
    ['a header out of bounds', `${'a=b; '.repeat(4000)}gatehouse_session=abc`, undefined],
  ])('%s', (_, header, expected) => expect(http.read('session', header)).toBe(expected));

  test('https does not read the plain name, which any http page could set', () => {
    expect(https.read('session', 'gatehouse_session=abc')).toBeUndefined();
    expect(https.read('session', '__Host-gatehouse_session=abc')).toBe('abc');
  });
});

describe('an issuer over plain http', () => {
  test.each([
    'http://localhost',
    'http://127.0.0.1:7700',
    'http://127.8.0.1',
    'http://[::1]:7700',
    'http://a.localhost',
  ])('%s is for development', (issuer) => expect(() => cookiesFor(issuer)).not.toThrow());
  test.each(['http://auth.example.com', 'http://10.0.0.1', 'http://localhost.example.com', 'http://127.0.0.1.nip.io'])(
    '%s is refused',
    (issuer) => expect(() => cookiesFor(issuer)).toThrow(expect.objectContaining({ code: 'insecure_issuer' })),
  );
});
