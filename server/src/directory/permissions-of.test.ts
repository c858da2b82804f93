import { describe, expect, it } from 'vitest';
import { anonymousPrincipal, DEFAULT_TENANT_ID, type Principal, systemPrincipal } from '#base';
import { beyondOwn, permissionsOf, type Roles } from './permissions-of.ts';

const specs: Record<string, string[]> = {
  administrator: ['*'],
  viewer: ['*:read'],
  'key-master': ['keys:*', 'weather:read'],
};
const roles: Roles = {
  get: (tenantId, name) => {
    const permissions = tenantId === DEFAULT_TENANT_ID ? specs[name] : undefined;
    return permissions === undefined ? undefined : { spec: { permissions } };
  },
};

function person(names: string[], scopes: string[] = [], tenantId: string = DEFAULT_TENANT_ID): Principal {
  return { type: 'user', id: 'usr_1', tenantId, roles: names, scopes, credential: { type: 'session', id: 'ses_1' } };
}

function withToken(names: string[], scopes: string[]): Principal {
  return { ...person(names, scopes), credential: { type: 'access_token', id: 'tok_1', clientId: 'app' } };
}

describe('what a principal may do', () => {
  const cases: [name: string, principal: Principal, permission: string, may: boolean][] = [
    ['an administrator', person(['administrator']), 'routes:write', true],
    ['a viewer reading', person(['viewer']), 'routes:read', true],
    ['a viewer writing', person(['viewer']), 'routes:write', false],
    ['two roles together', person(['viewer', 'key-master']), 'keys:write', true],
    ['no role', person([]), 'routes:read', false],
    ['a role that does not exist', person(['administrator2']), 'routes:read', false],
    ['a role of another tenant', person(['administrator'], [], 'ten_other'), 'routes:read', false],
    ['a scope that looks like a permission', person([], ['routes:read', '*']), 'routes:read', false],
    ['an access token for everything', withToken(['administrator'], ['*']), 'routes:write', true],
    ['an access token with the scope', withToken(['administrator'], ['openid', 'routes:*']), 'routes:write', true],
    ['an access token with another scope', withToken(['administrator'], ['routes:read']), 'routes:write', false],
    ['an access token without any', withToken(['administrator'], []), 'routes:read', false],
    ['an access token with more than its person has', withToken(['viewer'], ['*']), 'routes:write', false],
    [
      'somebody without a credential',
      { ...anonymousPrincipal(DEFAULT_TENANT_ID), roles: ['administrator'] },
      'routes:read',
      false,
    ],
  ];
  it.each(cases)('%s', (_name, principal, permission, may) => {
    expect(permissionsOf(roles, principal).includes(permission)).toBe(may);
  });
});

describe('what may be handed out', () => {
  const nothing = { unknownRoles: [], permissions: [], scopes: [] };
  it.each([
    [
      'an administrator hands out everything',
      person(['administrator']),
      { roles: ['administrator'], scopes: ['any:thing'] },
      nothing,
    ],
    ['one hands out his own role', person(['key-master']), { roles: ['key-master'] }, nothing],
    [
      'an application that may write keys hands out no more than it was given',
      withToken(['administrator'], ['keys:write']),
      { roles: ['administrator'], scopes: ['keys:write', 'any:thing'] },
      { ...nothing, permissions: ['*'], scopes: ['any:thing'] },
    ],
    ['a scope among his permissions', person(['key-master']), { scopes: ['weather:read'] }, nothing],
    ['a scope of his own credential', person(['key-master'], ['news:read']), { scopes: ['news:read'] }, nothing],
    [
      'the program itself',
      systemPrincipal(DEFAULT_TENANT_ID, 'start'),
      { roles: ['administrator'], scopes: ['a:b'] },
      nothing,
    ],
    ['a greater role', person(['key-master']), { roles: ['viewer'] }, { ...nothing, permissions: ['*:read'] }],
    ['everything', person(['viewer', 'key-master']), { roles: ['administrator'] }, { ...nothing, permissions: ['*'] }],
    [
      'a scope he does not hold',
      person(['key-master']),
      { scopes: ['weather:write'] },
      { ...nothing, scopes: ['weather:write'] },
    ],
    [
      'a role that does not exist, even by an administrator',
      person(['administrator']),
      { roles: ['later'] },
      { ...nothing, unknownRoles: ['later'] },
    ],
  ] as const)('%s', (_name, issuer, grant, expected) => {
    expect(beyondOwn(roles, issuer, grant)).toEqual(expected);
  });
});
