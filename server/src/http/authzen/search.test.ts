import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDecisionApi, type TestDecisionApi } from './authzen.fixture.ts';

/** AuthZEN's certification scenario (Search), paging, and what is not known to be all. */
let api: TestDecisionApi;
beforeAll(async () => {
  api = await openTestDecisionApi();
});
afterAll(() => api?.close());

const alice = { type: 'user', id: 'alice' };
const read = { name: 'read' };
const record1 = { type: 'record', id: 'record-1' };
const archived = { type: 'record', id: 'record-2', properties: { status: 'archived' } };

async function search(what: string, body: object) {
  const answer = await api.post(`/access/v1/search/${what}`, body);
  const {
    results = [],
    page,
    context,
  } = answer.body as {
    results?: { id?: string; name?: string; type?: string }[];
    page?: { next_token: string; count: number };
    context?: { complete: boolean };
  };
  return {
    status: answer.status,
    found: results.map(({ id, name }) => id ?? name),
    types: [...new Set(results.map(({ type }) => type))],
    next: page?.next_token,
    complete: context?.complete,
  };
}

describe('subjects', () => {
  test.each<[name: string, body: object, found: string[], complete: boolean]>([
    ['S1: who reads', { subject: { type: 'user' }, action: read, resource: record1 }, ['alice', 'bob'], true],
    ['an id is ignored', { subject: alice, action: read, resource: record1 }, ['alice', 'bob'], true],
    [
      'with a context',
      { subject: { type: 'user' }, action: read, resource: record1, context: { ip: '192.0.2.1' } },
      ['alice', 'bob'],
      true,
    ],
    [
      'S4: who writes what is archived',
      { subject: { type: 'user' }, action: { name: 'write' }, resource: archived },
      ['bob'],
      true,
    ],
    [
      'by a role; who is shut out is not among them',
      { subject: { type: 'user' }, action: { name: 'audit' }, resource: record1 },
      ['usr_sam'],
      true,
    ],
    [
      'by relationships',
      { subject: { type: 'user' }, action: { name: 'view' }, resource: { type: 'document', id: 'plan' } },
      ['anne', 'usr_sam'],
      true,
    ],
    [
      'a type that is not kept here',
      { subject: { type: 'Robot' }, action: { name: 'sweep' }, resource: record1 },
      [],
      false,
    ],
  ])('%s', async (_, body, found, complete) => {
    expect(await search('subject', body)).toMatchObject({ status: 200, found, complete, next: '' });
  });

  test('every result is allowed when it is asked for, and of the type', async () => {
    const { found, types } = await search('subject', { subject: { type: 'user' }, action: read, resource: record1 });
    expect(types).toEqual(['user']);
    for (const id of found) {
      const { body } = await api.post('/access/v1/evaluation', {
        subject: { type: 'user', id },
        action: read,
        resource: record1,
      });
      expect(body.decision).toBe(true);
    }
  });
});

describe('resources', () => {
  test.each<[name: string, body: object, found: string[], complete: boolean]>([
    [
      'S2: that policies name, where others may be allowed too',
      { subject: alice, action: read, resource: { type: 'record' } },
      ['record-1', 'record-2'],
      false,
    ],
    [
      'S5',
      {
        subject: { type: 'user', id: 'bob', properties: { role: 'admin' } },
        action: { name: 'write' },
        resource: { type: 'record' },
      },
      ['record-1', 'record-2'],
      false,
    ],
    [
      'all that policies name',
      { subject: { type: 'user', id: 'bob' }, action: { name: 'write' }, resource: { type: 'record' } },
      ['record-2'],
      true,
    ],
    [
      'by relationships',
      { subject: { type: 'user', id: 'anne' }, action: { name: 'view' }, resource: { type: 'document' } },
      ['news', 'plan'],
      true,
    ],
    [
      'none',
      { subject: { type: 'user', id: 'usr_gone' }, action: { name: 'view' }, resource: { type: 'document' } },
      [],
      true,
    ],
  ])('%s', async (_, body, found, complete) => {
    expect(await search('resource', body)).toMatchObject({ status: 200, found, complete });
  });
});

describe('actions', () => {
  test.each<[name: string, body: object, found: string[]]>([
    ['S3', { subject: alice, resource: record1 }, ['read', 'write']],
    [
      'S6',
      { subject: { type: 'user', id: 'bob', properties: { role: 'admin' } }, resource: archived },
      ['read', 'write'],
    ],
    ['none', { subject: { type: 'user', id: 'eve' }, resource: record1 }, []],
  ])('%s', async (_, body, found) => {
    expect(await search('action', body)).toMatchObject({ status: 200, found, complete: true });
  });
});

describe('pages', () => {
  const body = { subject: { type: 'user' }, action: read, resource: record1 };

  test('one after the other, until the token is empty', async () => {
    const first = await search('subject', { ...body, page: { limit: 1 } });
    expect(first).toMatchObject({ found: ['alice'], complete: false });
    const second = await search('subject', { ...body, page: { token: first.next } });
    expect(second.found).toEqual(['bob']);
    const last =
      second.next === '' ? second : await search('subject', { ...body, page: { token: second.next, limit: 1 } });
    expect(last).toMatchObject({ next: '', complete: true });
    expect(await search('subject', { ...body, page: { token: '' } })).toMatchObject({ found: ['alice', 'bob'] });
  });

  test.each<[name: string, change: object]>([
    ['another action', { action: { name: 'write' } }],
    ['another resource', { resource: archived }],
    ['another type', { subject: { type: 'client' } }],
    ['another context', { context: { ip: '192.0.2.1' } }],
    ['another limit', { page: { limit: 5 } }],
    ['a token that is none', { page: { token: 'x' } }],
    ['a token of something else', { page: { token: Buffer.from('{"q":1}').toString('base64url') } }],
  ])('a token with %s is refused', async (_, change) => {
    const { next } = await search('subject', { ...body, page: { limit: 1 } });
    const page = { token: next, ...('page' in change ? (change.page as object) : {}) };
    expect((await search('subject', { ...body, ...change, page })).status).toBe(400);
  });

  test.each([
    ['subject', { action: read, resource: record1 }],
    ['subject', { subject: {}, action: read, resource: record1 }],
    ['subject', { subject: { type: 'user' }, resource: record1 }],
    ['subject', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['subject', { subject: { type: 'Role' }, action: read, resource: record1 }],
    ['resource', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['resource', { subject: alice, action: read, resource: {} }],
    ['action', { subject: alice }],
    ['action', { subject: alice, resource: record1, page: { limit: -1 } }],
  ])('400: %s %j', async (what, bad) => {
    expect((await search(what, bad)).status).toBe(400);
  });
});
