/** Clients that organizations own: made, used and ended by their own administrators, and worth no more than those may give. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const GIVING = `
kind: role
name: gives-things
spec: {permissions: ["things:read"], inOrganizations: true}
---
kind: client
name: things-server
spec: {type: confidential, grants: [], resourceServerFor: [things]}
---
kind: client
name: acme--of-the-tenant
spec: {type: confidential, grants: [client_credentials]}
`;
const OWN = { type: 'confidential', grants: ['client_credentials'], organization: 'acme' };

let program: Program;
let acme: string;
let acmeToken: string;
let boltToken: string;
let server: string;

beforeAll(async () => {
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind('http://127.0.0.1:9'));
  await program.admin('POST', '/apply', GIVING);
  await program.admin('PUT', '/organizations/bolt', { spec: { displayName: 'Bolt' } });
  acme = String((await program.admin('GET', '/organizations/acme')).id);
  const key = async (organization: string, ...roles: string[]) =>
    String((await program.admin('POST', '/keys', { name: 'boss', organization, roles })).key);
  acmeToken = await key('acme', 'administrator', 'gives-things');
  boltToken = await key('bolt', 'administrator');
  server = String((await program.admin('POST', '/clients/things-server/secrets', {})).secret);
});
afterAll(() => program?.remove());

async function call(method: string, path: string, body?: unknown, token = acmeToken, headers = {}) {
  const response = await fetch(`${program.issuer}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

async function form(path: string, client: string, secret: string, fields: Record<string, string>) {
  const response = await fetch(`${program.issuer}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const getToken = (client: string, secret: string) =>
  form('/oauth/token', client, secret, { grant_type: 'client_credentials' });
const look = async (token: unknown) =>
  (await form('/oauth/introspect', 'things-server', server, { token: String(token) })).body;

describe('a client of an organization', () => {
  test('is made, gets tokens of the organization, and ends, by its administrator alone', async () => {
    const spec = { ...OWN, scopes: ['things:read'], apis: ['things'] };
    expect((await call('PUT', '/clients/acme--robot', { spec })).status).toBe(201);
    const made = await call('POST', '/clients/acme--robot/secrets', {});
    const { status, body } = await getToken('acme--robot', made.body.secret);
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'things:read' });
    expect(await look(body.access_token)).toMatchObject({
      active: true,
      sub: 'acme--robot',
      organization_id: acme,
    });
    const { items } = (await call('GET', '/audit/events')).body as {
      items: { type: string; organizationId: string }[];
    };
    expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['client.created', 'client_secret.issued']));
    expect(new Set(items.map(({ organizationId }) => organizationId))).toEqual(new Set([acme]));
    const ended = await call('DELETE', `/clients/acme--robot/secrets/${made.body.id}?tokens=end`);
    expect(ended.status).toBe(204);
    expect(await look(body.access_token)).toEqual({ active: false });
    expect((await getToken('acme--robot', made.body.secret)).status).toBe(401);
    expect((await call('DELETE', '/clients/acme--robot')).status).toBe(204);
  });

  test('takes its tokens along when it goes, and when it is no longer the organization’s', async () => {
    const spec = { ...OWN, scopes: ['things:read'], apis: ['things'] };
    await call('PUT', '/clients/acme--passing', { spec });
    const { secret } = (await call('POST', '/clients/acme--passing/secrets', {})).body;
    const { body } = await getToken('acme--passing', secret);
    expect(await look(body.access_token)).toMatchObject({ active: true });
    const { organization: _, ...ofTenant } = spec;
    await program.admin('POST', '/apply', `kind: client\nname: acme--passing\nspec: ${JSON.stringify(ofTenant)}\n`);
    expect(await look(body.access_token)).toEqual({ active: false });
    expect((await call('GET', '/clients/acme--passing')).status).toBe(404);
    expect(await look((await getToken('acme--passing', secret)).body.access_token)).not.toHaveProperty(
      'organization_id',
    );
  });

  test('stands in the list of its organization, and no other client does', async () => {
    const { items } = (await call('GET', '/clients')).body as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual(['acme--nightly']);
    expect((await call('GET', '/clients', undefined, boltToken)).body.items).toEqual([]);
    for (const name of ['web', 'acme--of-the-tenant', 'bolt--nothing'])
      expect(await call('GET', `/clients/${name}`)).toMatchObject({
        status: 404,
        body: { code: 'resource_not_found' },
      });
  });

  test('is on no plan but one that is open, unless an administrator of the tenant put it there', async () => {
    const plan = (name: string, more = '') =>
      `kind: plan\nname: ${name}\nspec: {limits: [{requests: 9, perSeconds: 1}]${more}}\n`;
    await program.admin('POST', '/apply', [plan('reserved'), plan('public', ', assignableBy: everyone')].join('---\n'));
    const path = '/clients/acme--planned';
    const put = async (spec: object) => {
      const { status, body } = await call('PUT', path, { spec: { ...OWN, ...spec } }, acmeToken, { 'if-match': '*' });
      return status < 300 ? body.spec.plan : `${status} ${body.code} ${body.plan}`;
    };
    expect((await call('PUT', path, { spec: { ...OWN, plan: 'reserved' } })).body).toMatchObject({
      code: 'plan_beyond_own',
      plan: 'reserved',
    });
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('PUT', path, { spec: OWN })).status).toBe(201);
    expect([await put({ plan: 'public' }), await put({ plan: 'reserved' })]).toEqual([
      'public',
      '403 plan_beyond_own reserved',
    ]);
    const spec = JSON.stringify({ ...OWN, plan: 'reserved' });
    await program.admin('POST', '/apply', `kind: client\nname: acme--planned\nspec: ${spec}\n`);
    expect([await put({ plan: 'reserved', displayName: 'Ours' }), await put({})]).toEqual([
      'reserved',
      '403 plan_beyond_own null',
    ]);
    expect((await call('DELETE', path)).status).toBe(204);
  });

  test('is on the plan that a new key would be on, or on one that is open: it is no way around the key', async () => {
    const policy = (more: string) => `kind: key_policy\nname: default\nspec: {${more}}\n`;
    const plan = (name: string, more = '') =>
      `kind: plan\nname: ${name}\nspec: {limits: [{requests: 9, perSeconds: 1}]${more}}\n`;
    await program.admin('PUT', '/clients/acme--early', { spec: OWN });
    const bundle = [plan('starter'), plan('open', ', assignableBy: everyone'), policy('defaultPlan: starter')];
    await program.admin('POST', '/apply', bundle.join('---\n'));
    const made = async (name: string, spec: object) => {
      const { status, body } = await call('PUT', `/clients/acme--${name}`, { spec: { ...OWN, ...spec } }, acmeToken);
      return status === 201 ? body.spec.plan : `${status} ${body.code}: ${body.detail}`;
    };
    expect((await call('POST', '/keys', { name: 'unasked' })).body).toMatchObject({ plan: 'starter' });
    expect(await made('unasked', {})).toContain('403 plan_beyond_own: You may not make a client without a plan');
    expect(await made('unasked', {})).toContain('"starter"');
    expect([await made('one', { plan: 'starter' }), await made('two', { plan: 'open' })]).toEqual(['starter', 'open']);
    // What was there before is as it was.
    const spec = { ...OWN, displayName: 'Early' };
    expect((await call('PUT', '/clients/acme--early', { spec }, acmeToken, { 'if-match': '*' })).status).toBe(200);
    // Who has a say over plans says so by leaving it out.
    await program.admin('PUT', '/clients/acme--late', { spec: OWN });
    expect((await call('GET', '/clients/acme--late')).body.spec.plan).toBeUndefined();
    for (const name of ['early', 'late', 'one', 'two']) await call('DELETE', `/clients/acme--${name}`);
    await program.admin('POST', '/apply', policy('retireUnusedAfterDays: 365'));
  });

  test('on a plan that its author may not give is refused in the rehearsal already', async () => {
    const role = "kind: role\nname: client-desk\nspec: {permissions: ['clients:*', 'resources:*', 'plans:read']}\n";
    await program.admin(
      'POST',
      '/apply',
      `${role}---\nkind: plan\nname: large\nspec: {limits: [{requests: 9, perSeconds: 1}]}\n`,
    );
    const key = async (roles: string[]) => String((await program.admin('POST', '/keys', { name: 'desk', roles })).key);
    const documents = [
      { kind: 'client', name: 'shop', spec: { type: 'confidential', grants: ['client_credentials'], plan: 'large' } },
    ];
    const rehearse = async (roles: string[]) => {
      const { status, body } = await call('POST', '/apply?dryRun=true', { documents }, await key(roles));
      return status === 200 ? body.summary.create : `${status} ${body.code} ${body.plan}`;
    };
    expect(await rehearse(['client-desk'])).toBe('403 plan_beyond_own large');
    // Who can't carry it out may still see what it would change.
    expect([await rehearse(['viewer']), await rehearse(['administrator'])]).toEqual([1, 1]);
  });

  test.each<[string, string, Record<string, unknown>, number, string]>([
    ['without saying whose it is', 'acme--x', { organization: undefined }, 403, 'resource_outside_organization'],
    ['of another organization', 'bolt--x', { organization: 'bolt' }, 403, 'resource_outside_organization'],
    ['of nobody there', 'acme--x', { organization: 'nowhere' }, 403, 'resource_outside_organization'],
    ['under a name of the tenant', 'web', {}, 400, 'resource_name_foreign'],
    ['under the name of another', 'bolt--x', {}, 400, 'resource_name_foreign'],
    ['under one hyphen', 'acme-x', {}, 400, 'resource_name_foreign'],
    ['under a name that is taken', 'acme--of-the-tenant', {}, 409, 'resource_name_taken'],
    ['with a scope nobody there may give', 'acme--x', { scopes: ['things:write'] }, 403, 'grant_exceeds_own'],
    ['with everything', 'acme--x', { scopes: ['*'] }, 403, 'grant_exceeds_own'],
    ['for an API that is none', 'acme--x', { apis: ['nothing'] }, 400, 'reference_missing'],
    ['for people', 'acme--x', { grants: ['authorization_code'] }, 400, 'documents_invalid'],
    ['to exchange tokens', 'acme--x', { grants: ['client_credentials', 'token_exchange'] }, 400, 'documents_invalid'],
    ['trusted by everybody', 'acme--x', { firstParty: true }, 400, 'documents_invalid'],
    ['that reads others’ tokens', 'acme--x', { resourceServerFor: ['things'] }, 400, 'documents_invalid'],
    ['served less strictly', 'acme--x', { profile: 'oauth2.1' }, 400, 'documents_invalid'],
    [
      'with a place for codes that is not https',
      'acme--x',
      { redirectUris: ['http://127.0.0.1/'] },
      400,
      'documents_invalid',
    ],
  ])('is refused %s', async (_name, name, more, status, code) => {
    const refused = await call('PUT', `/clients/${name}`, { spec: { ...OWN, ...more } });
    expect(refused).toMatchObject({ status, body: { code } });
  });

  test('that the tenant gave more, its administrators can not rewrite without giving it up', async () => {
    const spec = { ...OWN, scopes: ['things:read', 'things:write'], apis: ['things'] };
    await program.admin('PUT', '/clients/acme--strong', { spec });
    const renamed = await fetch(`${program.issuer}/api/v1/clients/acme--strong`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${acmeToken}`, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ spec: { ...spec, displayName: 'Stronger' } }),
    });
    expect([renamed.status, (await renamed.json()) as unknown]).toMatchObject([
      403,
      { code: 'grant_exceeds_own', missing: ['things:write'] },
    ]);
  });

  test('is not for whoever may give nothing, and keeps its organization in place', async () => {
    const spec = { ...OWN, organization: 'bolt', scopes: ['things:read'], apis: ['things'] };
    expect(await call('PUT', '/clients/bolt--x', { spec }, boltToken)).toMatchObject({
      status: 403,
      body: { code: 'grant_exceeds_own' },
    });
    expect((await call('PUT', '/clients/bolt--x', { spec: { ...spec, scopes: [] } }, boltToken)).status).toBe(201);
    const refused = await program.call('DELETE', '/organizations/bolt');
    expect(refused.status).toBe(409);
  });

  test('is applied by the tenant with its organization in one bundle, in any order, and never under a foreign name', async () => {
    const bundle = (name: string) =>
      `kind: client\nname: ${name}\nspec: {type: confidential, grants: [client_credentials], organization: cobalt}\n---\nkind: organization\nname: cobalt\nspec: {displayName: Cobalt}\n`;
    const post = (text: string) => program.call('POST', '/apply', text);
    expect((await post(bundle('robot'))).status).toBe(400);
    expect((await post(bundle('cobalt--robot'))).status).toBe(200);
  });
});
