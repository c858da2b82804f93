import { describe, expect, it } from 'vitest';
import type { DecisionRequest } from '#base';
import { compilePolicies } from '../policy-set.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { explainDecision } from './explain-decision.ts';

const REQUEST: DecisionRequest = {
  principal: {
    type: 'user',
    id: 'usr_1',
    tenantId: 'ten_1',
    organizationId: 'org_1',
    roles: ['reader'],
    scopes: [],
    credential: { type: 'session', id: 'ses_1' },
  },
  action: 'order:read',
  resource: { type: 'Order', id: '7', attributes: { organization: 'org_2', tags: ['a', 1.5], total: 12 } },
  context: { method: 'POST', ip: '10.0.0.1' },
  policyRequired: true,
};

const explain = (cedar: string) => {
  const [policy] = explainDecision(compilePolicies([{ name: 'p', cedar }], 1), REQUEST).policies;
  return policy;
};

describe('the clause that failed, and what it saw', () => {
  it.each<[cedar: string, clause: Record<string, unknown>]>([
    [
      'permit(principal in Role::"admin", action, resource);',
      {
        part: 'principal',
        text: 'principal in Role::"admin"',
        values: { principal: 'User::"usr_1" in Role::"reader", Organization::"org_1"' },
      },
    ],
    [
      'permit(principal, action, resource is Invoice);',
      { part: 'resource', text: 'resource is Invoice', values: { resource: 'Order::"7"' } },
    ],
    [
      'permit(principal, action, resource) when { context.method == "POST" && principal.organization == resource.organization && false };',
      {
        part: 'when',
        text: 'principal.organization == resource.organization',
        values: { 'principal.organization': '"org_1"', 'resource.organization': '"org_2"' },
      },
    ],
    [
      'permit(principal, action, resource) when { resource.total > 9223372036854775807 };',
      { part: 'when', text: 'resource.total > 9223372036854775807', values: { 'resource.total': '12' } },
    ],
    [
      'permit(principal, action, resource) when { resource.tags.contains("b") };',
      { part: 'when', text: 'resource.tags.contains("b")', values: { 'resource.tags': '["a", not a Cedar value]' } },
    ],
    [
      'permit(principal, action, resource) unless { ip(context.ip).isInRange(ip("10.0.0.0/8")) };',
      { part: 'unless', text: 'ip(context.ip).isInRange(ip("10.0.0.0/8"))', values: { 'context.ip': '"10.0.0.1"' } },
    ],
    [
      'permit(principal, action, resource) when { resource.owner == principal };',
      {
        part: 'when',
        values: { 'resource.owner': 'absent' },
        failure: '`Order::"7"` does not have the attribute `owner`',
      },
    ],
  ])('%s', (cedar, clause) => {
    expect(explain(cedar)?.clause).toMatchObject(clause);
  });
});

it('puts the nearest policies first, and leaves out those for other actions', () => {
  const set = compilePolicies(
    [
      { name: 'far', cedar: 'permit(principal is Client, action, resource);' },
      { name: 'other', cedar: 'permit(principal, action == Action::"order:write", resource);' },
      { name: 'near', cedar: 'permit(principal, action, resource) when { context.method == "GET" };' },
      { name: 'block', cedar: 'forbid(principal, action, resource);' },
    ],
    1,
  );
  const { decision, policies } = explainDecision(set, REQUEST);
  expect(decision.reason).toBe('forbidden_by_policy');
  expect(policies.map(({ policy, outcome }) => [policy, outcome])).toEqual([
    ['block', 'satisfied'],
    ['near', 'not_satisfied'],
    ['far', 'not_satisfied'],
  ]);
});

it('explains at most ten', () => {
  const sources = Array.from({ length: 30 }, (_, index) => ({
    name: `p${index}`,
    cedar: 'permit(principal is Client, action, resource);',
  }));
  expect(explainDecision(compilePolicies(sources, 1), REQUEST).policies).toHaveLength(10);
});

describe('relationships', () => {
  it('says which tuples make one hold, and nothing where it does not', async () => {
    const model = `
model
  schema 1.1
type user
type team
  relations
    define member: [user]
type order
  relations
    define clerk: [team#member]
    define owner: [user]
`;
    const tuples = [tuple('order:7#clerk@team:east#member'), tuple('team:east#member@user:usr_1')];
    const scope = await openDslScope(model, tuples);
    const place = (type: string) => ({ source: 'orders', type, scope: () => scope });
    const places = new Map([
      ['User', place('user')],
      ['Order', place('order')],
    ]);
    const cedar = `permit(principal, action, resource) when {
      resource.relations.owner.contains(principal) || resource.relations.clerk.contains(principal)
    };`;
    const { decision, relationships } = explainDecision(compilePolicies([{ name: 'p', cedar }], 1), REQUEST, places);
    expect(decision.allowed).toBe(true);
    expect(relationships).toMatchObject([
      { relation: 'owner', holds: false },
      { relation: 'clerk', holds: true, path: tuples },
    ]);
    expect(relationships[0]).not.toHaveProperty('path');
  });
});
