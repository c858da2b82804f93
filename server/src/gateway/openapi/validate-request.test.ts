import { describe, expect, test } from 'vitest';
import { cpuMilliseconds } from '#testing';
import { compileDocument } from './compile-document.ts';
import { described } from './orders.fixture.ts';
import { checkBody, checkParameters, findOperation, planBody } from './validate-request.ts';
import { violationText } from './violations.ts';

const document = compileDocument(described(undefined, { prefix: '/shop/' }));
test('the description compiles', () => expect(document.problems).toEqual([]));

function parameters(method: string, target: string, headers: string[] = []): string[] {
  const [path = '', query = ''] = target.split(/(?=\?)/);
  const found = findOperation(document, `/shop${path}`, method);
  if (found === undefined) return ['no operation'];
  return checkParameters(document, found, { query }, { headers }).map(violationText);
}

function body(
  text: string | Buffer,
  type = 'application/json',
  headers: string[] = [],
  method = 'POST',
  path = '/orders',
) {
  const found = findOperation(document, `/shop${path}`, method);
  if (found === undefined) return 'no operation';
  const plan = planBody(found.operation, { hasBody: text.length > 0, headers: ['content-type', type, ...headers] });
  if ('refused' in plan) return plan.refused;
  if (plan.content === undefined) return 'streams';
  return checkBody(plan.content, Buffer.from(text), document).map(violationText);
}

describe('operations', () => {
  test.each<[string, string, string]>([
    ['GET', '/orders', ''],
    ['HEAD', '/orders', ''],
    ['PATCH', '/orders', 'no operation'],
    ['GET', '/orders/1/parts', 'no operation'],
    ['DELETE', '/orders/7', ''],
  ])('%s %s', (method, path, found) => expect(parameters(method, path).join()).toBe(found));
});

describe('parameters that are as described', () => {
  test.each([
    '/orders/17',
    '/orders?limit=5',
    '/orders?limit=5&unknown=1',
    '/orders?state=open&state=paid',
    '/orders?ids=1,2,3',
    '/orders?tags=a|b',
    '/orders?tags=a%7Cb',
    '/orders?words=a%20b',
    '/orders?words=a+b',
    '/orders?filter[min]=3',
    '/orders?filter%5Bmin%5D=3',
    '/orders?by=at',
    '/orders?near=x,1.5',
    '/orders?q=%7B%22a%22:1%7D',
    '/orders?flag=true',
    '/orders?flag=',
    '/orders?flag',
  ])('GET %s', (target) => expect(parameters('GET', target)).toEqual([]));

  test.each<[string, string[]]>([
    ['a header', ['x-tenant', 'acme']],
    ['a list in a header', ['x-list', '1, 2']],
    ['a list in two lines', ['x-list', '1', 'x-list', '2']],
    ['a cookie', ['cookie', 'a=b; seen=3']],
  ])('%s', (_what, headers) => expect(parameters('GET', '/orders', headers)).toEqual([]));
});

describe('parameters that are not', () => {
  test.each<[string, string]>([
    ['/orders/abc', 'path order-id must be integer'],
    ['/orders/0', 'path order-id must be >= 1'],
    ['/orders/1e999', 'path order-id must be integer'],
    ['/orders?limit=0', 'query limit must be >= 1'],
    ['/orders?limit=ten', 'query limit must be integer'],
    ['/orders?limit=', 'query limit must be integer'],
    ['/orders?limit=0x10', 'query limit must be integer'],
    ['/orders?limit=5&limit=6', 'query limit stands there more than once, and is one value'],
    ['/orders?limit=%zz', 'query limit is not percent-encoded as it should be'],
    ['/orders?%zz=1', 'query holds a name that is not percent-encoded as it should be'],
    ['/orders?state=open&state=lost', 'query state #/1 must be one of "open", "paid"'],
    ['/orders?ids=1,x', 'query ids #/1 must be integer'],
    ['/orders?tags=a|b|c', 'query tags must NOT have more than 2 items'],
    ['/orders?words=a%20b+c', 'query words must NOT have more than 2 items'],
    ['/orders?filter[min]=x', 'query filter #/min must be integer'],
    ['/orders?filter[max]=1', 'query filter holds a field that is not described; described are "min"'],
    ['/orders?filter[min]=1&filter[min]=2', 'query filter stands there more than once, and is one value'],
    ['/orders?by=name', 'query sort #/by must be one of "at"'],
    ['/orders?near=x', 'query near must be pairs of a name and a value'],
    ['/orders?near=x,far', 'query near #/x must be number'],
    ['/orders?q=%7B%7D', 'query q must have the field "a"'],
    ['/orders?q=nonsense', 'query q must be JSON'],
    ['/orders?q=%7B%22a%22:1%7D&q=1', 'query q stands there more than once, and is one value'],
    ['/orders?flag=yes', 'query flag must be boolean'],
  ])('GET %s', (target, told) => expect(parameters('GET', target)).toEqual([told]));

  test.each<[string, string[], string]>([
    ['a header', ['x-tenant', 'ACME'], 'header x-tenant must match pattern "^[a-z]{1,8}$"'],
    ['a list in a header', ['x-list', '1, 2', 'x-list', '3'], 'header x-list must NOT have more than 2 items'],
    ['a cookie', ['cookie', 'seen=me'], 'cookie seen must be integer'],
  ])('%s', (_what, headers, told) => expect(parameters('GET', '/orders', headers)).toEqual([told]));
});

