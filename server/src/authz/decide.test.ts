import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, DecisionRequest, Principal } from '#base';
import { decide } from './decide.ts';
import { compilePolicies } from './policy-set.ts';

const ALICE: Principal = {
  type: 'user',
  id: 'usr_alice',
  tenantId: 'ten_1',
  organizationId: 'org_acme',
  roles: ['editor'],
  scopes: ['weather:read'],
  credential: { type: 'access_token', id: 'tok_1' },
  acr: 'mfa',
  amr: ['pwd', 'otp'],
  authTime: 1_700_000_000,
};

const REQUEST: DecisionRequest = {
  principal: ALICE,
  action: 'weather:read',
  resource: { type: 'City', id: 'zurich', attributes: { owner: 'usr_alice' } },
  context: { ip: '192.0.2.7', method: 'GET', path: '/weather/zurich', time: '2026-01-31T10:00:00Z' },
  policyRequired: true,
};

function setOf(...policies: string[]) {
  return compilePolicies(
    policies.map((cedar, index) => ({ name: `p${index + 1}`, cedar })),
    7,
  );
}

function decideWith(policies: string | string[], request: Partial<DecisionRequest> = {}): Decision {
  return decide(setOf(...[policies].flat()), { ...REQUEST, ...request });
}

const PERMIT = 'permit(principal, action, resource);';
const FORBID = 'forbid(principal, action, resource);';
const FAILING_PERMIT = 'permit(principal, action, resource) when { resource.missing == 1 };';
const FAILING_FORBID = 'forbid(principal, action, resource) when { resource.missing == 1 };';
const BROKEN = 'permit(';

