import { describe, expect, it } from 'vitest';
import { mentionsOf } from './read-mentions.ts';

const read = (cedar: string) => mentionsOf({ name: 'orders', cedar });
const [nothing] = read('permit (principal, action, resource);');

describe('what a statement mentions', () => {
  it('is nothing where it is about everything', () => {
    expect(nothing).toEqual({
      statement: 'orders',
      effect: 'permit',
      actions: undefined,
      resource: {},
      parameters: [],
      roles: [],
      scopes: [],
      namedActions: [],
      routes: [],
    });
  });

  it.each<[string, string, object]>([
    ['an action', 'action == Action::"a"', { actions: ['a'], namedActions: ['a'] }],
    ['an action that one is in', 'action in Action::"a"', { actions: ['a'], namedActions: ['a'] }],
    ['several', 'action in [Action::"a", Action::"b"]', { actions: ['a', 'b'], namedActions: ['a', 'b'] }],
  ])('%s', (_, action, expected) => {
    expect(read(`permit (principal, ${action}, resource);`)).toEqual([{ ...nothing, ...expected }]);
  });

  it.each<[string, string, object]>([
    ['a route', 'resource == Route::"r"', { resource: { type: 'Route', id: 'r' }, routes: ['r'] }],
    ['a type', 'resource is Order', { resource: { type: 'Order' } }],
    ['a type within', 'resource is Order in Shop::"s"', { resource: { type: 'Shop', id: 's' } }],
    ['a thing that is called Role', 'resource == Role::"x"', { resource: { type: 'Role', id: 'x' } }],
  ])('of resources: %s', (_, resource, expected) => {
    expect(read(`permit (principal, action, ${resource});`)).toEqual([{ ...nothing, ...expected }]);
  });

  it.each<[string, string, object]>([
    ['a parameter', 'context.parameters.id == "1"', { parameters: ['id'] }],
    ['one in brackets', 'context["parameters"]["order-id"] == "1"', { parameters: ['order-id'] }],
    ['one that is asked for', 'context.parameters has id', { parameters: ['id'] }],
    ['what is no parameter', 'context.other.id == "1" && resource.parameters.id == "2"', {}],
    ['a role by its entity', 'principal in Role::"a"', { roles: ['a'] }],
    ['several', 'principal in [Role::"a", Role::"b"]', { roles: ['a', 'b'] }],
    ['a role by its name', 'principal.roles.contains("a")', { roles: ['a'] }],
    ['any of several', 'principal.roles.containsAny(["a", "b"])', { roles: ['a', 'b'] }],
    ['scopes', 'principal.scopes.containsAll(["a:b"])', { scopes: ['a:b'] }],
    ['roles of something else', 'resource.roles.contains("a")', {}],
    ['a name that is not written down', 'principal.roles.contains(resource.role)', {}],
    ['a route', 'resource == Route::"r"', { routes: ['r'] }],
  ])('in conditions: %s', (_, condition, expected) => {
    expect(read(`permit (principal, action, resource) when { ${condition} };`)).toEqual([{ ...nothing, ...expected }]);
  });

  it('each statement for itself, with the links of templates', () => {
    const found = mentionsOf({
      name: 'shop',
      cedar:
        '@id("one") permit (principal in ?principal, action, resource); @id("two") forbid (principal, action == Action::"x", resource);',
      links: [{ id: 'staff', template: 'one', principal: { type: 'Role', id: 'staff' } }],
    });
    expect(found).toMatchObject([
      { effect: 'forbid', actions: ['x'], roles: [] },
      { effect: 'permit', roles: ['staff'] },
    ]);
  });

  it('nothing, where it can not be read', () => {
    expect(read('permit (principal')).toEqual([]);
  });
});
