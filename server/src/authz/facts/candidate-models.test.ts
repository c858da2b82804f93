import { beforeAll, expect, test } from 'vitest';
import { ALICE, REQUEST, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import type { LoggedDecision } from '../decision-log/logged-decision.ts';
import { replayDecisions } from '../policies/replay-decisions.ts';
import type { QueryScope } from '../relations/evaluate/query.ts';
import { openDslScope, tuple } from '../relations/open-scope.fixture.ts';
import { placesUnderModels } from './candidate-models.ts';
import { tenantFacts } from './tenant-facts.ts';

const model = (viewer: string) => `
model
  schema 1.1
type user
type document
  relations
    define owner: [user]
    define guest: [user]
    define viewer: ${viewer}
`;
const TUPLES = [tuple('document:1#owner@user:usr_olga'), tuple('document:1#guest@user:usr_gus')];
const policies = setOf('permit(principal, action, resource) when { resource.relations.viewer.contains(principal) };');

let scope: QueryScope | undefined;
beforeAll(async () => {
  scope = await openDslScope(model('owner'), TUPLES);
});
const place = (type: string) => ({ source: 'documents', type, scope: () => scope });
const places = new Map([
  ['User', place('user')],
  ['Document', place('document')],
]);

function logged(id: string): LoggedDecision {
  const { tenantId, ...principal } = { ...ALICE, id };
  const request = { ...REQUEST, principal, resource: { type: 'Document', id: '1' }, policyRequired: true };
  const decision = decide(policies, { ...request, principal: { ...principal, tenantId } }, tenantFacts(places));
  return { decisionId: `dec_${id}`, tenantId, at: 1, source: 'gateway', request, decision, incomplete: false };
}

async function replay(models: ReadonlyMap<string, unknown>) {
  const log = ['usr_olga', 'usr_gus', 'usr_zoe'].map(logged);
  const candidate = { policies, facts: tenantFacts(await placesUnderModels(places, models)) };
  return replayDecisions({ present: { policies, facts: tenantFacts(places) }, candidate }, log);
}

test.each([
  ['guests as well', 'owner or guest', ['usr_gus'], []],
  ['guests instead', 'guest', ['usr_gus'], ['usr_olga']],
  ['the same', 'owner', [], []],
  ['nobody', 'owner and guest', [], ['usr_olga']],
])('%s', async (_, viewer, gained, lost) => {
  const report = await replay(new Map([['documents', model(viewer)]]));
  const ids = ({ samples }: (typeof report)['gained']) => samples.map(({ principal }) => principal.id);
  expect([ids(report.gained), ids(report.lost), report.replayed]).toEqual([gained, lost, 3]);
});

test('the model in force stays as it is', async () => {
  await replay(new Map([['documents', model('guest')]]));
  expect(logged('usr_olga').decision.allowed).toBe(true);
  expect(logged('usr_gus').decision.allowed).toBe(false);
});

test('another source’s model changes nothing here, and a relation that is gone denies', async () => {
  expect(await replay(new Map([['others', model('guest')]]))).toMatchObject({ unchanged: 3 });
  const without = model('owner').replace('viewer', 'reader');
  expect(await replay(new Map([['documents', without]]))).toMatchObject({ lost: { decisions: 1 } });
});

test.each(['model\n  schema 1.1\ntype', { schema_version: '1.1', type_definitions: [] }])('refuses %j', async (bad) => {
  await expect(replay(new Map([['documents', bad]]))).rejects.toMatchObject({ code: 'invalid_authorization_model' });
});

test('relationships that are not in memory answer nothing under any model', async () => {
  const before = scope;
  scope = undefined;
  try {
    const report = await replay(new Map([['documents', model('guest')]]));
    expect(report).toMatchObject({ gained: { decisions: 0 }, lost: { decisions: 0 } });
  } finally {
    scope = before;
  }
});
