import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDecisionApi, type TestDecisionApi } from './authzen.fixture.ts';

/** AuthZEN's certification scenario (Basic, Batch and Discovery), and what it leaves out. */
let api: TestDecisionApi;
beforeAll(async () => {
  api = await openTestDecisionApi();
});
afterAll(() => api?.close());

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const read = { name: 'read' };
const write = { name: 'write' };
const record1 = { type: 'record', id: 'record-1' };
const archived = { type: 'record', id: 'record-2', properties: { status: 'archived' } };
const one = (subject: unknown, action: unknown, resource: unknown, more: object = {}) => ({
  subject,
  action,
  resource,
  ...more,
});

describe('/access/v1/evaluation', () => {
  test.each<[name: string, body: unknown, decision: boolean]>([
    ['1: alice reads', one(alice, read, record1), true],
    ['2: alice writes', one(alice, write, record1), true],
    ['3: bob reads', one(bob, read, record1), true],
    ['4: bob does not write', one(bob, write, record1), false],
    ['5: nobody writes what is archived', one(alice, write, archived), false],
    ['6: but an admin', one({ ...bob, properties: { role: 'admin' } }, write, archived), true],
    ['7: soft deletion', one(alice, { name: 'delete', properties: { soft: true } }, record1), true],
    ['8: hard deletion', one(alice, { name: 'delete', properties: { soft: false } }, record1), false],
    [
      'with a context',
      one(alice, read, record1, { context: { time: '2025-06-27T18:03-07:00', ip: '192.0.2.1' } }),
      true,
    ],
    [
      'unknown members',
      one(alice, read, { ...record1, kind: 'x' }, { foo: 'bar', futureField: { nested: true } }),
      true,
    ],
    ['a role from the directory', one({ type: 'user', id: 'usr_sam' }, { name: 'audit' }, record1), true],
    [
      'a role that the asker claims for him',
      one({ ...alice, properties: { roles: ['staff'] } }, { name: 'audit' }, record1),
      true,
    ],
    [
      'a role claimed for somebody who is known without it',
      one({ type: 'user', id: 'usr_gone', properties: { roles: ['staff'] } }, { name: 'audit' }, record1),
      false,
    ],
    [
      'an own type of subject',
      one(
        { type: 'Robot', id: 'r2', properties: { floor: 3 } },
        { name: 'sweep' },
        { ...record1, properties: { floor: 3 } },
      ),
      true,
    ],
    ['its Cedar name', one({ type: 'User', id: 'alice' }, read, record1), true],
    ['a policy that fails', one(alice, { name: 'break' }, record1), false],
    ['an action nobody knows', one(alice, { name: 'levitate' }, record1), false],
    ['an id that looks like Cedar', one({ type: 'user', id: 'x" || User::"alice' }, read, record1), false],
    [
      'an entity in a property',
      one({ ...alice, id: 'eve', properties: { __entity: { type: 'Role', id: 'staff' } } }, { name: 'audit' }, record1),
      false,
    ],
    [
      'a claimed type',
      one({ type: 'user', id: 'eve', properties: { type: 'Robot', id: 'alice' } }, read, record1),
      false,
    ],
  ])('%s', async (_, body, decision) => {
    const answer = await api.post('/access/v1/evaluation', body);
    expect(answer).toMatchObject({
      status: 200,
      body: { decision, context: { decision_id: expect.stringMatching(/^dec_/) } },
    });
    // The same again: nothing is remembered between two.
    expect((await api.post('/access/v1/evaluation', body)).body.decision).toBe(decision);
  });

  test('tells what is to be done besides, and no policy', async () => {
    const { body, text } = await api.post(
      '/access/v1/evaluation',
      one({ ...bob, properties: { role: 'admin' } }, write, record1),
    );
    expect(body).toMatchObject({ decision: true, context: { reason: 'allowed', obligations: ['tell the auditor'] } });
    expect(text).not.toContain('admins');
  });

  test.each<[name: string, body: unknown, headers?: Record<string, string>]>([
    ['no subject', { action: read, resource: record1 }],
    ['no action', { subject: alice, resource: record1 }],
    ['no resource', { subject: alice, action: read }],
    ['a subject without type', one({ id: 'alice' }, read, record1)],
    ['a subject without id', one({ type: 'user' }, read, record1)],
    ['an action without name', one(alice, {}, record1)],
    ['a resource without type', one(alice, read, { id: '1' })],
    ['a resource without id', one(alice, read, { type: 'record' })],
    ['a subject that is a text', one('alice', read, record1)],
    ['a name that is a number', one(alice, { name: 123 }, record1)],
    ['properties that are a list', one({ ...alice, properties: [] }, read, record1)],
    ['a subject that may not be asked about', one({ type: 'system', id: 'x' }, read, record1)],
    ['a role as subject', one({ type: 'Role', id: 'staff' }, { name: 'audit' }, record1)],
    ['a type that is none', one({ type: 'no type!', id: 'x' }, read, record1)],
    ['a resource type that is none', one(alice, read, { type: 'a b', id: '1' })],
    ['deep nesting', one(alice, read, record1, { context: JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) })],
    ['a list', []],
    ['no JSON', '{"subject":'],
    ['nothing', ''],
    ['another type of body', 'subject=alice', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a request id that no header can carry back', one(alice, read, record1), { 'x-request-id': 'caf\u00e9' }],
  ])('400: %s', async (_, body, headers) => {
    const answer = await api.post('/access/v1/evaluation', body, headers);
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 400,
      type: 'text/plain; charset=utf-8',
    });
    expect(answer.text).toMatch(/^.{10,}$/);
  });

  test.each([
    [401, { authorization: '' }],
    [401, { authorization: 'Bearer nobody' }],
    [403, { authorization: 'Bearer none' }],
    [403, { authorization: 'Bearer administrator~acme' }],
  ])('%i: %j', async (status, headers) => {
    const answer = await api.post('/access/v1/evaluation', one(alice, read, record1), {
      ...headers,
      'x-request-id': 'r-1',
    });
    expect(answer).toMatchObject({ status, text: expect.stringMatching(/credential/i) });
    expect(answer.headers.get('x-request-id')).toBe('r-1');
  });

  test('comes back with the identifier that it was sent with, or one of its own', async () => {
    const sent = await api.post('/access/v1/evaluation', one(alice, read, record1), { 'x-request-id': 'bfe9 "x"' });
    expect(sent.headers.get('x-request-id')).toBe('bfe9 "x"');
    const own = await api.post('/access/v1/evaluation', one(alice, read, record1));
    expect(own.headers.get('x-request-id')).toMatch(/^acc_/);
  });

  test('a body of a megabyte is not read', async () => {
    const answer = await api.post(
      '/access/v1/evaluation',
      one(alice, read, record1, { context: { x: 'x'.repeat(2 ** 20) } }),
    );
    expect(answer.status).toBe(413);
  });
});

