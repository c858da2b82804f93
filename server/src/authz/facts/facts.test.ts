import { beforeAll, describe, expect, it } from 'vitest';
import type { Decision, DecisionRequest } from '#base';
import { ALICE, REQUEST, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import type { QueryScope } from '../relations/evaluate/query.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { factSourceKind } from './fact-source-kind.ts';
import type { TenantFacts } from './request-facts.ts';
import { tenantFacts } from './tenant-facts.ts';

const MODEL = `
model
  schema 1.1
type user
type group
  relations
    define member: [user]
type document
  relations
    define parent: [document]
    define banned: [user]
    define owner: [user with office]
    define editor: [user, group#member]
    define viewer: [user:*] or editor or viewer from parent
condition office(ip: string) {
  ip.startsWith("192.0.2.")
}
`;
const TUPLES = [
  tuple('document:1#editor@group:staff#member'),
  tuple('group:staff#member@user:usr_alice'),
  tuple('document:2#parent@document:1'),
  tuple('document:3#viewer@user:*'),
  tuple('document:4#banned@user:usr_bob'),
  { ...tuple('document:5#owner@user:usr_alice'), condition: { name: 'office' } },
];

let scope: QueryScope;
let facts: TenantFacts;
beforeAll(async () => {
  scope = await openDslScope(MODEL, TUPLES);
  facts = factsWith(() => scope);
});

function factsWith(current: () => QueryScope | undefined): TenantFacts {
  const types = { Document: 'document', User: 'user', Group: 'group', Ghost: 'ghost' };
  return tenantFacts(
    new Map(Object.entries(types).map(([name, type]) => [name, { source: 'docs', type, scope: current }])),
  );
}

type Ask = Partial<DecisionRequest> & { id?: string; facts?: TenantFacts; user?: string };

function ask(policies: string | string[], { id = '1', user, facts: given = facts, ...request }: Ask = {}): Decision {
  const principal = user === undefined ? ALICE : { ...ALICE, id: user };
  return decide(
    setOf(...[policies].flat()),
    { ...REQUEST, principal, resource: { type: 'Document', id }, ...request },
    given,
  );
}

const permit = (clause: string) => `permit(principal, action, resource) when { ${clause} };`;
const EDITOR = permit('resource.relations.editor.contains(principal)');
const VIEWER = permit('resource.relations.viewer.contains(principal)');
const NOT_BANNED = 'forbid(principal, action, resource) when { resource.relations.banned.contains(principal) };';

describe('relationships as facts', () => {
  it('are told of in the decision, with the answers; not where nothing was asked', () => {
    const object = { type: 'Document', id: '1' };
    const asked = { object, relation: 'editor', subject: { type: 'User', id: 'usr_bob' }, holds: false };
    expect(ask([EDITOR], { user: 'usr_bob' }).relationships).toEqual([asked]);
    expect(ask([permit('true')], {}).relationships).toBeUndefined();
  });

  it.each<[name: string, policies: string | string[], request: Ask, reason: Decision['reason']]>([
    ['through a group', EDITOR, {}, 'allowed'],
    ['not a member', EDITOR, { user: 'usr_bob' }, 'no_policy_permits'],
    ['an object nobody knows', EDITOR, { id: '99' }, 'no_policy_permits'],
    ['through a parent', VIEWER, { id: '2' }, 'allowed'],
    ['everybody', VIEWER, { id: '3', user: 'usr_stranger' }, 'allowed'],
    [
      'a condition that the context meets',
      permit('resource.relations.owner.contains(principal)'),
      { id: '5' },
      'allowed',
    ],
    [
      'a condition that the context does not meet',
      permit('resource.relations.owner.contains(principal)'),
      { id: '5', context: { ip: '198.51.100.1' } },
      'no_policy_permits',
    ],
    [
      'a condition without its context',
      permit('resource.relations.owner.contains(principal)'),
      { id: '5', context: {} },
      'no_policy_permits',
    ],
    [
      'an entity that the request does not name',
      permit('Group::"staff".relations.member.contains(principal)'),
      {},
      'allowed',
    ],
    ['a forbid that holds', [VIEWER, NOT_BANNED, permit('true')], { id: '4', user: 'usr_bob' }, 'forbidden_by_policy'],
    ['a forbid that does not', [VIEWER, NOT_BANNED], {}, 'allowed'],
    // Fail closed: what can't be answered gives nothing and keeps everything shut.
    ['a permit that can not be answered', EDITOR, { facts: factsWith(() => undefined) }, 'no_policy_permits'],
    [
      'a forbid that can not be answered',
      [permit('true'), NOT_BANNED],
      { facts: factsWith(() => undefined) },
      'engine_error',
    ],
    ['no such relation', permit('resource.relations.nope.contains(principal)'), {}, 'no_policy_permits'],
    [
      'a type the model does not have',
      permit('resource.relations.viewer.contains(principal)'),
      { resource: { type: 'Ghost', id: '1' } },
      'no_policy_permits',
    ],
    ['a type without relationships', EDITOR, { resource: { type: 'Order', id: '1' } }, 'no_policy_permits'],
    [
      'what the caller says of relations',
      EDITOR,
      { resource: { type: 'Order', id: '1', attributes: { relations: { editor: ['usr_alice'] } } } },
      'no_policy_permits',
    ],
    [
      'what the caller says beside the graph',
      permit('resource.relations has forged'),
      { resource: { type: 'Document', id: '1', attributes: { relations: { forged: [] } } } },
      'no_policy_permits',
    ],
    ['everybody is no principal', VIEWER, { id: '3', user: '*' }, 'no_policy_permits'],
    ['a set is no principal', EDITOR, { user: 'staff#member' }, 'no_policy_permits'],
    ['all documents at once', VIEWER, { id: '*' }, 'no_policy_permits'],
    ['an odd id behind a forbid', [permit('true'), NOT_BANNED], { id: 'a b' }, 'engine_error'],
    ['the whole set', permit('resource.relations.editor == [principal]'), {}, 'no_policy_permits'],
    ['is anybody in it', permit('resource.relations.editor.isEmpty()'), {}, 'no_policy_permits'],
    ['inside another set', permit('[resource.relations.editor].contains(1)'), {}, 'no_policy_permits'],
    ['as a principal to be in', permit('principal in resource.relations.editor'), {}, 'no_policy_permits'],
  ])('%s: %#', (_, policies, request, reason) => {
    expect(ask(policies, request).reason).toBe(reason);
  });

  it('tells what could not be answered', () => {
    const [error] = ask(EDITOR, { facts: factsWith(() => undefined) }).errors;
    expect(error).toEqual({ policy: 'p1', message: 'the relationships of docs are not in memory' });
    const [context] = ask(permit('resource.relations.owner.contains(principal)'), { id: '5', context: {} }).errors;
    expect(context?.message).toContain(`is User::"usr_alice" owner of Document::"5"?`);
  });

  it('asks only when a policy needs it, and each question once', () => {
    let questions = 0;
    const counting: TenantFacts = {
      relationsOf: (type) => facts.relationsOf(type),
      check(...question) {
        questions += 1;
        return facts.check(...question);
      },
    };
    ask(
      'permit(principal, action == Action::"other", resource) when { resource.relations.editor.contains(principal) };',
      {
        facts: counting,
      },
    );
    ask(permit('false && resource.relations.editor.contains(principal)'), { facts: counting });
    expect(questions).toBe(0);
    ask([EDITOR, EDITOR, EDITOR], { facts: counting });
    expect(questions).toBe(1);
  });

  it('bounds what one decision may ask', () => {
    const many = Array.from({ length: 90 }, (_, index) => `User::"u${index}"`).join(', ');
    const policies = [1, 2, 3].map((n) => permit(`Document::"${n}".relations.editor.containsAny([${many}])`));
    const { reason, errors } = ask(policies);
    expect(reason).toBe('no_policy_permits');
    expect(errors.map(({ message }) => message)).toEqual([
      'policies ask about more than 200 relationships in one decision',
    ]);
  });
});

describe('a fact source', () => {
  const STORE = '01J00000000000000000000000';
  it.each([
    [{ 'not a type': 'document' }, 'types.not a type'],
    [{ Document: 'docu#ment' }, 'types.Document'],
  ])('%j is refused', (types, path) => {
    expect(factSourceKind.check({ store: STORE, types }).map((field) => field.path)).toEqual([path]);
  });

  it('is the only one for a type', () => {
    const sources = ['a', 'b'].map((name) => ({ name, spec: { store: STORE, types: { Document: 'document' } } }));
    expect(factSourceKind.conflicts?.(sources)).toMatchObject([{ first: 'a', second: 'b', path: 'types.Document' }]);
  });
});
