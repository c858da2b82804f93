/** The policies as a whole, over HTTP: what was decided, who would gain and lose, and back to what was. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './plant-in-decisions.ts';
import { type Program, startProgram } from './running-program.ts';

interface Kept {
  decisionId: string;
  request: { principal: { id: string } };
  decision: { allowed: boolean };
}

let program: Program;
const policy = (who: string) => `kind: policy
name: reports
spec:
  cedar: permit(principal == User::"${who}", action == Action::"read", resource is report);
`;
const question = (id: string) => ({
  subject: { type: 'user', id },
  action: { name: 'read' },
  resource: { type: 'report', id: '7' },
});
const allowed = async (id: string) => (await ask(program, question(id))).decision;
const kept = async (query = '') => ((await program.admin('GET', `/decisions${query}`)) as { items: Kept[] }).items;
const namesOf = (items: readonly Kept[]) => items.map(({ request }) => request.principal.id).sort();

beforeAll(async () => {
  program = await startProgram();
  await program.admin('POST', '/apply', 'kind: decision_log\nname: default\nspec: {allowed: 1, denied: 1}\n');
  await program.admin('POST', '/apply', policy('ann'));
  await program.until(() => allowed('ann') as Promise<boolean>, 'the policy is in force');
  expect(await allowed('bob')).toBe(false);
  await program.until(async () => namesOf(await kept()).includes('bob'), 'the decisions are kept');
});
afterAll(() => program?.remove());

test('the list of decisions, by how they came out and by how many', async () => {
  expect(new Set(namesOf(await kept('?allowed=true')))).toEqual(new Set(['ann']));
  const denied = await kept('?allowed=false');
  expect(denied.every(({ decision }) => !decision.allowed)).toBe(true);
  expect(namesOf(denied)).toContain('bob');
  expect(await kept('?limit=1')).toHaveLength(1);
  expect(await kept('?from=99999999999999')).toEqual([]);
  expect(await kept('?shadowDiffers=true')).toEqual([]);
});

test.each(['?limit=0', '?limit=201', '?limit=many', '?allowed=1', '?from=-1', '?unknown=1'])(
  'the list refuses %s',
  async (query) => {
    expect((await program.call('GET', `/decisions${query}`)).status).toBe(400);
  },
);

test('a replay tells who would gain and who would lose, and changes nothing', async () => {
  const cedar = 'permit(principal == User::"bob", action == Action::"read", resource is report);';
  const report = await program.admin('POST', '/policy-versions/replay', {
    policies: [{ name: 'reports', spec: { cedar } }],
  });
  expect(report).toMatchObject({ gained: { principals: 1 }, lost: { principals: 1 } });
  const { gained, lost } = report as Record<string, { samples: { decisionId: string }[] }>;
  const ids = (await kept('?limit=200')).map(({ decisionId }) => decisionId);
  for (const change of [gained, lost]) expect(ids).toContain(change?.samples[0]?.decisionId);
  expect([await allowed('ann'), await allowed('bob')]).toEqual([true, false]);
  const same = await program.admin('POST', '/policy-versions/replay', { policies: [] });
  expect(same).toMatchObject({ gained: { decisions: 0 }, lost: { decisions: 0 } });
});

test.each<[string, object, number]>([
  ['neither a version nor policies', {}, 400],
  ['both', { version: 1, policies: [] }, 400],
  ['a version that never was', { version: 9_999 }, 404],
  ['a policy that does not parse', { policies: [{ name: 'a', spec: { cedar: 'permit(' } }] }, 400],
  ['more decisions than are replayed at once', { policies: [], limit: 20_001 }, 400],
  ['a field that is none', { policies: [], enforce: true }, 400],
  ['a model of a fact source that there is not', { models: [{ factSource: 'none', model: {} }] }, 400],
])('a replay of %s is refused', async (_, body, status) => {
  expect((await program.call('POST', '/policy-versions/replay', body)).status).toBe(status);
});

test('a replay under another model of relationships, by the command line', async () => {
  const openFga = async (path: string, body: object) => {
    const response = await fetch(`${program.controlUrl}/stores${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: string };
  };
  const writeModel = (name: string, viewer: string) =>
    writeFileSync(
      join(program.folder, name),
      `model\n  schema 1.1\ntype user\ntype plan\n  relations\n    define owner: [user]\n    define viewer: ${viewer}\n`,
    );
  const { id: store } = await openFga('', { name: 'plans' });
  writeModel('present.fga', 'owner');
  expect((await program.cli('relations', 'write-model', store, '-f', 'present.fga')).code).toBe(0);
  const tuple = { user: 'user:olga', relation: 'owner', object: 'plan:7' };
  await openFga(`/${store}/write`, { writes: { tuple_keys: [tuple] } });
  await program.admin(
    'POST',
    '/apply',
    `kind: fact_source
name: plans
spec: {store: ${store}, types: {plan: plan, User: user}}
---
kind: policy
name: plans
spec:
  cedar: |
    permit(principal, action == Action::"see", resource is plan)
    when { resource.relations.viewer.contains(principal) };
`,
  );
  const see = async (id: string) =>
    (await ask(program, { ...question(id), action: { name: 'see' }, resource: { type: 'plan', id: '7' } }))
      .decision as boolean;
  await program.until(() => see('olga'), 'the policy sees the relationship');
  await program.until(async () => namesOf(await kept('?allowed=true')).includes('olga'), 'the decision is kept');
  writeModel('candidate.fga', 'owner but not owner');
  const diff = await program.cli('policy', 'diff', '--model', 'plans=candidate.fga');
  expect(diff.stdout).toContain('1 principals would lose access');
  expect(diff.stdout).toMatch(/user olga: see on plan 7 \(dec_/);
  expect(await see('olga')).toBe(true);
  expect((await program.cli('policy', 'diff', '--model', 'none=candidate.fga')).stderr).toContain('no fact source');
  expect((await program.cli('policy', 'diff')).code).toBe(2);
  const refused = await program.cli('relations', 'write-model', '01J00000000000000000000000', '-f', 'present.fga');
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('no store with this id')]);
});

test('a report of access, from both sides', async () => {
  const reach = await program.cli('access', '--subject', 'user:olga', '--json');
  expect(JSON.parse(reach.stdout).rows).toContainEqual({ action: 'see', type: 'plan', ids: ['7'], complete: true });
  const reached = await program.cli('access', '--resource', 'plan:7');
  expect(reached.stdout).toMatch(/see\s.*user\s.*olga/);
  expect(await program.admin('POST', '/decisions/access-report', { subject: { type: 'user', id: 'zoe' } })).toEqual({
    rows: [],
    finished: true,
  });
  for (const flags of [[], ['--subject', 'olga'], ['--subject', 'user:olga', '--resource', 'plan:7']]) {
    expect((await program.cli('access', ...flags)).code).toBe(2);
  }
});

test.each<[object]>([
  [{}],
  [{ subject: { type: 'user', id: 'a' }, resource: { type: 'plan', id: '7' } }],
  [{ subject: { type: 'user' } }],
  [{ subject: { type: 'system', id: 'a' } }],
  [{ resource: { type: 'not a type', id: '7' } }],
  [{ resource: { type: 'plan', id: '7' }, subjectTypes: [] }],
  [{ subject: { type: 'user', id: 'a' }, limit: 1_000 }],
])('a report is refused for %j', async (body) => {
  expect((await program.call('POST', '/decisions/access-report', body)).status).toBe(400);
});

test('a rollback makes the policies what they were, as a new version', async () => {
  const versions = async () =>
    ((await program.admin('GET', '/policy-versions')) as { items: { number: number }[] }).items.map(
      ({ number }) => number,
    );
  const earlier = await versions();
  const [before = 0] = earlier;
  await program.admin('POST', '/apply', policy('bob'));
  await program.until(() => allowed('bob') as Promise<boolean>, 'the other policy is in force');
  expect(await allowed('ann')).toBe(false);
  const { changed } = await program.admin('POST', `/policy-versions/${before}/rollback`);
  expect(changed).toEqual([{ action: 'update', name: 'reports' }]);
  await program.until(() => allowed('ann') as Promise<boolean>, 'the first policy is in force again');
  expect(await allowed('bob')).toBe(false);
  expect((await versions()).slice(2)).toEqual(earlier);
  expect(await program.admin('POST', `/policy-versions/${before}/rollback`)).toEqual({ changed: [] });
  expect((await program.call('POST', '/policy-versions/9999/rollback')).status).toBe(404);
});

const whatIf = (body: object) => program.admin('POST', '/decisions/what-if', body);

test('a what-if explains, tries what it suggests, and leaves no decision behind', async () => {
  const asked = { ...question('wilma'), subject: { type: 'user', id: 'wilma', properties: { department: 'lab' } } };
  await program.admin('PUT', '/policies/leads', {
    spec: { cedar: 'permit(principal in Role::"lead", action == Action::"read", resource is report);' },
  });
  await program.until(
    async () => ((await whatIf({ question: asked })).suggestions as unknown[]).length > 0,
    'the policy is in force',
  );
  const denied = await whatIf({ question: asked });
  expect(denied).toMatchObject({
    decision: { allowed: false, reason: 'no_policy_permits' },
    known: false,
    active: true,
  });
  const [suggestion] = denied.suggestions as { texts: string[]; changes: unknown[] }[];
  expect(suggestion?.texts).toEqual(['give the principal the role lead']);
  const changed = await whatIf({ question: asked, changes: suggestion?.changes });
  expect(changed).toMatchObject({ decision: { allowed: true, policies: ['leads'] }, applied: suggestion?.texts });
  const [decision] = await kept('?allowed=false');
  expect(await whatIf({ decisionId: decision?.decisionId })).toMatchObject({ decision: { allowed: false } });
  // Decisions are written in the order in which they were made: none is on its way when a later one is there.
  await allowed('zoe');
  await program.until(async () => namesOf(await kept('?limit=200')).includes('zoe'), 'a later decision is kept');
  expect(namesOf(await kept('?limit=200'))).not.toContain('wilma');
  expect((await program.call('DELETE', '/policies/leads')).status).toBe(204);
});

test.each<[string, object, number]>([
  ['nothing', {}, 400],
  ['both', { question: question('ann'), decisionId: 'dec_1' }, 400],
  ['a decision that was not kept', { decisionId: 'dec_1' }, 404],
  ['a subject that can’t act', { question: { ...question('a'), subject: { type: 'Role', id: 'a' } } }, 400],
  ['a change that is none', { question: question('ann'), changes: [{ kind: 'wish' }] }, 400],
  ['too many changes', { question: question('ann'), changes: Array(9).fill({ kind: 'role', name: 'a' }) }, 400],
])('a what-if of %s is refused', async (_, body, status) => {
  expect((await program.call('POST', '/decisions/what-if', body)).status).toBe(status);
});

test('policies are tried: against the schema, and with the tests, and nothing is changed', async () => {
  const tests = [{ name: 'ann', principal: { id: 'ann' }, action: 'read', resource: { type: 'report', id: '1' } }];
  const spec = { tests: tests.map((each) => ({ ...each, expect: 'allow' })) };
  const attempt = (cedar: string) =>
    program.admin('POST', '/policy-versions/try', {
      policies: [{ name: 'reports', spec: { cedar } }],
      tests: [{ name: 'reports', spec }],
    });
  const sound = 'permit(principal == User::"ann", action == Action::"read", resource is report);';
  expect(await attempt(sound)).toMatchObject({ findings: [], tests: { passed: 1, failures: [] } });
  expect(await attempt(sound.replace('ann', 'bob'))).toMatchObject({
    tests: { passed: 0, failures: [{ test: 'reports: ann', expected: 'allow', reason: 'no_policy_permits' }] },
  });
  expect(await attempt('permit(principal')).toMatchObject({ findings: [{ policy: 'reports', severity: 'error' }] });
  expect(await program.admin('GET', '/policy-vocabulary')).toMatchObject({
    schema: false,
    entityTypes: expect.arrayContaining([expect.objectContaining({ name: 'report' })]),
    actions: expect.arrayContaining([expect.objectContaining({ name: 'read' })]),
  });
});

test('a schema is tried against the policies there are, and nothing is changed', async () => {
  const attempt = (cedar: string) => program.admin('POST', '/policy-schemas/try', { spec: { cedar } });
  expect(await attempt('entity {')).toMatchObject({ problems: [expect.anything()], findings: [], checked: 0 });
  const { problems, findings, checked, policies } = await attempt('entity Stranger;');
  expect([problems, checked === policies, (findings as unknown[]).length > 0]).toEqual([[], true, true]);
  expect((await program.call('GET', '/policy_schemas/default')).status).toBe(404);
  expect((await program.call('POST', '/policy-schemas/try', { spec: {} })).status).toBe(400);
});

test.each<[string, object]>([
  ['without policies', {}],
  ['of too long a text', { policies: Array(3).fill({ name: 'a', spec: { cedar: ' '.repeat(50_000) } }) }],
  ['of too many', { policies: Array(21).fill({ name: 'a', spec: { cedar: 'permit(principal, action, resource);' } }) }],
  ['with a test that expects nothing', { policies: [], tests: [{ name: 'a', spec: { tests: [{ name: 'a' }] } }] }],
])('trying %s is refused', async (_, body) => {
  expect((await program.call('POST', '/policy-versions/try', body)).status).toBe(400);
});
