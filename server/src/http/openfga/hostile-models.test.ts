import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDsl } from '#authz';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

/** Over a socket: whatever the models, tuples and conditions, an answer or a clear refusal in bounded time. */
const MODEL = `model
  schema 1.1
type user
type folder
  relations
    define parent: [folder, folder with slow]
    define viewer: [user, user with slow] or viewer from parent
    define both: [user, folder#both] and viewer
condition slow(xs: list<int>) {
  xs.all(a, !(-a in xs))
}`;

let here: TestControlServer;
let url: string;
let store: string;

beforeAll(async () => {
  here = await openTestControlServer();
  url = await here.server.listen({ host: '127.0.0.1', port: 0 });
  store = String((await post('/stores', { name: 'hostile' })).body.id);
  expect((await inStore('authorization-models', await readDsl(MODEL))).status).toBe(201);
});
afterAll(() => here?.close());

async function post(path: string, body: unknown) {
  const begun = process.cpuUsage();
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer administrator', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  // Of the processor, in microseconds: how busy the machine is with other work says nothing.
  expect(process.cpuUsage(begun).user).toBeLessThan(4_000_000);
  return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
}

const inStore = (path: string, body: unknown) => post(`/stores/${store}/${path}`, body);
const key = (object: string, relation: string, user: string) => ({ object, relation, user });
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

async function write(tuples: readonly object[]): Promise<void> {
  for (let from = 0; from < tuples.length; from += 100) {
    const { status } = await inStore('write', { writes: { tuple_keys: tuples.slice(from, from + 100) } });
    expect(status).toBe(200);
  }
}

const CHANGING = '{"schema_version":"1.1","type_definitions":[{"type":"user"},{"type":"a","relations":{"r":';
const withRewrite = (rewrite: string) => `${CHANGING}${rewrite}}}]}`;
const nestedUnion = (levels: number) =>
  `${'{"union":{"child":['.repeat(levels)}{"computedUserset":{"relation":"r"}}${']}}'.repeat(levels)}`;
const withCondition = (expression: string) => ({
  schema_version: '1.1',
  type_definitions: [{ type: 'user' }],
  conditions: { c: { name: 'c', expression, parameters: { x: { type_name: 'TYPE_NAME_INT' } } } },
});

describe('models', () => {
  test.each<[string, unknown]>([
    ['nested 40 levels deep', withRewrite(nestedUnion(40))],
    ['nested 3,000 levels deep', withRewrite(nestedUnion(3_000))],
    ['nested 50,000 levels deep', withRewrite(nestedUnion(20_000))],
    ['that lead in a circle with nothing in it', withRewrite('{"computedUserset":{"relation":"r"}}')],
    [
      'of 100,000 types',
      { schema_version: '1.1', type_definitions: range(20_000).map((index) => ({ type: `t${index}` })) },
    ],
    ['with a condition of 60,000 characters', withCondition(`${'x == 1 && '.repeat(6_000)}true`)],
    ['with a condition nested 1,000 deep', withCondition(`${'('.repeat(1_000)}x${')'.repeat(1_000)} == 1`)],
    ['with a condition of unclosed brackets', withCondition('(['.repeat(1_500))],
    [
      'with loops in loops in loops',
      withCondition('[1,2].all(a, [1,2].all(b, [1,2].all(c, [1,2].all(d, a + b + c + d > x))))'),
    ],
    ['with a regular expression', withCondition('"aaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+$")')],
  ])('%s are refused', async (_, model) => {
    const { status, body } = await inStore('authorization-models', model);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(String(body.message)).not.toBe('');
  });
});

describe('checked before they are written', () => {
  const check = (dsl: string) => post('/api/v1/relation-models/check', { dsl });
  test.each<[string, RegExp | undefined]>([
    [MODEL, undefined],
    ['', /./],
    ['model\n  schema 1.1\ntype user\n  relations\n    define a: [nobody]', /nobody/],
    ['model\n  schema 1.1\ntype user\n  relations\n    defin a: [user]', /line 5, column/],
    [`model\n  schema 1.1\ntype a\n  relations\n    define r: ${'('.repeat(5_000)}`, /nested/],
  ])('%.60j', async (dsl, message) => {
    const { status, body } = await check(dsl);
    expect(status).toBe(200);
    if (message === undefined) expect(body).toEqual({});
    else expect((body.problem as { message: string }).message).toMatch(message);
  });

  test('larger than may be written: refused', async () => {
    expect((await check(' '.repeat(300_000))).status).toBe(400);
  });
});

describe('questions', () => {
  const question = key('folder:0', 'viewer', 'user:nobody');

  test('a thousand contextual tuples, and a batch of a thousand checks, are refused', async () => {
    const tuple_keys = range(1_000).map((index) => key(`folder:${index}`, 'parent', 'folder:x'));
    expect((await inStore('check', { tuple_key: question, contextual_tuples: { tuple_keys } })).status).toBe(400);
    const checks = range(1_000).map((index) => ({ tuple_key: question, correlation_id: `c${index}` }));
    expect((await inStore('batch-check', { checks })).status).toBe(400);
  });

  test('a context nested too deep, or too large, is refused', async () => {
    const deep = `{"tuple_key":${JSON.stringify(question)},"context":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
    expect((await inStore('check', deep)).status).toBe(400);
    const context = { xs: range(200_000) };
    expect((await inStore('check', { tuple_key: question, context })).status).toBe(400);
  });

  test('cycles end: folders inside each other, and intersections that lean on themselves', async () => {
    await write(range(20).map((index) => key(`folder:c${index}`, 'parent', `folder:c${(index + 1) % 20}`)));
    await write(range(20).map((index) => key(`folder:c${index}`, 'both', `folder:c${(index + 1) % 20}#both`)));
    for (const relation of ['viewer', 'both']) {
      const { status, body } = await inStore('check', { tuple_key: key('folder:c0', relation, 'user:nobody') });
      expect([status, body.allowed]).toEqual([200, false]);
    }
  });

  test('a condition that loops over lists in a loop is given up, also on hundreds of tuples', async () => {
    const condition = { name: 'slow' };
    await write(range(400).map((n) => ({ ...key('folder:slow', 'parent', `folder:s${n}`), condition })));
    const xs = range(5_000);
    for (const [path, body] of [
      ['check', { tuple_key: key('folder:slow', 'viewer', 'user:nobody'), context: { xs } }],
      ['list-objects', { type: 'folder', relation: 'viewer', user: 'user:nobody', context: { xs } }],
      [
        'list-users',
        {
          object: { type: 'folder', id: 'slow' },
          relation: 'viewer',
          user_filters: [{ type: 'user' }],
          context: { xs },
        },
      ],
    ] as const) {
      const { status, text } = await inStore(path, body);
      expect([path, status, status === 200 || /too complex|more steps/i.test(text)]).toEqual([
        path,
        expect.toSatisfy((code: number) => code === 200 || code === 400),
        true,
      ]);
    }
    const refused = await inStore('check', { tuple_key: key('folder:slow', 'viewer', 'user:nobody'), context: { xs } });
    expect(refused.status).toBe(400);
    // The same condition on a list as people send them is answered.
    const small = { tuple_key: key('folder:slow', 'viewer', 'user:nobody'), context: { xs: [1, 2, 3] } };
    expect((await inStore('check', small)).body.allowed).toBe(false);
  });
});
