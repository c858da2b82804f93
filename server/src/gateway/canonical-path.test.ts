import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalTarget, decodeSegment, encodeSegment, type PathRefusal } from './canonical-path.ts';

/** Sent, canonical path, and what else the upstream receives: `/` for a trailing slash, then the query. */
const ACCEPTED: readonly (readonly [sent: string, path: string, rest?: string])[] = [
  ['/', '/'],
  ['/weather/paris', '/weather/paris'],
  ['/weather/paris/', '/weather/paris', '/'],
  ['/weather/paris?', '/weather/paris', '?'],
  ['/weather/paris?units=metric', '/weather/paris', '?units=metric'],
  ['/weather/paris/?units=metric', '/weather/paris', '/?units=metric'],
  ['/?q', '/', '?q'],
  // The query is not ours to interpret.
  ['/a?next=/../%2e%2e//b;c\\d', '/a', '?next=/../%2e%2e//b;c\\d'],
  ['/a?broken=%zz', '/a', '?broken=%zz'],
  ['/a?b?c', '/a', '?b?c'],
  // Case is significant.
  ['/Weather/Paris', '/Weather/Paris'],
  // Dot segments (RFC 3986 §5.2.4).
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/b/../../c', '/c'],
  ['/a/b/..', '/a', '/'],
  ['/a/.', '/a', '/'],
  ['/a/..', '/'],
  ['/.', '/'],
  ['/./', '/'],
  ['/a/.../b', '/a/.../b'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a/.hidden', '/a/.hidden'],
  ['/a/..b', '/a/..b'],
  ['/a/b..', '/a/b..'],
  // Empty segments are dropped, before dot segments are resolved.
  ['//', '/'],
  ['//a', '/a'],
  ['/a//b', '/a/b'],
  ['/a///b//', '/a/b', '/'],
  ['/a//../b', '/b'],
  ['//evil.example/a', '/evil.example/a'],
  // Percent-encoding: one spelling for each name.
  ['/%7Euser', '/~user'],
  ['/%61%62%63', '/abc'],
  ['/file%2ejson', '/file.json'],
  ['/a%2d%5f', '/a-_'],
  ['/s%C3%A3o-paulo', '/s%C3%A3o-paulo'],
  ['/s%c3%a3o-paulo', '/s%C3%A3o-paulo'],
  ['/%F0%9F%8C%A6', '/%F0%9F%8C%A6'],
  ['/a%20b', '/a%20b'],
  ['/a:b@c', '/a:b@c'],
  ['/a%3Ab%40c', '/a:b@c'],
  ["/!$&'()*,=", "/!$&'()*,="],
  ['/%21%24%26%27%28%29%2A%2C%3D', "/!$&'()*,="],
  ['/a+b', '/a%2Bb'],
  ['/a%2Bb', '/a%2Bb'],
  ['/a%3Bb', '/a%3Bb'],
  ['/a%3Fb', '/a%3Fb'],
  ['/a%23b', '/a%23b'],
  ['/a%5Bb%5D', '/a%5Bb%5D'],
  ['/a[b]', '/a%5Bb%5D'],
  ['/{id}', '/%7Bid%7D'],
  ['/a|b^c`d"e<f>', '/a%7Cb%5Ec%60d%22e%3Cf%3E'],
  ['/100%25', '/100%25'],
  ['/100%25-sure', '/100%25-sure'],
  ['/%252', '/%252'],
];

const REFUSED: readonly (readonly [sent: string, reason: PathRefusal])[] = [
  ['', 'not_a_path'],
  ['*', 'not_a_path'],
  ['weather', 'not_a_path'],
  ['?q', 'not_a_path'],
  ['http://example.com/', 'not_a_path'],
  ['\\a', 'not_a_path'],
  [`/${'a'.repeat(8192)}`, 'too_long'],
  ['/a b', 'raw_byte'],
  ['/a\tb', 'raw_byte'],
  ['/a\0b', 'raw_byte'],
  ['/a\x7fb', 'raw_byte'],
  ['/caf\u00e9', 'raw_byte'],
  ['/a?b c', 'raw_byte'],
  ['/a?b\r\nc', 'raw_byte'],
  ['/a?caf\u00e9', 'raw_byte'],
  ['/a#b', 'fragment'],
  ['/a?b#c', 'fragment'],
  ['/a%', 'invalid_percent'],
  ['/a%2', 'invalid_percent'],
  ['/a%zz', 'invalid_percent'],
  ['/a%2gb', 'invalid_percent'],
  ['/a%u002e', 'invalid_percent'],
  ['/%ff', 'invalid_utf8'],
  ['/%c0%ae', 'invalid_utf8'],
  ['/%c0%af', 'invalid_utf8'],
  ['/%e0%80%af', 'invalid_utf8'],
  ['/%ed%a0%80', 'invalid_utf8'],
  ['/%f4%90%80%80', 'invalid_utf8'],
  ['/%c3', 'invalid_utf8'],
  ['/a%00', 'control_character'],
  ['/a%0d%0ab', 'control_character'],
  ['/a%7f', 'control_character'],
  ['/a%c2%85', 'control_character'],
  ['/a%2fb', 'encoded_slash'],
  ['/a%2Fb', 'encoded_slash'],
  ['/..%2fadmin', 'encoded_slash'],
  ['/a\\b', 'backslash'],
  ['/a%5cb', 'backslash'],
  ['/..\\admin', 'backslash'],
  ['/..%5Cadmin', 'backslash'],
  ['/%2e', 'encoded_dot_segment'],
  ['/a/%2e%2e/b', 'encoded_dot_segment'],
  ['/a/.%2e/b', 'encoded_dot_segment'],
  ['/a/%2E./b', 'encoded_dot_segment'],
  ['/..', 'above_root'],
  ['/../a', 'above_root'],
  ['/a/../../b', 'above_root'],
  ['//../a', 'above_root'],
  ['/a%252eb', 'double_encoding'],
  ['/%252e%252e/admin', 'double_encoding'],
  ['/a%252Fb', 'double_encoding'],
  ['/a%25%32%65', 'double_encoding'],
  ['/%25252e', 'double_encoding'],
  ['/a;b', 'path_parameter'],
  ['/admin;x=1/users', 'path_parameter'],
  ['/a/..;/b', 'path_parameter'],
];

describe('canonical path', () => {
  test.each(ACCEPTED.map(([sent, path, rest]) => [sent, path, rest ?? ''] as const))('%s is %s', (sent, path, rest) => {
    const target = canonicalTarget(sent);
    if (!target.ok) throw new Error(target.reason);
    expect(target.path).toBe(path);
    expect((target.trailingSlash ? '/' : '') + target.query).toBe(rest);
  });

  test.each(REFUSED)('%s is refused: %s', (sent, reason) => {
    expect(canonicalTarget(sent)).toEqual({ ok: false, reason });
  });

  const pathLike = fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '/',
          '.',
          '..',
          '//',
          '%2e',
          '%2E',
          '%2f',
          '%25',
          '%41',
          '%c3%a3',
          '%',
          '?',
          ';',
          '+',
          '\\',
        ),
      },
      { weight: 2, arbitrary: fc.string({ maxLength: 4 }) },
    ),
    { maxLength: 12 },
  );
  const sentPath = pathLike.map((parts) => `/${parts.join('')}`);

  test('reading a canonical path again changes nothing', () => {
    fc.assert(
      fc.property(sentPath, (sent) => {
        const once = canonicalTarget(sent);
        if (!once.ok) return;
        const again = canonicalTarget(once.path + (once.trailingSlash ? '/' : '') + once.query);
        expect(again).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('a canonical path holds no empty segment, no dot segment, and nothing that decodes to a separator', () => {
    fc.assert(
      fc.property(sentPath, (sent) => {
        const target = canonicalTarget(sent);
        if (!target.ok || target.path === '/') return;
        for (const segment of target.path.slice(1).split('/')) {
          expect(['', '.', '..']).not.toContain(segment);
          expect(decodeSegment(segment)).not.toMatch(/[/\\]|%[0-9a-f]{2}/i);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('every spelling of a name is one path', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 6, unit: 'grapheme-ascii' })
      .filter((text) => !/[/\\%;#?\s]|^\.+$/.test(text));
    fc.assert(
      fc.property(name, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (text, choices) => {
        const spelled = [...text]
          .map((character, index) =>
            choices[index] ? `%${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character,
          )
          .join('');
        expect(canonicalTarget(`/${spelled}`)).toMatchObject({ ok: true, path: `/${encodeSegment(text)}` });
      }),
    );
  });
});
