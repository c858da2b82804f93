import { describe, expect, test } from 'vitest';
import { kindRegistry, readPlainDocuments } from '#resources';
import { apiKind, clientKind } from './kinds.ts';

const kinds = kindRegistry([apiKind, clientKind]);
const read = (kind: string, spec: object) => readPlainDocuments(kinds, [{ kind, name: 'x', spec }]);

const web = {
  type: 'confidential',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: ['https://web.example.com/cb'],
};
const api = { audience: 'https://api.example.com', scopes: { 'a:read': 'Read' } };

describe('client', () => {
  test('defaults are written down, and reading them again changes nothing', () => {
    const [document] = read('client', web);
    expect(document?.spec).toEqual({ ...web, scopes: [], apis: [] });
    expect(read('client', document?.spec as object)[0]?.spec).toEqual(document?.spec);
  });

  test('refers to its APIs and its plan', () => {
    const spec = clientKind.schema.parse({ ...web, apis: ['a', 'b'], plan: 'gold' });
    expect(clientKind.references(spec)).toEqual([
      { kind: 'api', name: 'a', path: 'apis.0' },
      { kind: 'api', name: 'b', path: 'apis.1' },
      { kind: 'plan', name: 'gold', path: 'plan' },
    ]);
  });

  test.each([
    ['ours, which asks nobody for consent', { firstParty: true }, ['*']],
    ['any other', { firstParty: false }, []],
    ['one that does not say', {}, []],
  ])('whoever declares a client must hold what it can get at: %s', (_, changes, permissions) => {
    expect(clientKind.grants(clientKind.schema.parse({ ...web, ...changes }))).toEqual(permissions);
  });

  test.each<[string, object, string]>([
    ['no type', { type: undefined }, 'type'],
    ['another type', { type: 'secret' }, 'type'],
    ['no grant', { grants: [] }, 'grants'],
    ['implicit', { grants: ['implicit'] }, 'grants.0'],
    ['password', { grants: ['password'] }, 'grants.0'],
    ['a secret in the spec', { secret: 'x' }, 'secret'],
    ['a code without a redirect URI', { redirectUris: [] }, 'redirectUris'],
    ['http', { redirectUris: ['http://web.example.com/cb'] }, 'redirectUris.0'],
    ['a wildcard', { redirectUris: ['https://*.example.com/cb'] }, 'redirectUris.0'],
    ['a fragment', { redirectUris: ['https://web.example.com/cb#x'] }, 'redirectUris.0'],
    ['javascript', { redirectUris: ['javascript:alert(1)'] }, 'redirectUris.0'],
    ['a scope with a space', { scopes: ['a b'] }, 'scopes.0'],
    ['a scope with a quote', { scopes: ['a"b'] }, 'scopes.0'],
    ['a default that is none of its scopes', { scopes: ['a'], defaultScopes: ['b'] }, 'defaultScopes'],
    ['an API that can’t be a name', { apis: ['A_B'] }, 'apis.0'],
    ['a public client with client_credentials', { type: 'public', grants: ['client_credentials'] }, 'grants'],
    ['a refresh token from nothing', { grants: ['refresh_token', 'client_credentials'] }, 'grants'],
  ])('%s', (_, changes, path) => {
    expect(() => read('client', { ...web, ...changes })).toThrow(
      expect.objectContaining({
        code: 'documents_invalid',
        fields: expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining(path) })]),
      }),
    );
  });
});

describe('api', () => {
  test.each(['https://api.example.com', 'https://api.example.com/v1', 'urn:example:api'])('audience %s', (audience) => {
    expect(read('api', { audience })[0]?.spec).toEqual({ audience, scopes: {}, accessTokenTtlSeconds: 900 });
  });

  test.each<[string, object]>([
    ['no audience', { audience: undefined }],
    ['an audience that is no URI', { audience: 'weather' }],
    ['an audience with a fragment', { audience: 'https://api.example.com#x' }],
    ['an audience with a space', { audience: 'https://api.example.com/a b' }],
    ['a scope of OpenID Connect', { scopes: { openid: 'mine' } }],
    ['a scope with a backslash', { scopes: { 'a\\b': 'x' } }],
    ['a scope without words', { scopes: { 'a:read': '' } }],
    ['a life of a second', { accessTokenTtlSeconds: 1 }],
    ['a life of a year', { accessTokenTtlSeconds: 31_536_000 }],
    ['an unknown field', { ttl: 5 }],
  ])('%s', (_, changes) => {
    expect(() => read('api', { ...api, ...changes })).toThrow(expect.objectContaining({ code: 'documents_invalid' }));
  });
});

describe('the audience of an API is its own', () => {
  const spec = (audience: string) => apiKind.schema.parse({ audience });

  test.each([
    ['two that share one', ['https://a.example.com', 'https://a.example.com'], ['one'], ['two']],
    ['two that differ in a slash', ['https://a.example.com', 'https://a.example.com/'], [], []],
  ])('%s', (_, audiences, first, second) => {
    const apis = audiences.map((audience, index) => ({ name: ['one', 'two'][index] ?? '', spec: spec(audience) }));
    const found = apiKind.conflicts?.(apis) ?? [];
    expect([found.map((each) => each.first), found.map((each) => each.second)]).toEqual([first, second]);
  });
});
