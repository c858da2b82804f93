import { describe, expect, it } from 'vitest';
import { DEFAULT_TENANT_ID, type Principal, systemPrincipal } from '#base';
import { authorizeGrant } from './authorize-grant.ts';
import type { Roles } from './permissions-of.ts';

const specs: Record<string, string[]> = { administrator: ['*'], keys: ['keys:*'] };
const roles: Roles = {
  get: (_tenantId, name) => (specs[name] === undefined ? undefined : { spec: { permissions: specs[name] } }),
};
const person = (role: string): Principal => ({
  type: 'user',
  id: 'usr_me',
  tenantId: DEFAULT_TENANT_ID,
  roles: [role],
  scopes: ['news:read'],
  credential: { type: 'session', id: 'ses_1' },
});

describe('what may not be handed out', () => {
  it.each([
    ['a greater role', { roles: ['administrator'] }, { code: 'grant_beyond_own', details: { missing: ['*'] } }],
    [
      'a scope of others',
      { scopes: ['weather:read'] },
      { code: 'grant_beyond_own', details: { missing: ['weather:read'] } },
    ],
    [
      'a role that does not exist',
      { roles: ['kees'] },
      { code: 'role_not_found', fields: [{ path: 'roles', message: 'no role "kees"' }] },
    ],
    [
      'acting for somebody else',
      { owner: { type: 'user', id: 'usr_other' } },
      { code: 'grant_beyond_own', details: { missing: ['*'] } },
    ],
    ['acting for a service account', { owner: { type: 'service_account', id: 'svc_1' } }, { code: 'grant_beyond_own' }],
  ])('%s', (_name, grant, expected) => {
    expect(() => authorizeGrant(roles, person('keys'), grant)).toThrow(expect.objectContaining(expected));
  });
});

it.each([
  ['his own role and scope', person('keys'), { roles: ['keys'], scopes: ['news:read', 'keys:read'] }],
  ['acting for himself', person('keys'), { owner: { type: 'user', id: 'usr_me' } }],
  [
    'anything, by an administrator',
    person('administrator'),
    { roles: ['keys'], scopes: ['a:b'], owner: { type: 'user', id: 'usr_other' } },
  ],
  [
    'anything, by the program',
    systemPrincipal(DEFAULT_TENANT_ID, 'start'),
    { roles: ['administrator'], scopes: ['*'] },
  ],
])('%s may be handed out', (_name, issuer, grant) => {
  expect(() => authorizeGrant(roles, issuer, grant)).not.toThrow();
});
