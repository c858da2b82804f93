import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  claimsOf,
  type Form,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';

const CLIENT = 'northwind--portal';
const REDIRECT = 'https://portal.northwind.example/callback';
const REQUEST = {
  ...SPA_REQUEST,
  client_id: CLIENT,
  redirect_uri: REDIRECT,
  scope: 'openid profile roles weather:read',
};
const REDEEM = { ...SPA_REDEEM, client_id: CLIENT, redirect_uri: REDIRECT };
const EVE = 'usr_01h455vb4pex5vsknk084sn02r';
const SPEC = {
  organization: 'northwind',
  type: 'public',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [
    REDIRECT,
    'https://northwind.example.evil.example/callback',
    'https://evil-northwind.example/callback',
  ],
  scopes: ['openid', 'profile', 'roles', 'offline_access', 'weather:read'],
  apis: ['weather'],
};
/** Those that the client was declared on: what it may use now, each test says. */
const DOMAINS = ['northwind.example', 'northwind.example.evil.example', 'evil-northwind.example'];
const organization = (domains: string[]) => ({
  kind: 'organization',
  name: 'northwind',
  spec: { displayName: 'Northwind', domains },
});
const client = (spec: object) => ({ kind: 'client', name: CLIENT, spec: { ...SPEC, ...spec } });

const applied = async (...documents: object[]) => world.apply(documents);

let world: World;
let organizationId: string;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    organization(DOMAINS),
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme' } },
    client({}),
  ]);
  await world.store.changes.caughtUp();
  const [row] = await world.store.transaction({ tenantId: TENANT }, (tx) =>
    tx
      .withTables<{ resources: { id: string; name: string; kind: string } }>()
      .selectFrom('resources')
      .select('id')
      .where('kind', '=', 'organization')
      .where('name', '=', 'northwind')
      .execute(),
  );
  organizationId = row?.id ?? '';
});
afterAll(() => world.close());
beforeEach(() => {
  world.domains.set('northwind', ['northwind.example']);
  // What the directory says of her inside of it: the port's own promise is held where it is kept.
  world.people.set(ALICE, { name: 'Alice', roles: ['reader'], organizationId });
  world.people.set(EVE, { name: 'Eve', roles: ['administrator'] });
  world.signIn();
});

async function codeOf(form: Form = {}): Promise<string> {
  const asked = await world.authorize({ ...REQUEST, ...form });
  const outcome =
    asked.kind === 'consent'
      ? await world.consent({ interaction: asked.prompt.interaction, decision: 'allow' })
      : asked;
  if (outcome.kind !== 'redirect') throw new TypeError(`expected a redirect, got ${JSON.stringify(outcome)}`);
  return new URL(outcome.location).searchParams.get('code') ?? outcome.location;
}
const errorOf = async (form: Form = {}) => {
  const outcome = await world.authorize({ ...REQUEST, ...form });
  if (outcome.kind === 'problem') return `shown: ${outcome.problem.error_description}`;
  if (outcome.kind === 'redirect') return new URL(outcome.location).searchParams.get('error');
  return outcome.kind;
};

