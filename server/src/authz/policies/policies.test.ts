import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import {
  applyResources,
  deleteResource,
  kindRegistry,
  readPlainDocuments,
  resourcesMigrations,
  settledBy,
  systemCaller,
} from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { ALICE, decideWith, REQUEST, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import { decisionsMigrations } from '../decision-log/migrations.ts';
import { tenantFacts } from '../facts/tenant-facts.ts';
import { checkPolicy, policyKind } from '../policy-kind.ts';
import { compilePolicies } from '../policy-set.ts';
import { policySchemaKind } from './policy-schema-kind.ts';
import { policyTestKind } from './policy-test-kind.ts';
import { getPolicyVersion, listPolicyVersions } from './policy-versions.ts';
import { replayDecisions } from './replay-decisions.ts';
import { runPolicyTests } from './run-policy-tests.ts';
import { settlePolicies } from './settle-policies.ts';

const tenantId = DEFAULT_TENANT_ID;
const READERS = 'permit(principal in Role::"reader", action == Action::"read", resource is Doc);';

describe('a change of policies', () => {
  const kinds = kindRegistry(
    [policySchemaKind, policyTestKind, policyKind].map((kind) => settledBy(kind as typeof policyKind, settlePolicies)),
  );
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore([auditMigrations, resourcesMigrations, decisionsMigrations]);
  });
  afterAll(() => store?.close());
  const random = seededRandom('policies');
  const deps = () => ({ store, clock: fixedClock(), random });
  const apply = (documents: [kind: string, name: string, spec: object][], message?: string) =>
    applyResources(deps(), {
      caller: { ...systemCaller(tenantId, 'test'), message },
      documents: readPlainDocuments(
        kinds,
        documents.map(([kind, name, spec]) => ({ kind, name, spec })),
      ),
    });
  const test = (expectation: string, roles: string[]) => ({
    tests: [
      {
        name: `with ${roles.join()}`,
        principal: { id: 'a', roles },
        action: 'read',
        resource: { type: 'Doc', id: '1' },
        expect: expectation,
      },
    ],
  });
  const newest = async () => (await listPolicyVersions(deps(), { tenantId, limit: 1 }))[0];

  it('makes a version, with author and message; and none where nothing of them changed', async () => {
    await apply([['policy', 'readers', { cedar: READERS }]], 'first');
    expect(await newest()).toMatchObject({
      number: 1,
      message: 'first',
      author: { type: 'system', id: 'test' },
      policies: [{ name: 'readers' }],
    });
    await apply([['policy_test', 'readers', test('allow', ['reader'])]]);
    expect((await newest())?.number).toBe(1);
    await apply([['policy', 'writers', { cedar: 'permit(principal in Role::"writer", action, resource);' }]]);
    expect(await getPolicyVersion(deps(), { tenantId, number: 2 })).toMatchObject({
      policies: [{ name: 'readers' }, { name: 'writers' }],
    });
    await expect(getPolicyVersion(deps(), { tenantId, number: 9 })).rejects.toMatchObject({
      code: 'policy_version_not_found',
    });
    expect(await listPolicyVersions(deps(), { tenantId: 'ten_other', limit: 5 })).toEqual([]);
  });

  it.each<[string, [string, string, object][], string, RegExp]>([
    [
      'that fails a test',
      [['policy', 'readers', { cedar: READERS.replace('reader', 'nobody') }]],
      'policy_tests_failed',
      /readers: with reader: expected allow, got no_policy_permits/,
    ],
    [
      'of a test that the policies fail',
      [['policy_test', 'more', test('deny', ['writer'])]],
      'policy_tests_failed',
      /more: with writer/,
    ],
    [
      'to a schema that the policies do not fit',
      [
        [
          'policy_schema',
          'default',
          { cedar: 'entity User, Role; entity Doc; action other appliesTo { principal: [User], resource: [Doc] };' },
        ],
      ],
      'policies_do_not_fit',
      /readers: /,
    ],
    ['to a schema that is none', [['policy_schema', 'default', { cedar: 'entity' }]], 'invalid_input', /cedar/],
  ])('%s is undone', async (_, documents, code, told) => {
    const before = await newest();
    const failure = await Promise.resolve()
      .then(() => apply(documents))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(told) });
    if (code !== 'invalid_input') expect(failure).toMatchObject({ code });
    expect(await newest()).toEqual(before);
    const { rows } = await store.transaction({ tenantId }, (tx) =>
      sql<{ n: number }>`select count(*)::int as n from resources where tenant_id = ${tenantId}`.execute(tx),
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('is held to a schema once there is one, and deleting is a change too', async () => {
    const cedar = `entity User in [Role]; entity Role; entity Doc { relations: { editor: Set<User> } };
      action read, write appliesTo { principal: [User], resource: [Doc] };`;
    await apply([['policy_schema', 'default', { cedar }]]);
    const editors = (relation: string) =>
      `permit(principal is User, action == Action::"write", resource is Doc) when { resource.relations.${relation}.contains(principal) };`;
    await apply([['policy', 'editors', { cedar: editors('editor') }]]);
    await expect(apply([['policy', 'editors', { cedar: editors('edditor') }]])).rejects.toMatchObject({
      code: 'policies_do_not_fit',
    });
    // What only some principals have is optional in a schema; what is not asked for with `has` is refused.
    const withKeys = cedar.replace('User in [Role]', 'User in [Role] { environment?: String }');
    await apply([['policy_schema', 'default', { cedar: withKeys }]]);
    const keys = (clause: string) =>
      `permit(principal is User, action == Action::"write", resource is Doc) when { ${clause} };`;
    const asked = 'principal has environment && principal.environment == "live"';
    await apply([['policy', 'keys', { cedar: keys(asked) }]]);
    for (const wrong of ['principal.environment == "live"', 'principal has environment && principal.environment']) {
      await expect(apply([['policy', 'keys', { cedar: keys(wrong) }]])).rejects.toMatchObject({
        code: 'policies_do_not_fit',
      });
    }
    const gone = deleteResource(deps(), {
      caller: systemCaller(tenantId, 'test'),
      kind: kinds.get('policy'),
      name: 'readers',
    });
    await expect(gone).rejects.toMatchObject({ code: 'policy_tests_failed' });
  });
});

