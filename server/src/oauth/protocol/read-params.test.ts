import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { param, paramsNamed, printable, readParams, refuseRepeatedParams, requiredParam } from './read-params.ts';

test('reads what an encoder of forms writes, in order, whatever the text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => value.isWellFormed());
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
      expect(readParams(new URLSearchParams(pairs).toString())).toEqual(pairs);
    }),
  );
});

test('any text is read, or refused with a code', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      try {
        readParams(text);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^form_(malformed|too_large)$/) });
      }
    }),
  );
});

describe('refused', () => {
  test.each([
    ['a%', 'form_malformed'],
    ['a=%z1', 'form_malformed'],
    ['a=%ff', 'form_malformed'],
    ['a=%00', 'form_malformed'],
    ['a%00=b', 'form_malformed'],
    ['a=%c3%28', 'form_malformed'],
    ['a=%ed%a0%80', 'form_malformed'],
    [`a=${'x'.repeat(8193)}`, 'form_too_large'],
    [`${'a'.repeat(65)}=x`, 'form_too_large'],
    [Array.from({ length: 41 }, () => 'a=b').join('&'), 'form_too_large'],
  ])('%.30s', (text, code) => expect(() => readParams(text)).toThrow(expect.objectContaining({ code })));

  test.each(['a=1&a=2', 'a=1&b=2&a=1', 'a&a', 'a=1&%61=2', '__proto__=1&__proto__=2'])('repeated: %s', (text) => {
    expect(() => refuseRepeatedParams(readParams(text))).toThrow(
      expect.objectContaining({ code: 'parameter_repeated' }),
    );
  });

  test.each(['', 'a=', 'A=1', 'b=1'])('missing: %j', (text) => {
    expect(() => requiredParam(readParams(text), 'a')).toThrow(expect.objectContaining({ code: 'parameter_missing' }));
  });
});

test('resource may come again (RFC 8707 §2); an empty one counts as left out', () => {
  const params = readParams('resource=a&resource=&resource=b');
  refuseRepeatedParams(params);
  expect(paramsNamed(params, 'resource')).toEqual(['a', 'b']);
  expect(param(readParams('constructor=1'), 'toString')).toBeUndefined();
});

test('what is printed stays within RFC 6749 §5.2, and short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(printable(text)).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{0,83}$/);
    }),
  );
});