describe('scopes, roles and policies decide together', () => {
  const none = { policyRequired: false };
  it.each<[name: string, policies: string[], request: Partial<DecisionRequest>, outcome: Partial<Decision>]>([
    ['nothing required', [], none, { reason: 'nothing_grants' }],
    [
      'nothing required, empty lists',
      [],
      { ...none, requiredScopes: [], requiredRoles: [] },
      { reason: 'nothing_grants' },
    ],
    ['nothing required, though a policy permits', [PERMIT], none, { reason: 'nothing_grants' }],
    ['open to anyone', [], { ...none, openToAnyone: true }, { allowed: true, policies: [] }],
    ['open to anyone, but forbidden', [FORBID], { ...none, openToAnyone: true }, { reason: 'forbidden_by_policy' }],
    [
      'open to anyone, but a scope is required',
      [],
      { ...none, openToAnyone: true, requiredScopes: ['weather:write'] },
      { reason: 'missing_scope' },
    ],
    ['open to anyone, but a policy is required', [], { openToAnyone: true }, { reason: 'no_policy_permits' }],
    ['a scope that is there', [], { ...none, requiredScopes: ['weather:read'] }, { allowed: true, policies: [] }],
    [
      'a scope that is not there',
      [PERMIT],
      { requiredScopes: ['weather:write'] },
      { reason: 'missing_scope', missingScopes: ['weather:write'] },
    ],
    [
      'one scope of two',
      [PERMIT],
      { requiredScopes: ['weather:read', 'weather:write'] },
      { reason: 'missing_scope', missingScopes: ['weather:write'] },
    ],
    ['a scope that only begins alike', [PERMIT], { requiredScopes: ['weather'] }, { reason: 'missing_scope' }],
    ['a role that is there', [], { ...none, requiredRoles: ['admin', 'editor'] }, { allowed: true }],
    [
      'no role that is there',
      [PERMIT],
      { requiredRoles: ['admin', 'owner'] },
      { reason: 'missing_role', missingRoles: ['admin', 'owner'] },
    ],
    ['scope before role', [], { requiredScopes: ['x'], requiredRoles: ['y'] }, { reason: 'missing_scope' }],
    ['no policy', [], {}, { reason: 'no_policy_permits', policies: [] }],
    ['a policy that permits', [PERMIT], {}, { allowed: true, reason: 'allowed', policies: ['p1'] }],
    ['two policies that permit', [PERMIT, PERMIT], {}, { allowed: true, policies: ['p1', 'p2'] }],
    ['a policy that forbids', [PERMIT, FORBID], {}, { reason: 'forbidden_by_policy', policies: ['p2'] }],
    [
      'a policy that forbids where none is required',
      [FORBID],
      { ...none, requiredScopes: ['weather:read'] },
      { reason: 'forbidden_by_policy' },
    ],
    [
      'a policy for another action',
      ['permit(principal, action == Action::"weather:write", resource);'],
      {},
      { reason: 'no_policy_permits' },
    ],
    [
      'a permit that fails',
      [FAILING_PERMIT],
      {},
      { reason: 'no_policy_permits', errors: [{ policy: 'p1', message: expect.stringContaining('`missing`') }] },
    ],
    [
      'a permit that fails beside one that permits',
      [FAILING_PERMIT, PERMIT],
      {},
      { allowed: true, policies: ['p2'], errors: [expect.objectContaining({ policy: 'p1' })] },
    ],
    [
      'a forbid that fails',
      [PERMIT, FAILING_FORBID],
      {},
      { reason: 'engine_error', policies: [], errors: [expect.objectContaining({ policy: 'p2' })] },
    ],
    [
      'a forbid that fails where none is required',
      [FAILING_FORBID],
      { ...none, requiredScopes: ['weather:read'] },
      { reason: 'engine_error' },
    ],
    [
      'a forbid that fails beside one that forbids',
      [FORBID, FAILING_FORBID],
      {},
      { reason: 'forbidden_by_policy', policies: ['p1'], errors: [expect.objectContaining({ policy: 'p2' })] },
    ],
    [
      'a policy that does not compile',
      [PERMIT, BROKEN],
      {},
      { reason: 'engine_error', errors: [{ policy: 'p2', message: expect.stringContaining('line 1') }] },
    ],
    [
      'a policy that does not compile, where none is required',
      [BROKEN],
      { ...none, requiredScopes: ['weather:read'] },
      { reason: 'engine_error' },
    ],
    [
      'a type that is no name',
      [PERMIT],
      { resource: { type: 'City::"x" || true', id: '1' } },
      { reason: 'engine_error' },
    ],
    ['a type that is empty', [PERMIT], { resource: { type: '', id: '1' } }, { reason: 'engine_error' }],
  ])('%s', (_, policies, request, outcome) => {
    const decision = decideWith(policies, request);
    expect(decision).toMatchObject({ allowed: false, policyVersion: 7, ...outcome });
    expect(decision.summary).toMatch(/^[A-Z].*\.$/);
  });

  it('denies when the engine itself fails, and does not throw', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const other: Record<string, unknown> = {};
    other.self = other;
    const decision = decideWith('permit(principal, action, resource) when { context.a == context.b };', {
      context: { a: cyclic, b: other },
    });
    expect(decision).toMatchObject({ allowed: false, reason: 'engine_error' });
    expect(decision.errors[0]?.policy).toBe('(engine)');
  });

  it('never allows what a failing forbid might forbid (property)', () => {
    const policy = fc.constantFrom(PERMIT, FAILING_PERMIT, FAILING_FORBID, BROKEN);
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 4 }), (policies) => {
        const doubtful = policies.includes(FAILING_FORBID) || policies.includes(BROKEN);
        expect(decideWith(policies).allowed).toBe(!doubtful && policies.includes(PERMIT));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the summary says what is missing and nothing else', () => {
  it.each<[Partial<DecisionRequest>, string]>([
    [
      { requiredScopes: ['weather:write'] },
      'This call needs the scope `weather:write`, which the credential does not have.',
    ],
    [
      { requiredScopes: ['a', 'weather:read', 'b'] },
      'This call needs the scopes `a` and `b`, which the credential does not have.',
    ],
    [{ requiredRoles: ['admin'] }, 'This call needs the role `admin`, which the caller does not have.'],
    [
      { requiredRoles: ['a', 'b', 'c'] },
      'This call needs one of the roles `a`, `b` or `c`, and the caller has none of them.',
    ],
    [{}, 'A policy forbids this call.'],
  ])('%o', (request, summary) => {
    expect(decideWith(FORBID, request).summary).toBe(summary);
  });
});

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
