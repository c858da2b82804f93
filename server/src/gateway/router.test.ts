import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePathPattern } from './path-pattern.ts';
import { Router } from './router.ts';

function routerOf(...routes: [pattern: string, methods?: string, priority?: number][]): Router<string> {
  const router = new Router<string>();
  for (const [text, methods = 'GET', priority = 0] of routes) {
    router.add({ value: text, pattern: parsePathPattern(text), methods: methods.split(' '), priority });
  }
  return router;
}

function found(router: Router<string>, path: string, method = 'GET') {
  const match = router.match(path, method);
  return match && [match.value, ...match.captures];
}

describe('router', () => {
  const router = routerOf(
    ['/'],
    ['/users/me'],
    ['/users/{id}', 'GET DELETE'],
    ['/users/{id}/keys'],
    ['/users/me/{rest+}', 'POST'],
    ['/files/{rest+}'],
    ['/all/*'],
    ['/users/{id}/{more*}'],
  );

  test.each([
    ['/', 'GET', ['/']],
    ['/users/me', 'GET', ['/users/me']],
    ['/users/7', 'GET', ['/users/{id}', '7']],
    ['/users/me', 'DELETE', ['/users/{id}', 'me']],
    ['/users/me/keys', 'GET', ['/users/{id}/keys', 'me']],
    ['/users/me/keys', 'POST', ['/users/me/{rest+}', 'keys']],
    ['/users/7/a/b', 'GET', ['/users/{id}/{more*}', '7', 'a/b']],
    ['/users/7', 'HEAD', ['/users/{id}', '7']],
    ['/files/a/b', 'GET', ['/files/{rest+}', 'a/b']],
    ['/all', 'GET', ['/all/*', '']],
    ['/all/a/b', 'GET', ['/all/*', 'a/b']],
    ['/files', 'GET', undefined],
    ['/users', 'GET', undefined],
    ['/user', 'GET', undefined],
    ['/Users/me', 'GET', undefined],
    ['/allx', 'GET', undefined],
    ['/users/7', 'PUT', undefined],
    ['/users/7', 'get', undefined],
  ] as const)('%s %s', (path, method, expected) => {
    expect(found(router, path, method)).toEqual(expected);
  });

  test('the path of a method-less match names the methods that exist', () => {
    expect(router.allowed('/users/me')).toEqual(['DELETE', 'GET', 'HEAD']);
    expect(router.allowed('/users/me/x')).toEqual(['GET', 'HEAD', 'POST']);
    expect(router.allowed('/nowhere')).toEqual([]);
  });

  describe('what another route would answer but for the case of its letters is unclear', () => {
    const guarded = routerOf(
      ['/{rest*}', 'GET POST'],
      ['/admin/{rest+}', 'GET'],
      ['/users/{id}', 'GET POST'],
      ['/users/me', 'GET'],
      ['/users/me/keys/{id}', 'GET'],
      ['/Mixed/{id}', 'GET'],
      ['/a-literal-of-more-than-thirty-one-letters', 'GET'],
    );
    test.each([
      ['/Admin/users', 'GET', true],
      ['/ADMIN/users', 'HEAD', true],
      ['/users/Me', 'GET', true],
      ['/users/ME/keys/7', 'GET', true],
      ['/users/me/Keys/7', 'GET', true],
      ['/mixed/7', 'GET', true],
      ['/A-literal-of-more-than-thirty-one-letters', 'GET', true],
      ['/admin/Users', 'GET', false],
      // The same route answers whichever was meant.
      ['/Admin/users', 'POST', false],
      ['/Admin', 'GET', false],
      ['/users/Me', 'POST', false],
      ['/users/em', 'GET', false],
      ['/others/me', 'GET', false],
      ['/Mixed/7', 'GET', false],
      ['/b-literal-of-more-than-thirty-one-letters', 'GET', false],
    ])('%s %s: %s', (path, method, unclear) => {
      expect(guarded.match(path, method)?.unclear !== undefined).toBe(unclear);
    });

    test('two that differ by case alone are two, each by its own spelling', () => {
      const both = routerOf(['/Files/{id}'], ['/files/{id}'], ['/{rest*}']);
      expect(found(both, '/Files/7')).toEqual(['/Files/{id}', '7']);
      expect(both.match('/files/7', 'GET')?.unclear).toBeUndefined();
      expect(both.match('/FILES/7', 'GET')?.unclear).toBeDefined();
    });

    test('a higher priority is a higher one in any case', () => {
      const first = routerOf(['/{rest*}', 'GET', 5], ['/admin/{rest+}', 'GET']);
      expect(first.match('/Admin/users', 'GET')?.unclear).toBeUndefined();
      const last = routerOf(['/{rest*}', 'GET'], ['/admin/{rest+}', 'GET', 5]);
      expect(last.match('/Admin/users', 'GET')?.unclear).toBeDefined();
    });
  });

  test('a higher priority wins over a more specific path', () => {
    const prioritised = routerOf(['/a/b'], ['/a/{x}', 'GET', 5], ['/*', 'GET', 1]);
    expect(found(prioritised, '/a/b')).toEqual(['/a/{x}', 'b']);
    expect(found(prioritised, '/c')).toEqual(['/*', 'c']);
  });

  test('two patterns of one shape conflict unless method or priority tells them apart', () => {
    const entry = (text: string, method: string, priority = 0) => ({
      value: text,
      pattern: parsePathPattern(text),
      methods: [method],
      priority,
    });
    const shared = new Router<string>();
    expect(shared.add(entry('/a/{x}', 'GET'))).toEqual([]);
    expect(shared.add(entry('/a/{y}', 'POST'))).toEqual([]);
    expect(shared.add(entry('/a/{z}', 'GET')).map(({ value }) => value)).toEqual(['/a/{x}']);
    expect(shared.add(entry('/a/{w}', 'GET', 1))).toEqual([]);
    expect(shared.match('/a/1', 'GET')?.value).toBe('/a/{w}');
  });

  test('finds what a plain search over all patterns finds, and captures what stands in the place of each name', () => {
    const segment = fc.constantFrom('a', 'b', 'c', '{p}', '{q}');
    const pattern = fc
      .tuple(fc.uniqueArray(segment, { maxLength: 3 }), fc.constantFrom('', '*', '{r+}', '{r*}'))
      .map(([segments, rest]) => `/${[...segments, ...(rest === '' ? [] : [rest])].join('/')}`);
    const path = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), path, (patterns, sent) => {
        const expected = patterns.some((text) => asRegExp(text).test(sent));
        const match = found(routerOf(...patterns.map((text): [string] => [text])), sent);
        expect(match !== undefined).toBe(expected);
        if (match === undefined) return;
        const [text = '', ...captures] = match;
        expect(sent).toMatch(asRegExp(text));
        const filled = text.replaceAll(/\{[^}]+\}|\*/g, () => captures.shift() ?? '(none)');
        // A rest of no segments takes the slash before it along.
        expect(filled === '/' ? filled : filled.replace(/\/$/, '')).toBe(sent);
        expect(captures).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

function asRegExp(pattern: string): RegExp {
  if (pattern === '/') return /^\/$/;
  const source = pattern
    .slice(1)
    .split('/')
    .map((part) => {
      if (part === '*' || part.endsWith('*}')) return '(/.+)?';
      if (part.endsWith('+}')) return '/.+';
      return part.startsWith('{') ? '/[^/]+' : `/${part}`;
    })
    .join('');
  return new RegExp(source === '(/.+)?' ? '^/.*$' : `^${source}$`);
}
