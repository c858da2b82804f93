import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

let here: TestControlServer;
beforeAll(async () => {
  here = await openTestControlServer();
});
afterAll(() => here.close());

const PETS = `openapi: 3.1.0
info: { title: Pets, version: "2" }
paths:
  /pets:
    get: { operationId: list, security: [{ key: [] }] }
    post: { operationId: add, security: [] }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-API-Key } } }
`;
const TARGET = { api: 'pets', upstream: 'http://127.0.0.1:7950' };

const read = (payload: object, as = 'viewer') =>
  here.server.inject({
    method: 'POST',
    url: '/api/v1/openapi/resources',
    headers: { authorization: `Bearer ${as}` },
    payload,
  });

test('a document becomes resources to apply, with what should be seen before', async () => {
  const answer = await read({ text: PETS, ...TARGET, anonymous: true, audience: 'https://pets.test' });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    {
      title: 'Pets',
      version: '2',
      problems: [],
      resources: [{ kind: 'api' }, { kind: 'api_document' }, { name: 'pets-list' }, { name: 'pets-add' }],
      warnings: [
        { code: 'open', routes: ['pets-add'] },
        { code: 'policy_needed', routes: ['pets-list'] },
      ],
    },
  ]);
});

test('the same as JSON', async () => {
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'Pets', version: 2 }, paths: { '/a': { get: {} } } });
  expect((await read({ text, ...TARGET, anonymous: true })).json()).toMatchObject({ version: '2', problems: [] });
});

test('what the document leaves open is said, and there is nothing to apply', async () => {
  const answer = (await read({ text: PETS, ...TARGET })).json();
  expect(answer).toMatchObject({ resources: [], problems: [{ path: 'paths./pets.post' }] });
});

test.for<[why: string, payload: object, expected: string, as?: string]>([
  ['no YAML', { text: 'a: [', ...TARGET }, '400 yaml_malformed'],
  ['two documents', { text: `${PETS}---\n${PETS}`, ...TARGET }, '400 description_not_one'],
  ['no API', { text: PETS, upstream: 'pets' }, '400 invalid_input'],
  ['a name that is none', { text: PETS, ...TARGET, api: 'No Name' }, '400 invalid_input'],
  ['a prefix without a slash', { text: PETS, ...TARGET, prefix: 'v1' }, '400 invalid_input'],
  ['an unknown field', { text: PETS, ...TARGET, fetch: 'https://evil.test' }, '400 invalid_input'],
  ['who may not', { text: PETS, ...TARGET }, '403 permission_missing', 'key-issuer'],
])('refused: %s', async ([, payload, expected, as]) => {
  const answer = await read(payload, as);
  expect(`${answer.statusCode} ${answer.json().code}`).toBe(expected);
});

test('a text that is nothing is no document', async () => {
  expect((await read({ text: '', ...TARGET })).json()).toMatchObject({ problems: [{ path: 'openapi' }] });
});

test.each([
  ['has capitals', 'Pets'],
  ['is too long', 'p'.repeat(64)],
])('a name that %s is told in words what it must be', async (_, api) => {
  expect((await read({ text: PETS, ...TARGET, api })).json().fields).toEqual([
    {
      path: 'api',
      message: 'must be lower-case letters, digits and hyphens, 1 to 63, with a letter or digit at both ends',
    },
  ]);
});
