import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KnownPrincipal, PrincipalDirectory } from '#authz';
import { openTestDecisionApi, type TestDecisionApi } from './authzen.fixture.ts';

/** Bob signs for acme and reads for northwind; Eve is of acme only; Tom is of the tenant and of no organization. */
const STANDINGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  usr_bob: { '': [], org_acme: ['signer'], org_northwind: ['reader'] },
  usr_eve: { '': [], org_acme: ['signer'] },
  usr_tom: { '': ['clerk'] },
};

/** As the directory does: outside of every organization for who is not of the one that is asked for. */
function standing(id: string, organizationId: string | undefined): KnownPrincipal[] {
  const places = STANDINGS[id];
  if (places === undefined) return [];
  const roles = organizationId === undefined ? undefined : places[organizationId];
  return roles === undefined
    ? [{ id, roles: places[''] ?? [], active: true }]
    : [{ id, roles: [...(places[''] ?? []), ...roles], organizationId, active: true }];
}

const directory: PrincipalDirectory = {
  async find({ type, ids, organizationId }) {
    if (type !== 'user') return new Map();
    return new Map(ids.flatMap((id) => standing(id, organizationId)).map((known) => [known.id, known]));
  },
  async list({ type, after = '', organizationId }) {
    if (type !== 'user') return [];
    const later = Object.keys(STANDINGS).filter((id) => id > after);
    return later.flatMap((id) => standing(id, organizationId));
  },
};

const policies = {
  signing:
    'permit(principal in Role::"signer", action == Action::"sign", resource is contract) when { principal has organization && principal.organization == resource.organization };',
  filing: 'permit(principal in Role::"clerk", action == Action::"file", resource);',
};

let api: TestDecisionApi;
beforeAll(async () => {
  api = await openTestDecisionApi({ policies, directory });
});
afterAll(() => api?.close());

const contractOf = (organization: string) => ({ type: 'contract', id: '7', properties: { organization } });
const user = (id: string, organization?: unknown) => ({
  type: 'user',
  id,
  ...(organization === undefined ? {} : { properties: { organization } }),
});
const question = (id: string, asked: unknown, of: string, action = 'sign') => ({
  subject: user(id, asked),
  action: { name: action },
  resource: contractOf(of),
});

test.each<[name: string, body: object, decision: boolean]>([
  ['where he signs', question('usr_bob', 'org_acme', 'org_acme'), true],
  ['where he only reads', question('usr_bob', 'org_northwind', 'org_northwind'), false],
  ['there, about what is elsewhere', question('usr_bob', 'org_northwind', 'org_acme'), false],
  ['about what is elsewhere, the other way', question('usr_bob', 'org_acme', 'org_northwind'), false],
  ['in no organization in particular', question('usr_bob', undefined, 'org_acme'), false],
  ['where she is not', question('usr_eve', 'org_northwind', 'org_northwind'), false],
  ['where she is not, about where she is', question('usr_eve', 'org_northwind', 'org_acme'), false],
  ['in one that is not there', question('usr_eve', 'org_none', 'org_none'), false],
  ['in one without a name', question('usr_bob', '', ''), false],
  ['in what is no text', question('usr_bob', ['org_acme'], 'org_acme'), false],
  ['roles of the tenant count in every organization', question('usr_tom', 'org_acme', 'org_acme', 'file'), true],
  [
    'who is in the directory is not believed about roles',
    {
      ...question('usr_bob', 'org_northwind', 'org_northwind'),
      subject: {
        type: 'user',
        id: 'usr_bob',
        properties: { organization: 'org_northwind', roles: ['signer'] },
      },
    },
    false,
  ],
  [
    'who is not in it is what the asker says',
    {
      ...question('stranger', 'org_acme', 'org_acme'),
      subject: { type: 'user', id: 'stranger', properties: { organization: 'org_acme', roles: ['signer'] } },
    },
    true,
  ],
])('%s', async (_, body, decision) => {
  const { status, body: answer } = await api.post('/access/v1/evaluation', body);
  expect([status, answer.decision]).toEqual([200, decision]);
});

test('one batch asks about one person in several organizations', async () => {
  const evaluations = [
    question('usr_bob', 'org_acme', 'org_acme'),
    question('usr_bob', 'org_northwind', 'org_northwind'),
    question('usr_bob', undefined, 'org_acme'),
    question('usr_eve', 'org_acme', 'org_acme'),
  ];
  const { body } = await api.post('/access/v1/evaluations', { evaluations });
  const answers = body.evaluations as { decision: boolean }[];
  expect(answers.map(({ decision }) => decision)).toEqual([true, false, false, true]);
});

test.each([
  ['org_acme', ['usr_bob', 'usr_eve']],
  ['org_northwind', []],
  [undefined, []],
])('who may sign in %s', async (organization, wanted) => {
  const { body } = await api.post('/access/v1/search/subject', {
    subject: { type: 'user', ...(organization === undefined ? {} : { properties: { organization } }) },
    action: { name: 'sign' },
    resource: contractOf(organization ?? 'org_acme'),
  });
  expect((body.results as { id: string }[]).map(({ id }) => id)).toEqual(wanted);
});

test.each([
  ['org_acme', ['sign']],
  ['org_northwind', []],
])('what may be done in %s', async (organization, wanted) => {
  const { body } = await api.post('/access/v1/search/action', {
    subject: user('usr_bob', organization),
    resource: contractOf(organization),
  });
  expect((body.results as { name: string }[]).map(({ name }) => name)).toEqual(wanted);
});
