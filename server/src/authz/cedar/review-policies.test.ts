import { describe, expect, it } from 'vitest';
import { readSchemaNames } from './read-schema.ts';
import { reviewPolicies } from './review-policies.ts';

const SCHEMA = `entity User in [Role] { dept?: String }; entity Role;
entity Doc { owner: User, tags: Set<String>, at: { city: String } };
namespace Shop { entity Order; action buy appliesTo { principal: [User], resource: [Order] }; }
action read appliesTo { principal: [User], resource: [Doc], context: { ip: ipaddr, mfa?: Bool } };`;

/** What is marked in the text, and what is said about it. */
function review(text: string, schema?: string): [marked: string | undefined, message: string, severity: string][] {
  return reviewPolicies(text, schema).map(({ from, to, message, severity }) => [
    from === undefined ? undefined : text.slice(from, to),
    message,
    severity,
  ]);
}

describe('a review', () => {
  it.each<[string, string | undefined, [string | undefined, RegExp, string][]]>([
    ['permit(principal, action, resource);', undefined, []],
    ['permit(principal, action, resource);', SCHEMA, []],
    ['permit(principal, action, resource', undefined, [['', /unexpected end/, 'error']]],
    ['permit(principal,\n action, rsource);', undefined, [['rsource', /rsource/, 'error']]],
    ['permt(principal, action, resource);', undefined, [['permt', /permt/, 'error']]],
    ['', undefined, [[undefined, /no policy/, 'error']]],
    [
      '// ö, which is two bytes\npermit(principal, action == Action::"read", resource is Doc)\n  when { resource.ownr == principal };',
      SCHEMA,
      [['resource.ownr', /`ownr`.* not found.*did you mean `owner`/, 'error']],
    ],
    [
      'permit(principal, action == Action::"read", resource);\npermit(principal == User::"ü", action == Action::"rad", resource);',
      SCHEMA,
      [['Action::"rad"', /unrecognized action.*did you mean/, 'error']],
    ],
    [
      'permit(principal, action == Action::"read", resource is Role);',
      SCHEMA,
      [['permit(principal, action == Action::"read", resource is Role);', /impossible|applicable/, 'warning']],
    ],
  ])('%j', (text, schema, expected) => {
    const found = review(text, schema);
    for (const [index, [marked, message, severity]] of expected.entries()) {
      expect(found[index]).toEqual([marked, expect.stringMatching(message), severity]);
    }
    if (expected.length === 0) expect(found).toEqual([]);
  });

  it('of what only the operators of the engine would notice ends', () => {
    expect(review('('.repeat(500), SCHEMA)[0]?.[1]).toMatch(/nested/);
    expect(reviewPolicies('permit(principal, action == Action::"x", resource);'.repeat(400), SCHEMA)).toHaveLength(50);
  });
});

describe('the names of a schema', () => {
  it('are told with their types', () => {
    const names = readSchemaNames(SCHEMA);
    expect(names?.entityTypes.find(({ name }) => name === 'Doc')?.attributes).toEqual([
      { name: 'at', type: '{…}', required: true },
      { name: 'owner', type: 'User', required: true },
      { name: 'tags', type: 'Set<String>', required: true },
    ]);
    expect(names?.entityTypes.map(({ name }) => name)).toContain('Shop::Order');
    expect(names?.actions.find(({ name }) => name === 'read')).toEqual({
      name: 'read',
      principals: ['User'],
      resources: ['Doc'],
      context: [
        { name: 'ip', type: 'ipaddr', required: true },
        { name: 'mfa', type: 'Bool', required: false },
      ],
    });
  });

  it('are none where there is no schema', () => {
    expect(readSchemaNames('entity')).toBeUndefined();
  });
});
