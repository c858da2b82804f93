import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from './canonical-json.ts';

describe('canonical JSON', () => {
  test.for([
    ['null', null, 'null'],
    ['names in order', { b: 1, a: 2, A: 3 }, '{"A":3,"a":2,"b":1}'],
    ['nested', { a: [{ d: 1, c: 2 }, []] }, '{"a":[{"c":2,"d":1},[]]}'],
    // RFC 8785 §3.2.2.3
    [
      'numbers',
      [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    [
      'order by UTF-16 units',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😂': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😂":5,"\ufb33":3}',
    ],
    ['undefined left out', { a: undefined, b: 1 }, '{"b":1}'],
  ] as const)('%s', ([, value, text]) => {
    expect(canonicalJson(value as JsonValue)).toBe(text);
  });

  test('the order of names does not matter, and the value survives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value) as JsonValue)).toBe(text);
      }),
    );
  });

  test.for([Number.NaN, Number.POSITIVE_INFINITY])('%s has no text', (value) => {
    expect(() => canonicalJson({ a: value })).toThrow(RangeError);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
