import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DecisionRequest } from '#base';
import { cpuMilliseconds } from '#testing';
import { REQUEST, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import { type FactPlace, tenantFacts } from '../facts/tenant-facts.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { applyChanges, describeChange, tuplesOf } from './change.ts';
import { suggestChanges } from './suggest-changes.ts';

const MODEL = `model
  schema 1.1
type user
type city
  relations
    define parent: [city]
    define banned: [user]
    define owner: [user]
    define editor: [user] or owner
    define viewer: (editor or viewer from parent) but not banned`;

let places: ReadonlyMap<string, FactPlace>;
beforeAll(async () => {
  const scope = await openDslScope(MODEL, [
    tuple('city:berne#banned@user:usr_alice'),
    tuple('city:rome#editor@user:usr_alice'),
  ]);
  const types = { City: 'city', User: 'user' };
  places = new Map(Object.entries(types).map(([name, type]) => [name, { source: 'cities', type, scope: () => scope }]));
});

function suggest(policies: string[], request: Partial<DecisionRequest> = {}): string[] {
  const found = suggestChanges({ set: setOf(...policies), request: { ...REQUEST, ...request }, places });
  return found.map((changes) => changes.map(describeChange).join(' and '));
}

const OF_A_TEST_KEY = {
  ...REQUEST.principal,
  credential: { type: 'api_key' as const, id: 'key_1', environment: 'test' as const },
};
const permit = (clause: string) => `permit(principal, action, resource) when { ${clause} };`;
const forbid = (clause: string) => `forbid(principal, action, resource) when { ${clause} };`;

describe('the smallest changes', () => {
  it.each<[name: string, policies: string[], changes: string[], request?: Partial<DecisionRequest>]>([
    ['a role', ['permit(principal in Role::"admin", action, resource);'], ['give the principal the role admin']],
    ['a role, by attribute', [permit('principal.roles.contains("admin")')], ['give the principal the role admin']],
    ['a group', ['permit(principal in Group::"grp_1", action, resource);'], ['give the principal the group grp_1']],
    [
      'an organization',
      ['permit(principal in Organization::"org_x", action, resource);'],
      ['let the principal act inside the organization org_x'],
    ],
    [
      'a scope that the route wants',
      [permit('true')],
      ['give the principal the scope weather:write'],
      { requiredScopes: ['weather:read', 'weather:write'] },
    ],
    [
      'two scopes',
      [permit('true')],
      ['give the principal the scope a and give the principal the scope b'],
      { requiredScopes: ['a', 'b'] },
    ],
    [
      'one of two roles',
      [permit('true')],
      ['give the principal the role x', 'give the principal the role y'],
      { requiredRoles: ['x', 'y'] },
    ],
    ['a scope in a policy', [permit('principal.scopes.contains("w")')], ['give the principal the scope w']],
    [
      'a relationship',
      [permit('resource.relations.owner.contains(principal)')],
      ['make user:usr_alice owner of city:zurich'],
    ],
    [
      'a relationship that follows from others',
      [permit('resource.relations.viewer.contains(principal)')],
      ['make user:usr_alice owner of city:zurich', 'make user:usr_alice editor of city:zurich'],
    ],
    ['a step-up', [permit('principal has acr && principal.acr == "phr"')], ['sign in again, so that acr is phr']],
    ['another factor', [permit('principal.amr.contains("hwk")')], ['sign in with hwk']],
    [
      'a live key',
      [permit('principal has environment && principal.environment == "live"')],
      ['let principal.environment be "live"'],
      { principal: OF_A_TEST_KEY },
    ],
    [
      'another than a test key',
      [permit('true'), forbid('principal has environment && principal.environment == "test"')],
      ['let there be no principal.environment', 'let principal.environment be anything but "test"'],
      { principal: OF_A_TEST_KEY },
    ],
    ['an attribute', [permit('resource.owner == "usr_bob"')], ['let resource.owner be "usr_bob"']],
    ['a number', [permit('context.amount < 100')], ['let context.amount be 99'], { context: { amount: 500 } }],
    ['an attribute that is not there', [permit('resource has open && resource.open')], ['let resource.open be true']],
    ['one of a list', [permit('["a", "b"].contains(context.kind)')], ['let context.kind be "a"']],
    [
      'what a forbid saw',
      [permit('true'), forbid('context.path like "/weather*" && resource.locked')],
      ['let resource.locked be false'],
      { resource: { type: 'City', id: 'zurich', attributes: { locked: true } } },
    ],
    [
      'a role too many',
      [permit('true'), 'forbid(principal in Role::"editor", action, resource);'],
      ['take the role editor from the principal'],
    ],
    [
      'an unless',
      ['permit(principal, action, resource) unless { context.method == "GET" };'],
      ['let context.method be anything but "GET"'],
    ],
    [
      'two things',
      [permit('principal in Role::"admin" && resource.owner == "usr_bob"')],
      ['give the principal the role admin and let resource.owner be "usr_bob"'],
    ],
    [
      'the nearer way',
      [permit('principal in Role::"a" && principal in Role::"b"'), permit('principal in Role::"c"')],
      ['give the principal the role c'],
    ],
    ['nothing: it is somebody else', ['permit(principal == User::"usr_bob", action, resource);'], []],
    ['nothing: it is something else', ['permit(principal, action == Action::"other", resource);'], []],
    [
      'nothing: a policy that can not be evaluated keeps it shut',
      [permit('true'), forbid('context.nothing.at.all like "x"')],
      [],
    ],
    [
      'nothing: who is banned stays out',
      [permit('resource.relations.viewer.contains(principal)')],
      [],
      { resource: { type: 'City', id: 'berne' } },
    ],
    [
      'nothing that was allowed already',
      [permit('resource.relations.viewer.contains(principal)')],
      [],
      { resource: { type: 'City', id: 'rome' } },
    ],
  ])('%s', (_, policies, changes, request) => {
    expect(suggest(policies, request).sort()).toEqual([...changes].sort());
  });

  it('each of them, made in a copy, turns a denial into an allow, and without any part of it does not', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const atom = fc.oneof(
      names.map((name) => `principal in Role::"${name}"`),
      names.map((name) => `principal.scopes.contains("${name}")`),
      fc.tuple(names, names).map(([name, value]) => `resource.${name} == "${value}"`),
      fc
        .tuple(names, fc.constantFrom('<', '<=', '>', '>='), fc.integer({ min: -3, max: 3 }))
        .map(([name, op, n]) => `context.${name} ${op} (${n})`),
      names.map((name) => `context has ${name}`),
      names.map((name) => `resource.flag_${name}`),
      fc
        .constantFrom('owner', 'editor', 'viewer', 'banned')
        .map((relation) => `resource.relations.${relation}.contains(principal)`),
      fc.constantFrom('pwd', 'hwk').map((method) => `principal.amr.contains("${method}")`),
      names.map((name) => `["a", "b"].contains(resource.${name})`),
    );
    const clause = fc.letrec<{ clause: string }>((tie) => ({
      clause: fc.oneof(
        { maxDepth: 2 },
        { weight: 4, arbitrary: atom },
        fc.tuple(tie('clause'), tie('clause')).map(([x, y]) => `(${x} && ${y})`),
        fc.tuple(tie('clause'), tie('clause')).map(([x, y]) => `(${x} || ${y})`),
        tie('clause').map((x) => `!(${x})`),
      ),
    })).clause;
    const policy = fc
      .tuple(fc.constantFrom('permit', 'permit', 'forbid'), fc.constantFrom('when', 'unless'), clause)
      .map(([effect, kind, body]) => `${effect}(principal, action, resource) ${kind} { ${body} };`);
    const request = fc.record({
      attributes: fc.dictionary(names, fc.constantFrom('a', 'b'), { maxKeys: 2 }),
      context: fc.dictionary(names, fc.integer({ min: -3, max: 3 }), { maxKeys: 2 }),
      id: fc.constantFrom('zurich', 'berne', 'rome'),
    });
    const runs = Number(process.env.GATEHOUSE_EXPLAIN_CASES ?? 200);
    let flipped = 0;
    fc.assert(
      fc.property(
        fc.array(policy, { minLength: 1, maxLength: 4 }),
        request,
        (policies, { attributes, context, id }) => {
          const set = setOf(...policies);
          const asked: DecisionRequest = { ...REQUEST, resource: { type: 'City', id, attributes }, context };
          const decideWith = (changes: Parameters<typeof applyChanges>[1]) =>
            decide(set, applyChanges(asked, changes), tenantFacts(places, tuplesOf(changes))).allowed;
          const suggestions = suggestChanges({ set, request: asked, places });
          if (suggestions.length > 0) expect(decideWith([])).toBe(false);
          for (const changes of suggestions) {
            const message = JSON.stringify({ policies, asked, changes: changes.map(describeChange) });
            expect(decideWith(changes), message).toBe(true);
            for (const [left] of changes.length > 1 ? changes.entries() : []) {
              expect(decideWith(changes.filter((_, index) => index !== left)), message).toBe(false);
            }
            flipped += 1;
          }
        },
      ),
      { numRuns: runs },
    );
    // Enough of the random cases are denials that something can be suggested for: about half.
    expect(flipped).toBeGreaterThan(runs / 5);
  });

  it('looking for them is bounded', async () => {
    const policies = Array.from({ length: 60 }, (_, index) =>
      permit(Array.from({ length: 6 }, (__, n) => `principal.roles.contains("r${index}_${n}")`).join(' && ')),
    );
    expect(await cpuMilliseconds(() => expect(suggest(policies)).toEqual([]))).toBeLessThan(2_000);
  });
});
