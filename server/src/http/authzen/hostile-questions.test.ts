import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrincipalDirectory } from '#authz';
import { cpuMilliseconds } from '#testing';
import { openTestDecisionApi, type TestDecisionApi } from './authzen.fixture.ts';

/** What may be sent by whoever may ask: bounded time and a clear answer, whatever the policies look at. */
const MANY = 1_000_000;
const longList = Array.from({ length: 3_000 }, (_, index) => `Role::"r${index}"`).join(', ');
const policies = {
  sets: 'permit(principal, action == Action::"sets", resource) when { context.a == context.b };',
  any: 'permit(principal, action == Action::"any", resource) when { context.a.containsAny(context.b) };',
  like: `permit(principal, action == Action::"like", resource) when { context.text like "*${'a'.repeat(9_000)}b${'a'.repeat(9_000)}*" };`,
  stars: `permit(principal, action == Action::"stars", resource) when { context.text like "${'*a'.repeat(9_000)}*b" };`,
  list: `permit(principal, action == Action::"list", resource) when { principal in [${longList}] };`,
  chain: `permit(principal, action == Action::"chain", resource) when { ${'context.a == "a" && '.repeat(1_000)} true };`,
  last: `permit(principal == User::"u9999999", action == Action::"find", resource);`,
};

/** A million people, of whom nobody may. */
const directory: PrincipalDirectory = {
  find: async () => new Map(),
  async list({ after = '', limit }) {
    const start = after === '' ? 0 : Number(after.slice(1)) + 1;
    const count = Math.max(0, Math.min(limit, MANY - start));
    return Array.from({ length: count }, (_, index) => ({
      id: `u${String(start + index).padStart(7, '0')}`,
      roles: [],
      active: true,
    }));
  },
};

let api: TestDecisionApi;
beforeAll(async () => {
  let now = 1_000_000;
  // Every look at the clock takes a millisecond: what counts on it ends without waiting.
  api = await openTestDecisionApi({ policies, directory, clock: { now: () => (now += 1) } });
});
afterAll(() => api?.close());

const subject = { type: 'user', id: 'ann' };
const resource = { type: 'record', id: '1' };
const ask = (name: string, context: object, who: object = subject) =>
  within(3_000, () => api.post('/access/v1/evaluation', { subject: who, action: { name }, resource, context }));

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const answers: T[] = [];
  expect(await cpuMilliseconds(async () => answers.push(await work()))).toBeLessThan(milliseconds);
  return answers[0] as T;
}

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = { deeper: value };
  return value;
}

describe('what a question brings along', () => {
  const records = (from: number) => Array.from({ length: 900 }, (_, index) => ({ n: from - index }));

  test.each([
    ['nested 20 levels deep', { a: nested(20) }, /nested more than 16/],
    ['nested 5,000 levels deep', { a: nested(5_000) }, /nested more than 16/],
    ['of 20,000 members', Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`m${n}`, 1])), /4096 values/],
    ['of a list of 100,000', { a: Array(100_000).fill(1) }, /4096 values/],
    ['of 300 lists of 300', { a: Array(300).fill(Array(300).fill(1)) }, /4096 values/],
  ])('a context %s is refused', async (_, context, message) => {
    const answer = await ask('sets', context);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(message);
  });

  test('a body that is too large, and one nested a hundred thousand deep, are refused', async () => {
    const large = await within(3_000, () => api.post('/access/v1/evaluation', `{"a":"${'x'.repeat(3_000_000)}"}`));
    expect(large.status).toBe(413);
    const deep = `{"subject":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const answer = await within(3_000, () => api.post('/access/v1/evaluation', deep));
    expect(answer.status).toBe(400);
  });

  test('two sets of records that would be compared each with each: the policy fails, and so permits nothing', async () => {
    for (const action of ['sets', 'any']) {
      const { status, body } = await ask(action, { a: records(100_000), b: records(5_000) });
      expect([status, body.decision]).toEqual([200, false]);
    }
  });

  test('small sets of records are still compared', async () => {
    const a = [{ n: 1 }, { n: 2, list: [{ m: 1 }] }];
    const { body } = await ask('sets', { a, b: [...a].reverse() });
    expect(body.decision).toBe(true);
  });

  test('texts made for a pattern', async () => {
    const text = 'a'.repeat(200_000);
    expect((await ask('like', { text })).body.decision).toBe(false);
    expect((await ask('stars', { text })).body.decision).toBe(false);
    expect((await ask('stars', { text: `${text}b` })).body.decision).toBe(true);
  });

  test('thousands of roles against a list of thousands; a chain of a thousand conditions', async () => {
    const roles = Array.from({ length: 4_000 }, (_, index) => `other${index}`);
    expect((await ask('list', {}, { ...subject, properties: { roles } })).body.decision).toBe(false);
    expect((await ask('list', {}, { ...subject, properties: { roles: ['r2999'] } })).body.decision).toBe(true);
    expect((await ask('chain', { a: 'a' })).body.decision).toBe(true);
  });

  test('two hundred questions, each as dear as one can be', async () => {
    const context = { a: records(100_000), b: records(5_000) };
    const body = { subject, resource, action: { name: 'sets' }, context, evaluations: Array(200).fill({}) };
    const answer = await within(9_000, () => api.post('/access/v1/evaluations', body));
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('"decision":true');
    const more = await api.post('/access/v1/evaluations', { ...body, evaluations: Array(201).fill({}) });
    expect(more.status).toBe(400);
  });
});

describe('searches with millions of candidates', () => {
  test('a page ends in time, says where to go on, and is not complete', async () => {
    const body = { subject: { type: 'user' }, action: { name: 'find' }, resource };
    const first = await within(2_000, () => api.post('/access/v1/search/subject', body));
    const { page, results, context } = first.body as Record<string, { next_token: string; complete: boolean }>;
    expect(first.status).toBe(200);
    expect(results).toEqual([]);
    expect(context?.complete).toBe(false);
    const token = page?.next_token ?? '';
    expect(token).not.toBe('');
    const second = await within(2_000, () => api.post('/access/v1/search/subject', { ...body, page: { token } }));
    expect(second.status).toBe(200);
    expect((second.body.page as { next_token: string }).next_token).not.toBe(token);
  });

  test('a limit of a million is a page of the largest size', async () => {
    const body = { subject, resource, page: { limit: 1_000_000 } };
    const answer = await within(2_000, () => api.post('/access/v1/search/action', body));
    expect(answer.status).toBe(200);
  });
});