const order = (more: object = {}) => JSON.stringify({ item: 'tea', card: '4111111111111111', ...more });

describe('bodies', () => {
  test.each<[string, string | Buffer, string?]>([
    ['an order', order()],
    ['of another type that is described', order(), 'application/vnd.order+json; charset=UTF-8'],
    [
      'with everything',
      order({ count: 2, state: 'paid', at: '2026-01-01T00:00:00Z', tags: [1, '1'], labels: { a: 'b' } }),
    ],
    ['what may not be written is no harm', order({ id: 7 })],
    ['a form', 'count=1&tags=a&tags=b&other=1', 'application/x-www-form-urlencoded'],
  ])('%s is as described', (_what, text, type) => expect(body(text, type)).toEqual([]));

  test.each<[string, string | Buffer, string]>([
    ['nothing of it', '{}', 'body must have the field "item"'],
    ['no object', '[]', 'body must be object'],
    [
      'a field too many',
      order({ admin: true }),
      'body holds a field that is not described; described are "id", "item", "count", "state", "at", "card", "tags", "parts", "labels"',
    ],
    ['a wrong type', order({ count: '1' }), 'body #/count must be integer'],
    ['too small', order({ count: 0 }), 'body #/count must be >= 1'],
    ['none of the values', order({ state: 'lost' }), 'body #/state must be one of "open", "paid"'],
    ['no time', order({ at: 'tomorrow' }), 'body #/at must match format "date-time"'],
    [
      'the same twice',
      order({
        tags: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      }),
      'body #/tags must not hold the same item twice',
    ],
    ['deep inside', order({ parts: [{ name: 'a', of: { name: 1 } }] }), 'body #/parts/0/of/name must be string'],
    ['below a name of the caller’s', order({ labels: { 's3cr3t-name': 1 } }), 'body #/labels/* must be string'],
    ['no JSON', '{', 'body must be JSON'],
    ['two values', '{}{}', 'body must be JSON'],
    ['a byte order mark', `\ufeff${order()}`, 'body must be JSON'],
    ['no UTF-8', Buffer.from('{"item":"\xff"}', 'latin1'), 'body must be UTF-8'],
    ['a field twice', '{"item":"a","card":"1","item":"b"}', 'body must not hold a field twice'],
    ['a field twice, spelt otherwise', '{"item":"a","\\u0069tem":"b"}', 'body must not hold a field twice'],
    ['a field twice, inside', '{"a":[{"b":1,"c":{},"b" : 2}]}', 'body must not hold a field twice'],
    ['very deep', `${'['.repeat(100)}${']'.repeat(100)}`, 'body must not be nested more than 64 levels deep'],
  ])('%s', (_what, text, told) => expect(body(text)).toEqual([told]));

  test.each<[string, string, string]>([
    ['a field is missing', 'tags=a', 'body must have the field "count"'],
    ['a field twice', 'count=1&count=2', 'body holds a field twice that is one value'],
    ['too many of a list', 'count=1&tags=a&tags=b&tags=c', 'body #/tags must NOT have more than 2 items'],
    ['not encoded', 'count=%zz', 'body is not percent-encoded as it should be'],
    ['a name not encoded', '%f=1', 'body is not percent-encoded as it should be'],
    ['too many', 'a=1&'.repeat(1001), 'body must not hold more than 1000 fields'],
  ])('of a form: %s', (_what, text, told) => expect(body(text, 'application/x-www-form-urlencoded')).toEqual([told]));

  test.each<[string, string, string, string[]?]>([
    ['of a type that is not described', 'content_type', 'application/xml'],
    ['of another character set', 'content_type', 'application/json; charset=utf-16'],
    ['that is compressed', 'encoding', 'application/json', ['content-encoding', 'gzip']],
    ['of a type without a schema', 'streams', 'text/csv', ['content-encoding', 'gzip']],
  ])('%s: %s', (_what, found, type, headers) => expect(body(order(), type, headers)).toBe(found));

  test.each<[string, string, string, string]>([
    ['where none is described', 'content_type', 'DELETE', '/orders/1'],
    ['of any JSON', 'streams', 'PUT', '/free'],
  ])('%s: %s', (_what, found, method, path) => expect(body('{}', undefined, [], method, path)).toBe(found));

  test('one that is required and not there', () => expect(body('')).toBe('missing'));
  test('one that is not required', () => expect(body('', undefined, [], 'PUT', '/free')).toBe('streams'));
});

