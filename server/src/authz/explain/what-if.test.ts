import { beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '#testing';
import { setOf } from '../decide.fixture.ts';
import type { KnownPrincipal } from '../decisions/principal-directory.ts';
import type { FactPlace } from '../facts/tenant-facts.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { changeForm, readChange, writeChange } from './change-form.ts';
import { whatIf } from './what-if.ts';

const MODEL = `model
  schema 1.1
type user
type city
  relations
    define editor: [user]`;
const tenantId = 'ten_1';
const KNOWN: KnownPrincipal[] = [
  { id: 'ann', roles: ['reader'], organizationId: 'org_1', active: true },
  { id: 'gone', roles: ['reader'], active: false },
];

let places: ReadonlyMap<string, FactPlace>;
beforeAll(async () => {
  const scope = await openDslScope(MODEL, [tuple('city:rome#editor@user:ann')]);
  const types = { City: 'city', User: 'user' };
  places = new Map(Object.entries(types).map(([name, type]) => [name, { source: 'cities', type, scope: () => scope }]));
});

function ask(cedar: string, more: { id?: string; city?: string; context?: object; changes?: unknown[] } = {}) {
  const { id = 'ann', city = 'bern', context = {}, changes = [] } = more;
  const set = setOf(cedar);
  const deps = {
    clock: fixedClock(),
    authorizer: { policies: () => set },
    facts: { places: () => places },
    principals: {
      find: async ({ ids }: { ids: readonly string[] }) =>
        new Map(KNOWN.filter((each) => ids.includes(each.id)).map((each) => [each.id, each])),
    },
  };
  const of = {
    subject: { type: 'user', id, properties: { roles: ['claimed'] } },
    action: { name: 'edit' },
    resource: { type: 'City', id: city },
    context: { ...context },
  };
  return whatIf(deps, { tenantId, of, changes: changes.map((each) => readChange(changeForm.parse(each))) });
}

const when = (clause: string) => `permit(principal, action, resource) when { ${clause} };`;

describe('a question', () => {
  it.each([
    ['ann', ['reader'], true, true, 'allowed'],
    ['gone', ['reader'], true, false, 'principal_inactive'],
    ['nobody', ['claimed'], false, true, 'no_policy_permits'],
  ])('about %s', async (id, roles, known, active, reason) => {
    const found = await ask('permit(principal in Role::"reader", action, resource);', { id });
    expect(found).toMatchObject({ known, active, decision: { reason }, request: { principal: { roles } } });
  });

  it('about somebody who was shut out suggests nothing that would not help', async () => {
    const found = await ask('permit(principal in Role::"admin", action, resource);', { id: 'gone' });
    expect(found).toMatchObject({ decision: { allowed: false }, suggestions: [] });
  });
});

describe('what is suggested, sent back over the wire, is an allow', () => {
  it.each<[string, object?]>([
    ['permit(principal in Role::"admin", action, resource);'],
    ['permit(principal in Group::"g", action, resource) when { principal.acr == "aal2" };'],
    [when('resource.relations.editor.contains(principal)')],
    [when('resource.relations.editor.contains(principal) && context.mfa')],
    [when('resource.owner == User::"bob"')],
    [when('resource.size > 9223372036854775806')],
    [when('context.ip != "10.0.0.1"'), { ip: '10.0.0.1' }],
    [when('context.tags.contains("a") && !context.tags.contains("b")'), { tags: ['b'] }],
    [
      'permit(principal, action, resource); forbid(principal, action, resource) when { context has blocked };',
      { blocked: 1 },
    ],
  ])('%s', async (cedar, context = {}) => {
    const before = await ask(cedar, { context });
    expect(before.decision.allowed).toBe(false);
    expect(before.suggestions.length).toBeGreaterThan(0);
    for (const suggestion of before.suggestions) {
      const changes = JSON.parse(JSON.stringify(suggestion.map(writeChange)));
      const after = await ask(cedar, { context, changes });
      expect({ changes, decision: after.decision }).toMatchObject({ decision: { allowed: true } });
    }
  });

  it('and half of it leaves the other half to be suggested', async () => {
    const cedar = when('resource.relations.editor.contains(principal) && context.mfa');
    const change = { kind: 'relationship', tuple: { object: 'city:bern', relation: 'editor', user: 'user:ann' } };
    const found = await ask(cedar, { changes: [change] });
    expect(found.relationships).toEqual([expect.objectContaining({ relation: 'editor', holds: true })]);
    expect(found.changes).toEqual([['let context.mfa be true']]);
  });
});

describe('changes that are none', () => {
  it.each<[unknown]>([
    [{}],
    [{ kind: 'role' }],
    [{ kind: 'role', name: 'a', remove: false }],
    [{ kind: 'password', name: 'a' }],
    [{ kind: 'organization', id: '' }],
    [{ kind: 'step_up', member: 'sub', value: 'x' }],
    [{ kind: 'relationship', tuple: { object: 'a:b', relation: 'c' } }],
    [{ kind: 'attribute', of: 'principal', path: [], to: { absent: true } }],
    [{ kind: 'attribute', of: 'world', path: ['a'], to: { absent: true } }],
    [{ kind: 'attribute', of: 'context', path: ['a'], to: { value: 1.5 } }],
    [{ kind: 'attribute', of: 'context', path: ['a'], to: { value: { long: '1e9' } } }],
    [{ kind: 'attribute', of: 'context', path: ['a'], to: { value: 1, added: 2 } }],
  ])('%j', (form) => {
    expect(changeForm.safeParse(form).success).toBe(false);
  });
});
