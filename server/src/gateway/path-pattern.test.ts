import { describe, expect, test } from 'vitest';
import { fillTemplate, parsePathPattern, parseTemplate } from './path-pattern.ts';

describe('path pattern', () => {
  test.each([
    ['/', [], 'none', []],
    ['/weather', ['weather'], 'none', []],
    ['/weather/{city}', ['weather', undefined], 'none', ['city']],
    ['/{a}/x/{b}', [undefined, 'x', undefined], 'none', ['a', 'b']],
    ['/*', [], 'any', ['']],
    ['/files/{rest+}', ['files'], 'some', ['rest']],
    ['/files/{rest*}', ['files'], 'any', ['rest']],
    ['/s%C3%A3o-paulo', ['s%C3%A3o-paulo'], 'none', []],
  ] as const)('%s', (text, segments, rest, names) => {
    expect(parsePathPattern(text)).toEqual({ text, segments, rest, names });
  });

  test.each([
    ['', 'begin with a slash'],
    ['weather', 'begin with a slash'],
    ['/weather/', 'empty segment'],
    ['//weather', 'empty segment'],
    ['/{city', 'whole segment'],
    ['/{city}.json', 'whole segment'],
    ['/{}', 'whole segment'],
    ['/{1}', 'whole segment'],
    ['/{__proto__}', 'whole segment'],
    ['/a*', 'whole segment'],
    ['/{a}/{a}', 'twice'],
    ['/*/a', 'last segment'],
    ['/{rest+}/a', 'last segment'],
    ['/a/../b', 'above_root'],
    ['/a/.', 'canonical form'],
    ['/a%2fb', 'encoded_slash'],
    ['/a;b', 'path_parameter'],
    ['/são-paulo', 'raw_byte'],
    ['/%7euser', 'canonical form; `%7euser` is `~user`'],
    ['/a+b', 'canonical form; `a+b` is `a%2Bb`'],
    ['/a?b=c', 'match.query'],
    ['/files/**', 'is written `*`'],
    ['/orders/{id:[0-9]+}', 'no regular expressions'],
    ['/orders/[0-9]+', 'no regular expressions'],
    ['~/orders/[0-9]+$', 'no regular expressions'],
    [`/${'a/'.repeat(32)}a`, 'at most 32'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parsePathPattern(text)).toThrow(message);
  });
});

describe('template', () => {
  test('alternates literals and names', () => {
    expect(parseTemplate('/cities/{city}/of/{country}.json', ['city', 'country'])).toEqual({
      literals: ['/cities/', '/of/', '.json'],
      captures: [0, 1],
    });
    expect(parseTemplate('{rest+}', ['rest'])).toEqual({ literals: ['', ''], captures: [0] });
    expect(parseTemplate('plain', [])).toEqual({ literals: ['plain'], captures: [] });
    expect(fillTemplate(parseTemplate('{b}-{a}-{b}', ['a', 'b']), ['1', '2'])).toBe('2-1-2');
  });

  test.each([
    ['/{town}', '{town} is not a parameter of match.path ({city})'],
    ['/{}', 'is not a parameter'],
    ['/{city', 'brace'],
    ['/city}', 'brace'],
    ['/{{city}}', 'brace'],
  ])('%s is refused', (text, message) => {
    expect(() => parseTemplate(text, ['city', ''])).toThrow(message);
  });
});
