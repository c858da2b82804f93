import { describe, expect, test } from 'vitest';
import { apiDocumentKind } from './document-kind.ts';
import { apiDocumentSchema } from './document-spec.ts';
import { described, ORDERS } from './orders.fixture.ts';

const problemsOf = (document: object, more: object = {}) =>
  apiDocumentKind.check(described(document, more)).map(({ path, message }) => `${path}: ${message}`);
const withPost = (schema: unknown, more: object = {}) => ({
  openapi: '3.1.0',
  paths: { '/a': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
  ...more,
});
const withParameter = (parameter: unknown) => ({
  openapi: '3.1.0',
  paths: { '/a/{b}': { get: { parameters: [parameter] } } },
});

test('a description that can be used is taken as it is', () => {
  expect(problemsOf(ORDERS)).toEqual([]);
});

describe('is refused when it is applied', () => {
  test.each<[string, object, RegExp, object?]>([
    ['another version', { openapi: '3.0.3', paths: {} }, /^document.openapi: must be of version 3.1/],
    ['nothing in it', { openapi: '3.1.0' }, /describes no operation/],
    ['a reference to elsewhere', withPost({ $ref: 'https://example.com/x.json' }), /nothing is fetched/],
    ['a reference to a file', withPost({ $ref: 'other.yaml#/a' }), /nothing is fetched/],
    ['a reference to nothing', withPost({ $ref: '#/components/schemas/None' }), /can't resolve reference/],
    [
      'a path that refers in a circle',
      { openapi: '3.1.0', paths: { '/a': { $ref: '#/paths/~1a' } } },
      /must be an object/,
    ],
    ['an address of a schema’s own', withPost({ $id: 'https://example.com/a' }), /no \$id/],
    ['no JSON Schema', withPost({ type: 'texts' }), /type must be JSONType/],
    ['a pattern that looks back', withPost({ pattern: '^(a)\\1$' }), /linear time/],
    ['a pattern that looks ahead', withPost({ pattern: '^(?=a)' }), /linear time/],
    ['a pattern for names', withPost({ patternProperties: { '(?!a)b': { type: 'string' } } }), /linear time/],
    ['no pattern', withPost({ pattern: '(' }), /Invalid regular expression/],
    ['a pattern that is too long', withPost({ pattern: 'a'.repeat(1001) }), /longer than 1000/],
    ['part of a segment', { openapi: '3.1.0', paths: { '/a.{b}': { get: {} } } }, /must be a whole segment/],
    [
      'two of one path',
      { openapi: '3.1.0', paths: { '/a/{b}': { get: {} }, '/a/{c}': { get: {} } } },
      /same requests as/,
    ],
    ['a parameter that stands nowhere', withParameter({ name: 'c', in: 'path' }), /does not stand in the path/],
    ['a parameter without a name', withParameter({ in: 'query' }), /`name` and `in`/],
    ['a style that is not read', withParameter({ name: 'b', in: 'path', style: 'matrix' }), /is not read in path/],
    ['a parameter of XML', withParameter({ name: 'q', in: 'query', content: { 'text/xml': {} } }), /JSON alone/],
  ])('%s', (_what, document, told, more) => expect(problemsOf(document, more).join('\n')).toMatch(told));

  test('more than one description of an API', () => {
    const found = apiDocumentKind.conflicts?.([
      { name: 'a', spec: described() },
      { name: 'b', spec: described() },
    ]);
    expect(found).toMatchObject([{ first: 'a', second: 'b', path: 'api' }]);
  });

  test.each([{ api: 'No Name' }, { prefix: 'v1' }, { prefix: '/v1?x' }, { unknown: 1 }, { document: [] }])(
    '%j',
    (more) => {
      expect(apiDocumentSchema.safeParse({ api: 'a', document: ORDERS, ...more }).success).toBe(false);
    },
  );
});
