import { describe, expect, test } from 'vitest';
import { importDocument } from './import-document.ts';

const OAUTH = {
  type: 'oauth2',
  flows: { clientCredentials: { tokenUrl: 'https://id.test/token', scopes: { 'pets:read': 'See pets' } } },
};
const SCHEMES = {
  oauth: OAUTH,
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  bearer: { type: 'http', scheme: 'bearer' },
  query: { type: 'apiKey', in: 'query', name: 'key' },
  basic: { type: 'http', scheme: 'basic' },
  loop: { $ref: '#/components/securitySchemes/loop' },
  far: { $ref: 'https://evil.test/scheme.json' },
  odd: { type: 'telepathy' },
};
const TARGET = { api: 'shop', upstream: 'http://127.0.0.1:7950' };

/** One operation at GET /pets/{petId}. */
function petstore(operation: object = {}, more: object = {}) {
  const security = [{ oauth: ['pets:read'] }];
  return {
    openapi: '3.1.0',
    info: { title: 'Petstore', version: '1' },
    paths: { '/pets/{petId}': { get: { operationId: 'getPet', security, ...operation } } },
    components: { securitySchemes: SCHEMES },
    ...more,
  };
}

test('an operation is a route: path, method, scopes, credentials', () => {
  expect(importDocument(petstore({ summary: 'One pet' }), TARGET)).toEqual({
    problems: [],
    scopes: { 'pets:read': 'See pets' },
    resources: [
      {
        kind: 'api_document',
        name: 'shop',
        spec: { api: 'shop', prefix: '', listed: false, document: petstore({ summary: 'One pet' }) },
      },
      {
        kind: 'route',
        name: 'shop-get-pet',
        spec: {
          description: 'One pet',
          match: { path: '/pets/{petId}', methods: ['GET'] },
          api: 'shop',
          authenticate: ['access_token'],
          authorize: { scopes: ['pets:read'] },
          openapi: { document: 'shop', validate: 'enforce' },
          upstream: { url: 'http://127.0.0.1:7950' },
        },
      },
    ],
  });
});

test.each([
  ['3.0', { openapi: '3.0.3' }, /and this one is of 3\.0\.3\. Convert it: `nullable: true`/],
  ['2.0', { swagger: '2.0' }, /and this one is of 2\.0\. Convert it first$/],
  ['nothing', {}, /of version 3\.1$/],
  ['nonsense', { openapi: '<b>' }, /of version 3\.1$/],
])('a document of %s hears what it is and what to do', (_, document, message) => {
  expect(importDocument(document, TARGET).problems).toEqual([
    { path: 'openapi', message: expect.stringMatching(message) },
  ]);
});

test('the API with its scopes, a prefix, an upstream by name', () => {
  const target = { ...TARGET, upstream: 'pets', audience: 'https://pets.test', prefix: '/v1/' };
  expect(importDocument(petstore(), target).resources).toMatchObject([
    { kind: 'api', name: 'shop', spec: { audience: 'https://pets.test', scopes: { 'pets:read': 'See pets' } } },
    { kind: 'api_document', name: 'shop', spec: { api: 'shop', prefix: '/v1/' } },
    { spec: { match: { path: '/v1/pets/{petId}' }, upstream: { name: 'pets', path: '/pets/{petId}' } } },
  ]);
});

test.for<[why: string, security: unknown, expected: object]>([
  ['of the document', undefined, { authenticate: ['api_key'], authorize: { scopes: [], policies: 'required' } }],
  ['a bearer may be either', [{ bearer: [] }], { authenticate: ['api_key', 'access_token'] }],
  ['either of two', [{ key: [] }, { bearer: [] }], { authenticate: ['api_key', 'access_token'] }],
])('security: %s', ([, security, expected]) => {
  const { resources, problems } = importDocument(petstore({ security }, { security: [{ key: [] }] }), TARGET);
  expect({ problems, spec: resources[1]?.spec }).toMatchObject({ problems: [], spec: expected });
});

test('what asks for no credential is open only when that is said', () => {
  for (const security of [[], [{}]]) {
    expect(importDocument(petstore({ security }), TARGET).problems).toMatchObject([
      { path: 'paths./pets/{petId}.get' },
    ]);
    const { resources } = importDocument(petstore({ security }), { ...TARGET, anonymous: true });
    expect(resources[1]?.spec).toMatchObject({ authenticate: ['anonymous'] });
  }
});

describe('is a problem, and no route', () => {
  test.for<[why: string, security: unknown, message: RegExp]>([
    ['optional security', [{}, { key: [] }], /optional/],
    ['two credentials at once', [{ key: [], oauth: ['pets:read'] }], /two credentials/],
    ['different scopes', [{ oauth: ['pets:read'] }, { oauth: ['pets:write'] }], /different scopes/],
    ['a key in the query', [{ query: [] }], /X-API-Key/],
    ['basic', [{ basic: [] }], /HTTP scheme/],
    ['a scheme that is not there', [{ other: [] }], /not described/],
    ['a scheme by an inherited name', [{ constructor: [] }], /not described/],
    ['a scheme that refers to itself', [{ loop: [] }], /not described/],
    ['a scheme elsewhere', [{ far: [] }], /not described/],
    ['a scheme of another type', [{ odd: [] }], /type/],
    ['no list', { key: [] }, /list of objects/],
    ['a list of words', ['key'], /list of objects/],
  ])('%s', ([, security, message]) => {
    const { resources, problems } = importDocument(petstore({ security }), { ...TARGET, anonymous: true });
    expect([resources, problems.map((problem) => problem.message)]).toEqual([[], [expect.stringMatching(message)]]);
  });

  test.for<[why: string, document: unknown, path: string]>([
    ['nothing', undefined, 'openapi'],
    ['a list', [], 'openapi'],
    ['version 2', { swagger: '2.0' }, 'openapi'],
    ['version 3.0', petstore({}, { openapi: '3.0.3' }), 'openapi'],
    ['no paths', petstore({}, { paths: {} }), 'paths'],
    [
      'too many paths',
      petstore({}, { paths: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`/${i}`, {}])) }),
      'paths',
    ],
    ['a path elsewhere', petstore({}, { paths: { '/a': { $ref: 'other.yaml#/a' } } }), 'paths./a'],
    ['a path that refers to itself', petstore({}, { paths: { '/a': { $ref: '#/paths/~1a' } } }), 'paths./a'],
    ['TRACE', petstore({}, { paths: { '/a': { trace: {} } } }), 'paths./a.trace'],
    ['an operation that is none', petstore({}, { paths: { '/a': { get: 'yes' } } }), 'paths./a.get'],
    ['two of one name', petstore({}, { paths: twice() }), 'paths./b.get'],
  ])('%s', ([, document, path]) => {
    expect(importDocument(document, TARGET).problems.map((problem) => problem.path)).toEqual([path]);
  });
});

function twice() {
  const operation = { operationId: 'same', security: [{ key: [] }] };
  return { '/a': { get: operation }, '/b': { get: operation } };
}