describe('/access/v1/evaluations', () => {
  const decisions = ({ body }: { body: Record<string, unknown> }) =>
    (body.evaluations as { decision: boolean }[] | undefined)?.map(({ decision }) => decision);
  const bobs = { subject: bob, resource: record1 };

  test.each<[name: string, body: object, expected: boolean[]]>([
    [
      'subject and action by default',
      { subject: alice, action: read, evaluations: [{ resource: record1 }, { resource: archived }] },
      [true, true],
    ],
    ['subject and resource by default', { ...bobs, evaluations: [{ action: read }, { action: write }] }, [true, false]],
    ['nothing by default', { evaluations: [one(alice, read, record1), one(bob, write, record1)] }, [true, false]],
    [
      'everything by default',
      { ...one(alice, write, record1), evaluations: [{}, { resource: archived }] },
      [true, false],
    ],
    [
      'a whole member is replaced',
      { ...one({ ...bob, properties: { role: 'admin' } }, write, record1), evaluations: [{}, { subject: bob }] },
      [true, false],
    ],
    [
      'one that is incomplete',
      { subject: alice, action: read, evaluations: [{ resource: record1 }, {}] },
      [true, false],
    ],
    ['one that is no object', { ...one(alice, read, record1), evaluations: ['x', {}] }, [false, true]],
    [
      'one with a type that is none',
      { ...one(alice, read, record1), evaluations: [{ subject: { type: '!', id: 'x' } }, {}] },
      [false, true],
    ],
    [
      'deny_on_first_deny',
      {
        ...bobs,
        options: { evaluations_semantic: 'deny_on_first_deny', other: 1 },
        evaluations: [{ action: read }, { action: write }, { action: read }],
      },
      [true, false],
    ],
    [
      'deny_on_first_deny, by an error',
      {
        subject: bob,
        action: read,
        options: { evaluations_semantic: 'deny_on_first_deny' },
        evaluations: [{}, { resource: record1 }],
      },
      [false],
    ],
    [
      'permit_on_first_permit',
      {
        ...bobs,
        options: { evaluations_semantic: 'permit_on_first_permit' },
        evaluations: [{ action: write }, { action: read }, { action: read }],
      },
      [false, true],
    ],
    [
      'permit_on_first_permit, and none permits',
      {
        ...bobs,
        options: { evaluations_semantic: 'permit_on_first_permit' },
        evaluations: [{ action: write }, { action: write }],
      },
      [false, false],
    ],
  ])('%s', async (_, body, expected) => {
    const answer = await api.post('/access/v1/evaluations', body);
    expect({ status: answer.status, decisions: decisions(answer) }).toEqual({ status: 200, decisions: expected });
  });

  test('an error of one says which', async () => {
    const { body } = await api.post('/access/v1/evaluations', { subject: alice, action: read, evaluations: [{}] });
    expect(body).toMatchObject({
      evaluations: [
        { decision: false, context: { error: { status: 400, message: expect.stringContaining('resource') } } },
      ],
    });
  });

  test.each([{}, { evaluations: [] }])('without evaluations it is one evaluation: %j', async (more) => {
    const { status, body } = await api.post('/access/v1/evaluations', one(alice, read, record1, more));
    expect({ status, body }).toMatchObject({ status: 200, body: { decision: true } });
  });

  test.each<[string, unknown]>([
    ['nothing to ask', {}],
    ['incomplete without evaluations', { subject: alice, action: read }],
    ['evaluations that are no list', { ...one(alice, read, record1), evaluations: {} }],
    [
      'an unknown semantic',
      { ...one(alice, read, record1), options: { evaluations_semantic: 'guess' }, evaluations: [{}] },
    ],
    ['too many', { ...one(alice, read, record1), evaluations: Array.from({ length: 201 }, () => ({})) }],
  ])('400: %s', async (_, body) => {
    expect((await api.post('/access/v1/evaluations', body)).status).toBe(400);
  });
});

describe('/.well-known/authzen-configuration', () => {
  test('says where everything is, in plain and signed', async () => {
    const response = await fetch(`${api.url}/.well-known/authzen-configuration`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { signed_metadata: signed, ...metadata } = (await response.json()) as Record<string, string>;
    expect(metadata.policy_decision_point).toBe('http://localhost:7700');
    const { payload } = await jwtVerify(String(signed), api.publicKey);
    expect(payload).toMatchObject({ iss: 'http://localhost:7700', ...metadata });
    expect(payload).not.toHaveProperty('signed_metadata');
    for (const [name, value] of Object.entries(metadata).filter(([each]) => each.endsWith('_endpoint'))) {
      const { pathname } = new URL(value);
      // Whatever is named answers: a body that is none is its fault, not the path's.
      expect({ name, status: (await api.post(pathname, {})).status }).toEqual({ name, status: 400 });
    }
  });
});
