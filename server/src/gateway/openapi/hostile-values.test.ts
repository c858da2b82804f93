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
            parameters: [
              { name: 'seen', in: 'cookie', schema: { type: 'integer' } },
              { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
              { name: 'by', in: 'query', style: 'deepObject', explode: true, schema: { type: 'object' } },
            ],
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
    query: (query: string) => checkParameters(document, found, { query }, { headers: [] }).map(violationText),
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

describe('a name that some services take for a described one', () => {
  const twin = (name: string, at = '') =>
    `body${at} holds another spelling of "${name}", which some services take for it; write it as it is described`;
  const role = {
    type: 'object',
    properties: { role: { enum: ['reader'] }, of: { $ref: '#/components/schemas/Node' } },
  };
  const { body } = open(role, { type: 'object', properties: { kind: { type: 'string' } } });
  test.each<[string, string[]]>([
    ['{"role":"reader","roles":1}', []],
    ['{"Role":"admin"}', [twin('role')]],
    ['{"role":"reader","ROLE":"admin"}', [twin('role')]],
    ['{"of":{"kind":"a","Kind":1}}', [twin('kind', ' #/of')]],
    ['{"of":{"\u212aind":1}}', [twin('kind', ' #/of')]],
    ['{"Role":"admin","of":3}', ['body #/of must be object']],
  ])('%s', (text, told) => expect(body(text).map((each) => each.replace(' # ', ' '))).toEqual(told));

  test('the long s is an s', () => {
    const { body: of } = open({ type: 'object', properties: { is: { type: 'string' } } });
    expect(of('{"iſ":1}')).toEqual([twin('is')]);
  });

  test('is none where the document describes it, here or in another schema of the same value', () => {
    const { body: both } = open({
      allOf: [{ properties: { id: { type: 'string' } } }, { properties: { ID: { type: 'integer' } } }],
    });
    expect(both('{"id":"a","ID":1}')).toEqual([]);
    expect(both('{"id":"a","Id":1}')).toHaveLength(1);
  });

  test('does not turn the no of a schema below `not` into a yes', () => {
    const { body: of } = open({ not: { properties: { role: { const: 'admin' } }, required: ['role'] } });
    expect(of('{"role":"admin"}')).toHaveLength(1);
    expect(of('{"role":"admin","Role":"x"}')).toHaveLength(1);
    expect(of('{"role":"reader"}')).toEqual([]);
  });

  test.each(['tags[]', 'Tags', 'tags[0]', 'TAGS[x]'])('in a form: %s', (name) => {
    const schema = { type: 'object', properties: { tags: { type: 'array', maxItems: 1 } } };
    const { body: form } = open(schema, {}, 'application/x-www-form-urlencoded');
    expect(form('tags=a', 'application/x-www-form-urlencoded')).toEqual([]);
    expect(form(`${encodeURIComponent(name)}=a`, 'application/x-www-form-urlencoded')).toEqual([twin('tags')]);
  });

  test.each<[string, string | undefined]>([
    ['?ids=1&other=x', undefined],
    ['?ids[]=x', 'ids'],
    ['?ids%5B0%5D=x', 'ids'],
    ['?IDs=x', 'ids'],
    ['?by[at]=1', undefined],
    ['?By[at]=1', 'by'],
    ['?by=1', 'by'],
  ])('in the query: %s', (text, name) => {
    expect(open({}).query(text)).toEqual(name === undefined ? [] : [twin(name).replace('body', 'query')]);
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
