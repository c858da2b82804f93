import { expect, test } from 'vitest';
import { decodeJwt } from './decode-jwt.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (header: unknown, payload: unknown) => `${part(header)}.${part(payload)}.c2ln`;

test('a token that is still good', () => {
  const decoded = decodeJwt(`  ${token({ alg: 'ES256' }, { sub: 'usr_1', exp: now / 1000 + 900 })}\n`, now);
  expect(decoded).toEqual({
    header: { alg: 'ES256' },
    payload: { sub: 'usr_1', exp: now / 1000 + 900 },
    remarks: ['The signature was not checked.', 'It expires in 15 minutes.'],
  });
});

test.each([
  [
    { alg: 'none' },
    { exp: now / 1000 - 7200 },
    ['It is not signed at all (alg none): no server may accept it.', 'It expired 2 hours ago.'],
  ],
  [{ alg: 'ES256' }, {}, ['It never expires: it has no `exp`.']],
  [
    { alg: 'ES256' },
    { exp: now / 1000 + 3, nbf: now / 1000 + 2 },
    ['It expires in 3 seconds.', 'It is not valid yet; it will be in 2 seconds.'],
  ],
])('%j %j', (header, payload, remarks) => {
  expect(decodeJwt(token(header, payload), now).remarks).toEqual(['The signature was not checked.', ...remarks]);
});

test.each([
  '',
  'abc',
  'a.b',
  'a.b.c',
  `${part([])}.${part({})}.x`,
  `${part({})}.${part('text')}.x`,
  'a.b.c.d',
  'a.b.c.d.e',
])('refuses %j', (text) => {
  expect(() => decodeJwt(text, now)).toThrow(expect.objectContaining({ code: 'jwt_malformed' }));
});