describe('tests of policies', () => {
  const spec = policyTestKind.schema.parse({
    tests: [
      {
        name: 'a',
        principal: { id: 'x', roles: ['reader'] },
        action: 'read',
        resource: { type: 'Doc', id: '1' },
        expect: 'allow',
        policies: ['p1'],
      },
      { name: 'b', principal: { id: 'x' }, action: 'read', resource: { type: 'Doc', id: '1' }, expect: 'allow' },
      {
        name: 'c',
        principal: { id: 'x' },
        action: 'edit',
        resource: { type: 'Doc', id: '1' },
        expect: 'allow',
        relationships: [{ object: { type: 'Doc', id: '1' }, relation: 'editor', subject: { type: 'User', id: 'x' } }],
      },
      {
        name: 'd',
        principal: { id: 'x', roles: ['reader'] },
        action: 'read',
        resource: { type: 'Doc', id: '1' },
        expect: 'allow',
        policies: ['p2'],
      },
    ],
  });
  it.each([
    ['live', 'allow'],
    ['test', 'deny'],
    [undefined, 'deny'],
  ] as const)('of a key of the environment %s', (environment, expected) => {
    const principal = { type: 'api_key', id: 'x', ...(environment && { environment }) };
    const asked = { name: 'a', principal, action: 'read', resource: { type: 'Doc', id: '1' }, expect: expected };
    const { tests } = policyTestKind.schema.parse({ tests: [asked] });
    const cedar =
      'permit(principal, action, resource) when { principal has environment && principal.environment == "live" };';
    expect(runPolicyTests(setOf(cedar), [{ name: 't', tests }]).failures).toEqual([]);
  });

  it('tell what failed, and what no test looked at', () => {
    const set = setOf(
      READERS,
      'permit(principal, action == Action::"edit", resource) when { resource.relations.editor.contains(principal) };',
      'forbid(principal, action, resource) when { context has blocked };',
    );
    const report = runPolicyTests(set, [{ name: 't', tests: spec.tests }]);
    expect(report.failures.map(({ test }) => test)).toEqual(['t: b', 't: d']);
    expect(report.coverage).toMatchObject({ policies: 3, policiesCovered: 2 });
    expect(report.coverage.missing.find(({ policy }) => policy === 'p3')).toEqual({
      policy: 'p3',
      satisfied: false,
      clauses: ['when: context has blocked'],
    });
  });
});