describe('its own people', () => {
  test('are asked, and get tokens for the organization and with what they are there', async () => {
    const { status, body } = await world.token({
      ...REDEEM,
      code: await codeOf({ scope: `${REQUEST.scope} offline_access` }),
    });
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(claimsOf(body.access_token)).toMatchObject({
      sub: ALICE,
      organization_id: organizationId,
      roles: ['reader'],
    });
    const { body: told } = await world.userinfo(`Bearer ${body.access_token}`);
    expect(told).toMatchObject({ sub: ALICE, roles: ['reader'] });
    const refresh = { grant_type: 'refresh_token', client_id: CLIENT, refresh_token: String(body.refresh_token) };
    const again = await world.token(refresh);
    expect(claimsOf(again.body.access_token)).toMatchObject({ organization_id: organizationId });

    // The membership ends: with it all that was told because of it.
    world.people.set(ALICE, { name: 'Alice', roles: [] });
    const after = await world.token({ ...refresh, refresh_token: String(again.body.refresh_token) });
    expect(after).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await world.userinfo(`Bearer ${again.body.access_token}`)).status).toBe(401);
  });

  test('a code is worth nothing to who has left meanwhile', async () => {
    const code = await codeOf();
    world.people.set(ALICE, { name: 'Alice', roles: [], organizationId: 'org_another' });
    expect(await world.token({ ...REDEEM, code })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('other people', () => {
  beforeEach(() => void world.signIn({ userId: EVE }));

  test.each<[string, Form, string]>([
    ['are told that it is not for them', {}, 'access_denied'],
    ['in silence, no more than that nobody is there', { prompt: 'none' }, 'login_required'],
  ])('%s', async (_, form, error) => expect(await errorOf(form)).toBe(error));

  test('an administrator of the tenant is one of them', async () => {
    world.people.set(EVE, { name: 'Eve', roles: ['administrator'], organizationId: 'org_acme' });
    expect(await errorOf()).toBe('access_denied');
  });
});

describe('nobody is sent to an address that is not the organization’s', () => {
  test.each<[string, string[], string]>([
    ['a domain nobody vouches for', [], REDIRECT],
    ['another domain', ['southwind.example'], REDIRECT],
    ['a name that only begins so', ['northwind.example'], 'https://northwind.example.evil.example/callback'],
    ['a name that only ends so', ['northwind.example'], 'https://evil-northwind.example/callback'],
    ['a domain above it', ['deep.portal.northwind.example'], REDIRECT],
  ])('%s', async (_, domains, redirect_uri) => {
    world.domains.set('northwind', domains);
    expect(await errorOf({ redirect_uri })).toContain('shown: The redirect_uri is not on a domain of the organization');
    expect(await world.par({ ...REQUEST, redirect_uri })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  test('nor one that is not registered, on whatever domain', async () => {
    expect(await errorOf({ redirect_uri: 'https://northwind.example/other' })).toMatch(/^shown: .* is not registered/);
  });
});

test.each<[string, object, string]>([
  ['an address on this machine', { redirectUris: ['http://localhost:8080/callback'] }, 'redirectUris.0'],
  ['a private scheme', { redirectUris: [REDIRECT, 'com.northwind.app:/callback'] }, 'redirectUris.1'],
  [
    'a grant that asks no browser',
    { grants: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'] },
    'grants',
  ],
  ['no consent', { firstParty: true }, 'firstParty'],
  [
    'people signed out elsewhere',
    { backchannelLogoutUri: 'https://portal.northwind.example/out' },
    'backchannelLogoutUri',
  ],
])('can’t be declared with %s', async (_, spec, path) => {
  await expect(applied(client(spec))).rejects.toMatchObject({
    fields: [expect.objectContaining({ path: expect.stringContaining(path) })],
  });
});

test.each<[string, string[], string[]]>([
  ['no domain of the organization', [], [REDIRECT]],
  ['a domain of another', ['southwind.example'], [REDIRECT]],
  ['one that only begins so', ['northwind.example'], ['https://northwind.example.evil.example/']],
  ['one of several', ['northwind.example'], [REDIRECT, 'https://evil-northwind.example/']],
  ['a domain above it', ['deep.portal.northwind.example'], [REDIRECT]],
])('can’t be declared on %s, in whatever order it comes', async (_, domains, redirectUris) => {
  const index = redirectUris.length - 1;
  const refusal = { code: 'documents_invalid', fields: [{ path: `documents.0.spec.redirectUris.${index}` }] };
  await expect(applied(client({ redirectUris }), organization(domains))).rejects.toMatchObject(refusal);
});

test('one that was declared before is in nobody’s way when its domain is taken back', async () => {
  await applied(organization([]), { kind: 'organization', name: 'acme', spec: { displayName: 'ACME' } });
  await applied(client({}));
  await expect(applied(client({ displayName: 'Renamed' }))).rejects.toMatchObject({ code: 'documents_invalid' });
  await applied(client({ displayName: 'Renamed' }), organization(DOMAINS));
});

test.each<[string, string[], string[]]>([
  ['the same domain', ['northwind.example'], ['northwind.example']],
  ['a domain below another’s', ['northwind.example'], ['shop.northwind.example']],
  ['a domain above another’s', ['shop.northwind.example'], ['northwind.example']],
])('two organizations can’t have %s', async (_, one, other) => {
  const organizations = [
    { kind: 'organization', name: 'northwind', spec: { displayName: 'Northwind', domains: one } },
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme', domains: other } },
  ];
  await expect(applied(...organizations)).rejects.toMatchObject({ code: 'resources_conflict' });
});

test.each([
  'example',
  'Northwind.example',
  '*.northwind.example',
  '192.0.2.1',
  'https://northwind.example',
  'a..example',
  '',
])('%j is no domain of an organization', async (domain) => {
  const spec = { displayName: 'Northwind', domains: [domain] };
  await expect(applied({ kind: 'organization', name: 'northwind', spec })).rejects.toMatchObject({
    code: 'documents_invalid',
  });
});