test('what callers send stands in nothing that is told', () => {
  const secret = 'hunter2-4111';
  const told = [
    ...body(order({ card: secret, labels: { [secret]: 1 } })),
    ...body(order({ [secret]: secret })),
    ...parameters('GET', `/orders?limit=${secret}&state=${secret}`, ['x-tenant', secret, 'cookie', `seen=${secret}`]),
  ];
  expect(told.length).toBeGreaterThan(5);
  expect(told.join('\n')).not.toContain(secret);
});

test('patterns take time that grows with the text, and no faster', async () => {
  const { problems, ...slow } = compileDocument(
    described({
      openapi: '3.1.0',
      paths: {
        '/a': {
          post: {
            requestBody: {
              content: {
                'application/json': { schema: { pattern: '^(a+)+$', properties: { mail: { format: 'email' } } } },
              },
            },
          },
        },
      },
    }),
  );
  expect(problems).toEqual([]);
  const content = findOperation(slow, '/a', 'POST')?.operation.body?.content[0];
  if (content === undefined) throw new Error('no content');
  const spent = await cpuMilliseconds(() => {
    expect(checkBody(content, Buffer.from(JSON.stringify(`${'a'.repeat(100_000)}!`)), slow)).toHaveLength(1);
    const mail = JSON.stringify({ mail: `${'a-'.repeat(50_000)}@${'a-'.repeat(50_000)}!` });
    expect(checkBody(content, Buffer.from(mail), slow)).toHaveLength(1);
  });
  // Backtracking would not end in our lifetime.
  expect(spent).toBeLessThan(2000);
});

test('alternatives that both refer to themselves are given up, not followed for ever', () => {
  const branch = (kind: string) => ({
    type: 'object',
    required: ['kind', 'child'],
    properties: { child: { $ref: '#/components/schemas/Node' }, kind: { const: kind } },
  });
  const trees = compileDocument(
    described({
      openapi: '3.1.0',
      info: { title: 'Trees', version: '1' },
      components: { schemas: { Node: { anyOf: [branch('a'), branch('b'), { type: 'null' }] } } },
      paths: {
        '/trees': {
          post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } } } },
        },
      },
    }),
  );
  expect(trees.problems).toEqual([]);
  const check = (levels: number, leaf: string) => {
    const plan = planBody(findOperation(trees, '/trees', 'POST')?.operation ?? expect.unreachable(), {
      hasBody: true,
      headers: ['content-type', 'application/json'],
    });
    if ('refused' in plan || plan.content === undefined) return expect.unreachable();
    // The child is looked at before the kind that is wrong: each level twice.
    const text = `${'{"child":'.repeat(levels)}${leaf}${',"kind":"b"}'.repeat(levels)}`;
    return checkBody(plan.content, Buffer.from(text), trees).map(violationText);
  };
  expect(check(10, 'null')).toEqual([]);
  expect(check(50, 'null')).toEqual(['body is nested too deeply to be checked']);
  expect(check(50, '1')).toEqual(['body is nested too deeply to be checked']);
});

test('a constant that looks like a reference stays what it is', () => {
  const wanted = { $ref: '#/x', required: ['a'], properties: {} };
  const schema = { type: 'object', properties: { const: { const: wanted }, enum: { enum: [wanted, 1] } } };
  const constants = compileDocument(
    described({
      openapi: '3.1.0',
      info: { title: 'Constants', version: '1' },
      paths: { '/c': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
    }),
  );
  const plan = planBody(findOperation(constants, '/c', 'POST')?.operation ?? expect.unreachable(), {
    hasBody: true,
    headers: ['content-type', 'application/json'],
  });
  if ('refused' in plan || plan.content === undefined) return expect.unreachable();
  const check = (value: unknown) =>
    checkBody(plan.content ?? expect.unreachable(), Buffer.from(JSON.stringify(value)), constants);
  expect(check({ const: wanted, enum: wanted })).toEqual([]);
  expect(check({ const: { ...wanted, required: [] } })).toHaveLength(1);
});