describe('policies on trial', () => {
  it('are evaluated and not enforced', () => {
    const sources = [
      { name: 'all', cedar: 'permit(principal, action, resource);' },
      { name: 'trial', cedar: 'forbid(principal, action, resource);', shadow: true },
    ];
    expect(decide(compilePolicies(sources, 1), REQUEST)).toMatchObject({
      allowed: true,
      shadow: { allowed: false, reason: 'forbidden_by_policy', policies: ['trial'] },
    });
    expect(decideWith('permit(principal, action, resource);')).not.toHaveProperty('shadow');
  });
});

describe('templates', () => {
  const template = 'permit(principal == ?principal, action, resource in ?resource);';
  const entity = (type: string, id: string) => ({ type, id });
  it('are linked', () => {
    const links = [{ id: 'ann', principal: entity('User', 'usr_alice'), resource: entity('City', 'zurich') }];
    expect(checkPolicy({ cedar: template, links })).toEqual([]);
    const set = compilePolicies([{ name: 'shares', cedar: template, links }], 1);
    expect(decide(set, REQUEST)).toMatchObject({ allowed: true, policies: ['shares.ann'] });
    expect(decide(set, { ...REQUEST, principal: { ...ALICE, id: 'usr_bob' } }).allowed).toBe(false);
    expect(decide(compilePolicies([{ name: 'shares', cedar: template }], 1), REQUEST).allowed).toBe(false);
  });
  it.each([
    [[{ id: 'a', principal: entity('User', 'x') }], /\?resource is not filled/],
    [[{ id: 'a', template: 'nope', principal: entity('User', 'x') }], /no template @id\("nope"\)/],
    [
      [
        { id: 'a', principal: entity('User', 'x'), resource: entity('C', 'y') },
        { id: 'a', principal: entity('User', 'x'), resource: entity('C', 'y') },
      ],
      /two links/,
    ],
  ])('%j is refused', (links, message) => {
    expect(checkPolicy({ cedar: template, links })[0]?.message).toMatch(message);
  });
});

describe('a replay', () => {
  it('tells who gains and who loses, and leaves out what was not kept whole', async () => {
    const present = setOf(READERS);
    const candidate = setOf('permit(principal in Role::"writer", action == Action::"read", resource is Doc);');
    const logged = (id: string, roles: string[], incomplete = false): LoggedDecision => {
      const { tenantId: _, ...principal } = { ...ALICE, id, roles };
      const request = { ...REQUEST, principal, action: 'read', resource: { type: 'Doc', id: '1' } };
      const decision = decide(present, { ...request, principal: { ...principal, tenantId } });
      return { decisionId: `dec_${id}`, tenantId, at: 1, source: 'gateway', request, decision, incomplete };
    };
    const log = [
      logged('r1', ['reader']),
      logged('r1', ['reader']),
      logged('w1', ['writer']),
      logged('rw', ['reader', 'writer']),
      logged('x', [], true),
    ];
    const facts = tenantFacts(new Map());
    const report = await replayDecisions(
      { present: { policies: present, facts }, candidate: { policies: candidate, facts } },
      log,
    );
    expect(report).toMatchObject({
      replayed: 4,
      skipped: 1,
      unchanged: 1,
      outdated: 0,
      gained: { decisions: 1, principals: 1, samples: [{ principal: { id: 'w1' }, after: { policies: ['p1'] } }] },
      lost: { decisions: 2, principals: 1, samples: [{ principal: { id: 'r1' } }] },
    });
  });
});
