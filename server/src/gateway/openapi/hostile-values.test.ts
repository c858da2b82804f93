/** Values that cost more than they look, or that are taken for something else than what the service will read. */
import { describe, expect, test } from 'vitest';
import { compileDocument } from './compile-document.ts';
import { described } from './orders.fixture.ts';
import { checkBody, checkParameters, findOperation, planBody } from './validate-request.ts';
import { violationText } from './violations.ts';

function open(schema: object, Node: object = {}, mediaType = 'application/json') {
  const document = compileDocument(
    described({
      openapi: '3.1.0',
      info: { title: 'Values', version: '1' },
      components: { schemas: { Node } },
      paths: {
        '/a': {
          post: {
            parameters: [{ name: 'seen', in: 'cookie', schema: { type: 'integer' } }],
            requestBody: { content: { [mediaType]: { schema } } },
          },
        },
      },
    }),
  );
  expect(document.problems).toEqual([]);
  const found = findOperation(document, '/a', 'POST') ?? expect.unreachable();
  return {
    body(text: string, type = 'application/json'): string[] {
      const plan = planBody(found.operation, { hasBody: true, headers: ['content-type', type] });
      if ('refused' in plan) return [plan.refused];
      if (plan.content === undefined) return ['streams'];
      return checkBody(plan.content, Buffer.from(text), document).map(violationText);
    },
    cookies: (headers: string[]) => checkParameters(document, found, { query: '' }, { headers }).map(violationText),
  };
}

test('alternatives that refer to themselves dynamically are given up as others are', () => {
  const branch = { type: 'object', properties: { child: { $dynamicRef: '#node' } } };
  const { body } = open(
    { $ref: '#/components/schemas/Node' },
    { $dynamicAnchor: 'node', anyOf: [branch, { ...branch, minProperties: 1 }] },
  );
  const nested = (levels: number, leaf: string) => `${'{"child":'.repeat(levels)}${leaf}${'}'.repeat(levels)}`;
  expect(body(nested(10, '{}'))).toEqual([]);
  expect(body(nested(50, '1'))).toEqual(['body is nested too deeply to be checked']);
});

describe('a pattern is held against so much text and no more', () => {
  const { body } = open({ type: 'array', items: { type: 'string', pattern: `^[a-z]${'b?'.repeat(100)}` } });
  test.each([
    ['one long text', JSON.stringify(['a'.repeat(400_000)])],
    ['many short ones', JSON.stringify(Array(4_000).fill('a'.repeat(100)))],
  ])('%s', (_what, text) => expect(body(text)).toEqual(['body holds more text than its patterns can be held against']));
  test('each body anew', () => {
    for (let round = 0; round < 5; round += 1) expect(body(JSON.stringify(Array(500).fill('aaaa')))).toEqual([]);
  });
});

describe('names that every object of the language has are no fields that somebody described', () => {
  const either = [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'string' } } }];
  const closed = { type: 'object', anyOf: either, unevaluatedProperties: false };
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'other'])('%s', (name) => {
    const sent = `{"a":"x","${name}":{"admin":true}}`;
    const refused = ['body holds a field that is not described'];
    expect(open(closed).body(sent).map(withoutList)).toEqual(refused);
    const referred = open({ $ref: '#/components/schemas/Node', unevaluatedProperties: false }, { anyOf: either });
    expect(referred.body(sent).map(withoutList)).toEqual(refused);
  });
  test('but where it is described', () => {
    const { body } = open({ ...closed, properties: { constructor: { type: 'string' } } });
    expect(body('{"a":"x","constructor":"ferrari"}')).toEqual([]);
    expect(body('{"a":"x","constructor":1}')).toEqual(['body #/constructor must be string']);
  });
});

const withoutList = (text: string) => text.replace(/;.*/, '');

describe('a cookie that is there twice is one to some servers and the other to others', () => {
  const { cookies } = open({});
  test.each<[string, string[], string[]]>([
    ['once', ['cookie', 'a=b; seen=3'], []],
    ['twice', ['cookie', 'seen=3; seen=x'], ['cookie seen stands there more than once, and is one value']],
    [
      'in two lines',
      ['cookie', 'seen=3', 'cookie', 'seen=x'],
      ['cookie seen stands there more than once, and is one value'],
    ],
    ['behind another in a line of its own', ['cookie', 'a=b', 'cookie', 'seen=x'], ['cookie seen must be integer']],
  ])('%s', (_what, headers, told) => expect(cookies(headers).map((text) => text.replace(' # ', ' '))).toEqual(told));
});

describe('what a range of types describes is read as what was sent', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };
  const wrong = 'body holds a field that is not described';
  test.each<[string, string, string, string[]]>([
    ['*/*', 'application/json', '{"b":1}', [wrong]],
    ['*/*', 'application/json', '{"a":"x"}', []],
    ['*/*', 'application/vnd.x+json; charset=utf-8', '{"b":1}', [wrong]],
    ['application/*', 'application/json', '{"b":1}', [wrong]],
    ['application/*', 'application/x-www-form-urlencoded', 'b=1', [wrong]],
    ['application/*', 'application/json; charset=utf-16', '{"b":1}', ['content_type']],
    ['*/*', 'text/plain', '{"b":1}', ['streams']],
  ])('%s, and %s: %s', (mediaType, type, text, told) => {
    expect(open(schema, {}, mediaType).body(text, type).map(withoutList)).toEqual(told);
  });
});

test('parameters are found behind those of the prefix', () => {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
  const document = compileDocument(
    described(
      {
        openapi: '3.1.0',
        info: { title: 'Places', version: '1' },
        paths: { '/a/{id}': { get: { parameters: [id] } } },
      },
      { prefix: '/{region}/v1' },
    ),
  );
  expect(document.problems).toEqual([]);
  const check = (path: string) => {
    const found = findOperation(document, path, 'GET') ?? expect.unreachable();
    return checkParameters(document, found, { query: '' }, { headers: [] }).map(violationText);
  };
  expect(check('/eu/v1/a/7')).toEqual([]);
  expect(check('/7/v1/a/eu')).toEqual(['path id must be integer']);
});
