import { describe, expect, expectTypeOf, test } from 'vitest';
import { AdminError, createAdminClient, type Role, type User } from './admin.ts';

const BASE = 'https://id.example.com';

interface Call {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** Answers in turn, and keeps what it was asked. */
function standIn(...answers: Response[]) {
  const calls: Call[] = [];
  const send: typeof fetch = async (url, init = {}) => {
    init.signal?.throwIfAborted();
    const { method = '', headers, body } = init;
    calls.push({
      method,
      url: String(url),
      headers: Object.fromEntries(new Headers(headers)),
      body: typeof body === 'string' ? body : null,
    });
    return answers.shift() ?? Response.json({});
  };
  const tokens: boolean[] = [];
  const admin = createAdminClient({
    baseUrl: BASE,
    fetch: send,
    token: ({ fresh }) => {
      tokens.push(fresh);
      return fresh ? 'new' : 'old';
    },
  });
  return { admin, calls, tokens };
}

const problem = (status: number, more: object) =>
  new Response(JSON.stringify({ type: '/docs/errors', title: '', status, instance: 'urn:x', ...more }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

describe('a call', () => {
  test('fills in the path, the query and the credential; answers data, status and ETag', async () => {
    const { admin, calls } = standIn(Response.json({ name: 'a/b' }, { headers: { etag: '"3"' } }));
    const reply = await admin.get('/api/v1/roles/{name}', { params: { name: 'a/b ü' } });
    expectTypeOf(reply.data).toEqualTypeOf<Role>();
    expect(reply).toEqual({ data: { name: 'a/b' }, status: 200, etag: '"3"' });
    expect(calls).toEqual([
      {
        method: 'GET',
        url: `${BASE}/api/v1/roles/a%2Fb%20%C3%BC`,
        headers: { accept: 'application/json', authorization: 'Bearer old' },
        body: null,
      },
    ]);
  });

  test('sends a body as JSON, and what the writer has seen', async () => {
    const { admin, calls } = standIn(Response.json({}, { status: 201 }));
    await admin.put('/api/v1/roles/{name}', {
      params: { name: 'viewer' },
      body: { spec: { permissions: ['*:read'] } },
      ifMatch: '"3"',
    });
    expect(calls[0]).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': '"3"' },
      body: '{"spec":{"permissions":["*:read"]}}',
    });
  });

  test('leaves out what is undefined, and says If-None-Match: * for what must be new', async () => {
    const { admin, calls } = standIn();
    await admin.get('/api/v1/users', { query: { search: undefined, limit: 5 } });
    await admin.put('/api/v1/plans/{name}', {
      params: { name: 'p' },
      body: { spec: { limits: [] } },
      ifNoneMatch: '*',
    });
    expect(calls[0]?.url).toBe(`${BASE}/api/v1/users?limit=5`);
    expect(calls[1]?.headers['if-none-match']).toBe('*');
  });

  test('takes YAML, and gives back what is no JSON as text', async () => {
    const { admin, calls } = standIn(
      Response.json({ applied: true }),
      new Response('kind: role', { headers: { 'content-type': 'application/yaml' } }),
      new Response(null, { status: 204 }),
    );
    await admin.post('/api/v1/apply', { body: 'kind: role', query: { dryRun: 'true' } });
    expect(calls[0]).toMatchObject({ headers: { 'content-type': 'application/yaml' }, body: 'kind: role' });
    expect((await admin.get('/api/v1/export', { accept: 'application/yaml' })).data).toBe('kind: role');
    expect((await admin.delete('/api/v1/roles/{name}', { params: { name: 'x' } })).data).toBeUndefined();
  });

  test('is not sent with an empty parameter, which would name the list', async () => {
    const { admin, calls } = standIn();
    await expect(admin.delete('/api/v1/roles/{name}', { params: { name: '' } })).rejects.toThrow(
      "needs the parameter 'name'",
    );
    expect(calls).toEqual([]);
  });

  test('can be given up', async () => {
    const { admin } = standIn();
    const signal = AbortSignal.abort(new DOMException('left', 'AbortError'));
    await expect(admin.get('/api/v1/whoami', { signal })).rejects.toThrow('left');
  });
});

describe('a failure', () => {
  test('is an AdminError, with a message for each field', async () => {
    const fields = [{ path: 'spec.permissions', message: 'is required' }, 'nonsense'];
    const { admin } = standIn(problem(400, { code: 'invalid_input', detail: 'spec.permissions is required', fields }));
    const error = await admin
      .put('/api/v1/roles/{name}', { params: { name: 'x' }, body: { spec: { permissions: [] } } })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AdminError);
    expect(error).toMatchObject({ status: 400, code: 'invalid_input', message: 'spec.permissions is required' });
    expect((error as AdminError).messageFor('spec.permissions')).toBe('is required');
    expect((error as AdminError).messageFor('name')).toBeUndefined();
  });

  test.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['an empty answer', new Response(null, { status: 502 })],
    ['a JSON that is no document', Response.json(['no'], { status: 502 })],
  ])('of something on the way (%s) is one too', async (_, response) => {
    const { admin } = standIn(response);
    await expect(admin.get('/api/v1/whoami')).rejects.toMatchObject({
      name: 'AdminError',
      status: 502,
      code: 'unknown',
      message: 'the server answered 502',
    });
  });

  test('401 is tried once more, with a token that is new', async () => {
    const { admin, calls, tokens } = standIn(problem(401, { code: 'x' }), Response.json({ permissions: [] }));
    expect((await admin.get('/api/v1/whoami')).status).toBe(200);
    expect(tokens).toEqual([false, true]);
    expect(calls[1]?.headers.authorization).toBe('Bearer new');
    const twice = standIn(problem(401, { code: 'x' }), problem(401, { code: 'y' }), Response.json({}));
    await expect(twice.admin.get('/api/v1/whoami')).rejects.toMatchObject({ status: 401, code: 'y' });
    expect(twice.calls).toHaveLength(2);
  });
});

describe('a list', () => {
  const page = (ids: number[], nextCursor: string | null) => Response.json({ items: ids, nextCursor });

  test('is walked page by page, and only as far as it is wanted', async () => {
    const { admin, calls } = standIn(page([1, 2], 'c1'), page([3], 'c2'), page([], null));
    const all: unknown[] = [];
    for await (const person of admin.each('/api/v1/users', { query: { status: 'active' } })) {
      expectTypeOf(person).toEqualTypeOf<User>();
      all.push(person);
    }
    expect(all).toEqual([1, 2, 3]);
    expect(calls.map(({ url }) => url.replace(`${BASE}/api/v1/users`, ''))).toEqual([
      '?status=active',
      '?status=active&cursor=c1',
      '?status=active&cursor=c2',
    ]);
    const early = standIn(page([1], 'c1'), page([2], null));
    for await (const items of early.admin.pages('/api/v1/groups')) {
      expect(items).toEqual([1]);
      break;
    }
    expect(early.calls).toHaveLength(1);
  });
});

test('what the API does not have is a type error', () => {
  const { admin } = standIn();
  expectTypeOf(admin.get<'/api/v1/whoami'>)
    .parameter(0)
    .toEqualTypeOf<'/api/v1/whoami'>();
  expectTypeOf(admin.get<'/api/v1/users/{id}'>)
    .parameter(1)
    .toExtend<{ params: { id: string } }>();
  expectTypeOf(admin.get).parameter(0).not.toExtend<'/api/v1/nothing'>();
});
