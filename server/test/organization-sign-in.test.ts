/** An organization's own administrator declares a client, and it signs in the organization's people, through the pages. */
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, hiddenFields } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';

const PASSWORD = 'seventeen purple lanterns drift';
const CALLBACK = 'https://portal.northwind.example/callback';
const CLIENT = 'northwind--portal';
const TENANT = `
kind: organization
name: northwind
spec: {displayName: Northwind, domains: [northwind.example]}
---
kind: organization
name: acme
spec: {displayName: Acme}
---
kind: api
name: orders
spec: {audience: "https://orders.example", scopes: {"orders:read": Read orders}}
---
kind: role
name: reader
spec: {permissions: ["orders:read"], inOrganizations: true}
`;
const SPEC = {
  organization: 'northwind',
  displayName: 'Northwind portal',
  type: 'confidential',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [CALLBACK],
  scopes: ['openid', 'roles', 'offline_access', 'orders:read'],
  apis: ['orders'],
};

let program: Program;
let secret: string;
let northwind: string;
const ids = new Map<string, string>();

/** As the organization's own administrator. */
let bossKey: string;
async function asBoss(method: string, path: string, body: object) {
  const response = await fetch(`${program.issuer}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${bossKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

beforeAll(async () => {
  program = await startProgram();
  await program.admin('POST', '/apply', TENANT);
  northwind = String((await program.admin('GET', '/organizations/northwind')).id);
  const salt = randomBytes(16);
  const hash = pbkdf2Sync(PASSWORD, salt, 1000, 32, 'sha256').toString('base64');
  const passwordHash = {
    algorithm: 'pbkdf2',
    digest: 'sha256',
    iterations: 1000,
    salt: salt.toString('base64'),
    hash,
  };
  const { id } = await program.admin('POST', '/user-imports', { key: 'people-of-both', format: 'ndjson' });
  const records = ['nora', 'adam'].map((name) => ({ email: `${name}@example.com`, name, passwordHash }));
  await program.admin('POST', `/user-imports/${id}/records`, { from: 0, records });
  const { items } = (await program.admin('GET', '/users')) as { items: { id: string; email: string }[] };
  for (const { id, email } of items) ids.set(email.split('@')[0] ?? '', id);
  await program.admin('PUT', `/organizations/northwind/members/${ids.get('nora')}`, { roles: ['reader'] });
  await program.admin('PUT', `/organizations/acme/members/${ids.get('adam')}`, {});
  const boss = { name: 'boss', organization: 'northwind', roles: ['administrator', 'reader'] };
  bossKey = String((await program.admin('POST', '/keys', boss)).key);
});
afterAll(() => program?.remove());

const verifier = randomBytes(32).toString('base64url');
const request = (more: Record<string, string> = {}) =>
  `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT,
    redirect_uri: CALLBACK,
    scope: 'openid roles offline_access orders:read',
    state: 'there and back',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })}`;

/** From the application's link through the page where one signs in, back to what the link was for. */
async function signIn(browser: Browser, name: string): Promise<Response> {
  const sent = await browser.get(request());
  expect(sent.status).toBe(303);
  const page = await (await browser.get(sent.headers.get('location') ?? '')).text();
  const typed = { email: `${name}@example.com`, password: PASSWORD };
  const done = await browser.post('/sign-in', { ...hiddenFields(page), ...typed });
  const signedIn = await (await browser.get(done.headers.get('location') ?? '')).text();
  const [, link = ''] = /<a class="button wide" href="([^"]+)">Continue/.exec(signedIn) ?? [];
  return browser.get(link.replaceAll('&amp;', '&'));
}

const back = (answer: Response) => new URL(answer.headers.get('location') ?? 'none:').searchParams;

function token(fields: Record<string, string>): Promise<Response> {
  const basic = Buffer.from(`${CLIENT}:${secret}`).toString('base64');
  return fetch(`${program.issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams(fields),
  });
}

describe('declared by the organization’s administrator', () => {
  test.each([
    ['a host of somebody else', ['https://evil.example/callback'], 0],
    ['a host that only ends so', [CALLBACK, 'https://evil-northwind.example/callback'], 1],
  ])('%s is refused there and then, and told by its place', async (_, redirectUris, index) => {
    const refused = await asBoss('PUT', `/clients/${CLIENT}`, { spec: { ...SPEC, redirectUris } });
    expect(refused).toMatchObject({
      status: 400,
      type: expect.stringContaining('application/problem+json'),
      body: {
        code: 'documents_invalid',
        fields: [{ path: `spec.redirectUris.${index}`, message: expect.stringContaining('it has northwind.example') }],
      },
    });
    expect((await program.call('GET', `/clients/${CLIENT}`)).status).toBe(404);
  });

  test('its domains are not for itself to write', async () => {
    const spec = { displayName: 'Northwind', domains: ['northwind.example', 'evil.example'] };
    expect((await asBoss('PUT', '/organizations/northwind', { spec })).status).toBe(403);
  });

  test('on a domain of its own it stands, and gets a secret', async () => {
    expect(await asBoss('PUT', `/clients/${CLIENT}`, { spec: SPEC })).toMatchObject({ status: 201 });
    secret = String((await asBoss('POST', `/clients/${CLIENT}/secrets`, {})).body.secret);
  });
});

test('a member signs in at the page, agrees, and is told of as a member', async () => {
  const browser = new Browser(program.issuer);
  const consent = await (await signIn(browser, 'nora')).text();
  expect(consent).toContain('Northwind portal');
  const agreed = await browser.post('/oauth/consent', { ...hiddenFields(consent), decision: 'allow' });
  expect(Object.fromEntries(back(agreed))).toMatchObject({ state: 'there and back', iss: program.issuer });
  const grant = { grant_type: 'authorization_code', code: back(agreed).get('code') ?? '', redirect_uri: CALLBACK };
  const answer = await token({ ...grant, code_verifier: verifier });
  const tokens = (await answer.json()) as Record<string, string>;
  expect({ status: answer.status, ...tokens }).toMatchObject({ status: 200, refresh_token: expect.any(String) });
  expect(decodeJwt(tokens.access_token ?? '')).toMatchObject({
    sub: ids.get('nora'),
    client_id: CLIENT,
    organization_id: northwind,
    roles: ['reader'],
  });
  const told = await fetch(`${program.issuer}/oauth/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(await told.json()).toMatchObject({ sub: ids.get('nora'), roles: ['reader'] });

  // She leaves: the next refresh is refused, and so is she.
  await program.admin('DELETE', `/organizations/northwind/members/${ids.get('nora')}`);
  const refreshed = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
  expect([refreshed.status, await refreshed.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
  expect(back(await browser.get(request())).get('error')).toBe('access_denied');
});

test('who belongs to another organization signs in, and is sent back with nothing', async () => {
  const answer = back(await signIn(new Browser(program.issuer), 'adam'));
  expect(Object.fromEntries(answer)).toMatchObject({ error: 'access_denied', state: 'there and back' });
  expect(answer.has('code')).toBe(false);
});

test('a domain that is taken back ends it, and whoever declares something else is not asked about it', async () => {
  const taken = { spec: { displayName: 'Northwind' } };
  expect((await program.call('PUT', '/organizations/northwind', taken, { 'if-match': '*' })).status).toBe(200);
  const browser = new Browser(program.issuer);
  await expect
    .poll(async () => (await browser.get(request())).text())
    .toContain('is not on a domain of the organization');
  const robot = { organization: 'northwind', type: 'confidential', grants: ['client_credentials'] };
  expect((await asBoss('PUT', '/clients/northwind--robot', { spec: robot })).status).toBe(201);
});
