import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningExample, startExample } from '../../server/test/running-example.ts';
import { tokenByCommandLine } from '../../server/test/token-by-command-line.ts';

type Name = 'olga' | 'anne' | 'nils';

let example: RunningExample;
const tokens = new Map<Name, string>();
let ids: Record<'folder' | 'roadmap' | 'diary', string>;

beforeAll(async () => {
  example = await startExample('documents');
  for (const name of ['olga', 'anne', 'nils'] as const) {
    const person = { email: `${name}@example.com`, clientId: 'documents-cli', scope: 'openid documents' };
    tokens.set(name, await tokenByCommandLine(example, person));
  }
  const plans = await call('olga', 'POST', '/folders', { title: 'Plans' });
  const roadmap = await call('olga', 'POST', '/documents', { title: 'Roadmap', text: 'v1', folder: plans.body.id });
  const diary = await call('olga', 'POST', '/documents', { title: 'Diary' });
  ids = { folder: plans.body.id, roadmap: roadmap.body.id, diary: diary.body.id };
});
afterAll(() => example?.stop());

async function call(name: Name, method: string, path: string, body?: object) {
  const response = await fetch(`http://localhost:${example.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.get(name)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

const statusOf = async (...args: Parameters<typeof call>) => (await call(...args)).status;
const titles = async (name: Name) =>
  (await call(name, 'GET', '/documents')).body.items.map(({ title }: { title: string }) => title).toSorted();
const share = (path: string, relation: string, who: string) => `${path}/shares/${relation}/${encodeURIComponent(who)}`;
const TEAM = 'group:engineering#member';

test('what is not shared is not there, whether it exists or not', async () => {
  expect(await titles('olga')).toEqual(['Diary', 'Roadmap']);
  for (const name of ['anne', 'nils'] as const) {
    expect(await titles(name)).toEqual([]);
    expect(await call(name, 'GET', `/documents/${ids.diary}`)).toEqual(await call(name, 'GET', '/documents/nothing'));
    expect(await statusOf(name, 'PUT', share(`/documents/${ids.diary}`, 'viewer', TEAM))).toBe(404);
    expect(await statusOf(name, 'POST', '/documents', { title: 'In', folder: ids.folder })).toBe(403);
  }
});

describe('a folder that is shared with a group', () => {
  beforeAll(async () => {
    expect(await statusOf('olga', 'PUT', share(`/folders/${ids.folder}`, 'viewer', TEAM))).toBe(204);
  });

  test('shows what is in it to its members, and to nobody else', async () => {
    expect(await titles('anne')).toEqual(['Roadmap']);
    expect(await statusOf('anne', 'GET', `/documents/${ids.roadmap}`)).toBe(200);
    expect(await titles('nils')).toEqual([]);
    expect(await statusOf('nils', 'GET', `/documents/${ids.roadmap}`)).toBe(404);
  });

  test('viewers do not write, and do not share; editors write, and do not share', async () => {
    const roadmap = `/documents/${ids.roadmap}`;
    expect(await statusOf('anne', 'PUT', roadmap, { text: 'v2' })).toBe(403);
    expect(await statusOf('olga', 'PUT', share(`/folders/${ids.folder}`, 'editor', TEAM))).toBe(204);
    expect(await call('anne', 'PUT', roadmap, { text: 'v2' })).toMatchObject({ status: 200, body: { text: 'v2' } });
    expect(await statusOf('anne', 'PUT', share(roadmap, 'viewer', 'user:*'))).toBe(403);
    expect(await statusOf('anne', 'POST', '/documents', { title: 'Notes', folder: ids.folder })).toBe(201);
    expect(await titles('olga')).toEqual(['Diary', 'Notes', 'Roadmap']);
  });

  test('what is taken back is gone at once', async () => {
    for (const relation of ['viewer', 'editor']) {
      expect(await statusOf('olga', 'DELETE', share(`/folders/${ids.folder}`, relation, TEAM))).toBe(204);
    }
    // What Anne made herself stays hers.
    expect(await titles('anne')).toEqual(['Notes']);
    expect(await statusOf('anne', 'GET', `/documents/${ids.roadmap}`)).toBe(404);
  });
});

test('shared with everybody', async () => {
  expect(await statusOf('olga', 'PUT', share(`/documents/${ids.diary}`, 'viewer', 'user:*'))).toBe(204);
  expect(await titles('nils')).toEqual(['Diary']);
});

test.each([
  ['as owner', 'owner', 'user:*', 400],
  ['with nobody', 'viewer', 'user:', 400],
  ['with a relation of another thing', 'viewer', 'folder:x#viewer', 400],
  ['twice', 'viewer', 'user:*', 409],
])('sharing %s is refused', async (_, relation, who, status) => {
  expect(await statusOf('olga', 'PUT', share(`/documents/${ids.diary}`, relation, who))).toBe(status);
});

test('without a token nothing is answered', async () => {
  expect((await fetch(`http://localhost:${example.port}/documents`)).status).toBe(401);
});
