import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALICE, decideWith, REQUEST, setOf } from './decide.fixture.ts';
import { decide } from './decide.ts';

describe('the principal as policies see it', () => {
  it.each<[clause: string, expected: boolean]>([
    ['principal == User::"usr_alice"', true],
    ['principal is User', true],
    ['principal is ApiKey', false],
    ['principal in Role::"editor"', true],
    ['principal in Role::"admin"', false],
    ['principal in Organization::"org_acme"', true],
    ['principal in Organization::"org_other"', false],
    ['principal in Role::"org_acme"', false],
    ['principal in [Role::"admin", Role::"editor"]', true],
    ['principal.id == "usr_alice"', true],
    ['principal.type == "user"', true],
    ['principal.roles.contains("editor")', true],
    ['principal.scopes == ["weather:read"]', true],
    ['principal.organization == "org_acme"', true],
    ['principal.acr == "mfa" && principal.amr.containsAll(["otp"])', true],
    ['principal.authTime > 1600000000', true],
    ['principal has environment', false],
    ['principal has plan', false],
    ['principal has credential', false],
    ['resource == City::"zurich"', true],
    ['resource.owner == principal.id', true],
    ['action == Action::"weather:read"', true],
    ['context.method == "GET"', true],
    ['ip(context.ip).isInRange(ip("192.0.2.0/24"))', true],
    ['datetime(context.time).toTime() < duration("18h")', true],
    ['Role::"editor" has name', false],
  ])('%s is %s', (clause, expected) => {
    expect(decideWith(`permit(principal, action, resource) when { ${clause} };`).allowed).toBe(expected);
  });

  it.each(['organization', 'acr', 'amr', 'authTime'] as const)('has no attribute %s when that is unknown', (name) => {
    const { organizationId: _, acr: __, amr: ___, authTime: ____, ...principal } = ALICE;
    const permit = (clause: string) =>
      decideWith(`permit(principal, action, resource) when { ${clause} };`, { principal }).allowed;
    expect([permit(`principal has ${name}`), permit(`!(principal has ${name})`)]).toEqual([false, true]);
  });

  it.each<[environment: 'live' | 'test' | undefined, claimed: Record<string, unknown> | undefined, seen: string]>([
    ['live', undefined, 'live'],
    ['test', undefined, 'test'],
    // What is verified stands, whatever is said besides.
    ['test', { environment: 'live' }, 'test'],
    // An asker (AuthZEN) tells of credentials that only he has seen, in his own words.
    [undefined, { environment: 'staging' }, 'staging'],
    [undefined, undefined, 'none'],
  ])('of an environment %s and the word %j it sees %s', (environment, claimed, seen) => {
    const principal = { ...ALICE, credential: { ...ALICE.credential, ...(environment && { environment }) } };
    const request = { principal, ...(claimed && { principalAttributes: claimed }) };
    const clause = seen === 'none' ? '!(principal has environment)' : `principal.environment == "${seen}"`;
    expect(decideWith(`permit(principal, action, resource) when { ${clause} };`, request).allowed).toBe(true);
  });

  it('denies where a policy reads the environment of somebody who has none', () => {
    const policy = 'permit(principal, action, resource) when { principal.environment == "live" };';
    expect(decideWith(policy).allowed).toBe(false);
  });

  it.each([
    ['user', 'User'],
    ['client', 'Client'],
    ['service_account', 'ServiceAccount'],
    ['api_key', 'ApiKey'],
    ['workload', 'Workload'],
    ['anonymous', 'Anonymous'],
    ['system', 'System'],
  ] as const)('%s is of type %s', (type, entityType) => {
    const principal = { ...ALICE, type };
    expect(decideWith(`permit(principal is ${entityType}, action, resource);`, { principal }).allowed).toBe(true);
  });
});

describe('strings from outside stay strings', () => {
  const HOSTILE = [
    'zurich" || true',
    'x"; permit(principal, action, resource);//',
    'Role::"admin"',
    '__proto__',
    '\0',
    '\u2028',
    '*',
    '',
    '\ud800',
  ];

  it.each(HOSTILE)('as an id of the resource: %j', (id) => {
    const decision = decideWith('permit(principal, action, resource == City::"zurich");', {
      resource: { type: 'City', id },
    });
    expect(decision.reason).toBe('no_policy_permits');
  });

  it.each(HOSTILE)('as an action: %j', (action) => {
    expect(decideWith('permit(principal, action == Action::"weather:read", resource);', { action }).reason).toBe(
      'no_policy_permits',
    );
  });

  it.each<[clause: string, value: unknown]>([
    ['context.v == Role::"admin"', { __entity: { type: 'Role', id: 'admin' } }],
    ['context.v in Role::"admin"', { __entity: { type: 'Role', id: 'admin' } }],
    ['context.v is Role', { type: 'Role', id: 'admin' }],
    ['context.v == Role::"admin"', 'Role::"admin"'],
    ['principal in context.v', [{ __entity: { type: 'Role', id: 'editor' } }]],
    ['context.v == ip("10.0.0.1")', { __extn: { fn: 'ip', arg: '10.0.0.1' } }],
    ['context.v == decimal("1.0")', { kind: 'decimal', amount: 10000 }],
    ['context.v', 'true'],
    ['context.v == 1', '1'],
    ['context.v == 1', 1.5],
    ['context.v == 1', Number.NaN],
    ['context.v > 1', Number.POSITIVE_INFINITY],
    ['context.v > 1', 2 ** 60],
    ['context has v', null],
    ['context has v', undefined],
    ['context.v == context.v', new Date(0)],
    ['context.v == context.v', () => true],
    ['context.v == context.v', Symbol('v')],
    ['context.v has constructor', {}],
    ['context.v has length', []],
    ['context has hasOwnProperty', 1],
  ])('%s is not satisfied by %o', (clause, v) => {
    expect(decideWith(`permit(principal, action, resource) when { ${clause} };`, { context: { v } }).allowed).toBe(
      false,
    );
  });

  it('does not let attributes of the resource pass for the principal`s', () => {
    // GET /users/usr_alice?acr=hardware: the resource is the caller, its attributes come from the request.
    const { acr: _, ...principal } = ALICE;
    const resource = {
      type: 'User',
      id: 'usr_alice',
      attributes: { acr: 'hardware', roles: ['admin'], email: 'a@b.c' },
    };
    const permit = (clause: string) =>
      decideWith(`permit(principal, action, resource) when { ${clause} };`, { principal, resource }).allowed;
    expect(permit('principal == resource')).toBe(true);
    expect(permit('resource.email == "a@b.c"')).toBe(true);
    expect(permit('principal has acr')).toBe(false);
    expect(permit('User::"usr_alice" has acr')).toBe(false);
    expect(permit('principal.roles.contains("admin")')).toBe(false);
    expect(permit('principal in Role::"admin"')).toBe(false);
  });

  it('does not take an id for one of another type or tenant of names (property)', () => {
    const set = setOf(
      'permit(principal, action, resource) when { principal in Role::"admin" || resource == City::"secret" };',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.string(), (id, action, value) => {
        fc.pre(id !== 'secret');
        const principal = { ...ALICE, id, roles: [`x${value}`], organizationId: 'admin' };
        const request = {
          ...REQUEST,
          principal,
          action,
          resource: { type: 'City', id, attributes: { value } },
          context: { value },
        };
        expect(decide(set, request).allowed).toBe(false);
      }),
    );
  });
});
