/** Values that cost more than they look, or that are taken for something else than what the service will read. */
import { describe, expect, test } from 'vitest';
import { compileDocument } from './compile-document.ts';
import { described } from './orders.fixture.ts';
import { checkBody, checkParameters, findOperation, planBody } from './validate-request.ts';
import { violationText } from './violations.ts';

function open(schema: object, Node: object = {}) {
  const document = compileDocument(
    described({
      openapi: '3.1.0',
      info: { title: 'Values', version: '1' },
      components: { schemas: { Node } },
      paths: {
        '/a': {
          post: {
            parameters: [{ name: 'seen', in: 'cookie', schema: { type: 'integer' } }],
            requestBody: { content: { 'application/json': { schema } } },
          },
        },
      },
    }),
  );
  expect(document.problems).toEqual([]);
  const found = findOperation(document, '/a', 'POST') ?? expect.unreachable();
  return {
    body(text: string): string[] {
      const plan = planBody(found.operation, { hasBody: true, headers: ['content-type', 'application/json'] });
      if ('refused' in plan || plan.content === undefined) return expect.unreachable();
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
