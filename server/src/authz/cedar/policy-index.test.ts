import { describe, expect, it } from 'vitest';
import { type Case, environmentOf } from './both-engines.fixture.ts';
import { compilePolicySet } from './compile-policy-set.ts';
import { parsePolicies } from './parse-policies.ts';

const REQUEST: Omit<Case, 'policies'> = {
  principal: { type: 'User', id: 'u7' },
  action: { type: 'Action', id: 'read' },
  resource: { type: 'Doc', id: 'd7' },
  context: {},
  entities: [
    { uid: { type: 'User', id: 'u7' }, attrs: {}, tags: {}, parents: [{ type: 'Role', id: 'r7' }] },
    { uid: { type: 'Action', id: 'read' }, attrs: {}, tags: {}, parents: [{ type: 'Action', id: 'all' }] },
  ],
};

function setOf(count: number, text: (index: number) => string) {
  const statements = Array.from({ length: count }, (_, index) => {
    const parsed = parsePolicies(text(index));
    if (!parsed.ok || parsed.statements[0] === undefined) throw new Error('does not parse');
    return { name: `p${index}`, statement: parsed.statements[0] };
  });
  return compilePolicySet(statements);
}

describe('only policies that may match are run', () => {
  it.each<[scope: string, text: (index: number) => string]>([
    ['a principal', (n) => `permit(principal == User::"u${n}", action, resource);`],
    ['a role of the principal', (n) => `permit(principal in Role::"r${n}", action, resource);`],
    ['a type and role', (n) => `permit(principal is User in Role::"r${n}", action, resource);`],
    ['the principal itself by `in`', (n) => `permit(principal in User::"u${n}", action, resource);`],
    ['a resource', (n) => `permit(principal, action, resource == Doc::"d${n}");`],
    ['an action', (n) => `permit(principal, action == Action::"${n === 7 ? 'read' : n}", resource);`],
    ['an action group', (n) => `permit(principal, action in Action::"${n === 7 ? 'all' : n}", resource);`],
    [
      'a list of actions',
      (n) =>
        `permit(principal, action in [Action::"${n === 7 ? 'all' : n}", Action::"${n === 7 ? 'read' : 'x'}"], resource);`,
    ],
    ['a type', (n) => `permit(principal is ${n === 7 ? 'User' : `T${n}`}, action, resource);`],
    ['the rarer of two', (n) => `permit(principal in Role::"r7", action == Action::"read", resource == Doc::"d${n}");`],
  ])('filed under %s', (_, text) => {
    const set = setOf(200, text);
    const environment = environmentOf(REQUEST);
    expect(set.candidates(environment).map(({ name }) => name)).toEqual(['p7']);
    expect(set.evaluate(environment).permits.map(({ name }) => name)).toEqual(['p7']);
  });

  it('tells outcomes in the order of the set, each once', () => {
    const scopes = ['resource == Doc::"d7"', 'resource', 'resource is Doc'];
    const actions = ['action in [Action::"all", Action::"read"]', 'action'];
    const set = setOf(6, (n) => `permit(principal, ${actions[n % 2]}, ${scopes[n % 3]});`);
    const { permits } = set.evaluate(environmentOf(REQUEST));
    expect(permits.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
  });
});
