import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, DecisionRequest } from '#base';
import { decideWith } from './decide.fixture.ts';

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
