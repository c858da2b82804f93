import { join } from 'node:path';
import { AdminError, createAdminClient } from '@gatehouse/sdk/admin';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningExample, startExample } from '../../server/test/running-example.ts';
import { tokenByCommandLine } from '../../server/test/token-by-command-line.ts';

const EMAILS = { dirk: 'dirk@northwind.example', nora: 'nora@northwind.example', carl: 'carl@contoso.example' };
type Name = keyof typeof EMAILS;
const WRITING = 'openid shipments:read shipments:write';
const TEA = { goods: 'Tea', destination: 'Oslo' };

/** Its start alone may take nearly as long as a hook usually has; three people sign in besides. */
const SET_UP_MILLISECONDS_MAX = 180_000;

let example: RunningExample;
const tokens = new Map<Name, string>();
const logIn = (name: Name, clientId = 'platform', scope = WRITING) =>
  tokenByCommandLine(example, { email: EMAILS[name], clientId, scope });

beforeAll(async () => {
  example = await startExample('b2b-platform');
  for (const name of ['dirk', 'nora', 'carl'] as const) tokens.set(name, await logIn(name));
  for (const name of ['dirk', 'carl'] as const) {
    expect(await ask(name, 'POST', '/shipments', { ...TEA, goods: `Tea of ${name}` })).toMatchObject({ status: 201 });
  }
}, SET_UP_MILLISECONDS_MAX);
afterAll(() => example?.stop());

async function ask(who: Name | { token: string }, method: string, path: string, body?: object) {
  const token = typeof who === 'string' ? tokens.get(who) : who.token;
  const response = await fetch(`http://localhost:${example.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: text === '' ? {} : JSON.parse(text),
  };
}
const goods = async (name: Name, path = '/shipments') =>
  (await ask(name, 'GET', path)).body.map((shipment: { goods: string }) => shipment.goods);

describe('rows', () => {
  test('are those of the caller’s company, also where the query asks for all', async () => {
    for (const path of ['/shipments', '/shipments/search?text=Tea', '/shipments/search?text=']) {
      expect(await goods('dirk', path)).toEqual(['Tea of dirk']);
      expect(await goods('nora', path)).toEqual(['Tea of dirk']);
      expect(await goods('carl', path)).toEqual(['Tea of carl']);
    }
  });

  test('of others are neither deleted nor written', async () => {
    const [{ id }] = (await ask('dirk', 'GET', '/shipments')).body;
    expect((await ask('carl', 'DELETE', `/shipments/${id}`)).status).toBe(404);
    expect(await ask('carl', 'POST', '/shipments', { ...TEA, organization_id: 'org_other' })).toMatchObject({
      status: 201,
    });
    expect(await goods('dirk')).toEqual(['Tea of dirk']);
    expect(await goods('carl')).toHaveLength(2);
  });

  test('are shown to nobody whom the database does not know', async () => {
    const host = join(example.folder, 'data/postgres');
    const client = new pg.Client({
      host,
      port: 5432,
      database: 'freight',
      user: 'gatehouse',
      options: '-c role=freight',
    });
    await client.connect();
    expect((await client.query('select * from shipments')).rows).toEqual([]);
    await expect(client.query("insert into shipments values (default, 'org_x', 'a', 'b', 'c')")).rejects.toThrow(
      'row-level security',
    );
    await client.end();
  });
});

describe('what somebody may do', () => {
  test('needs the scope, whatever the role: the application for reports only reads', async () => {
    const token = await logIn('dirk', 'reports', 'openid shipments:read');
    expect((await ask({ token }, 'GET', '/shipments')).status).toBe(200);
    const refused = await ask({ token }, 'POST', '/shipments', TEA);
    expect([refused.status, refused.challenge]).toEqual([403, expect.stringContaining('shipments:write')]);
  });

  test('needs the role, whatever the scope: an auditor plans nothing', async () => {
    expect(await ask('nora', 'POST', '/shipments', TEA)).toMatchObject({
      status: 403,
      body: { required_roles: ['dispatcher'] },
    });
    expect((await ask('nora', 'DELETE', '/shipments/x')).status).toBe(403);
  });

  test('needs a token', async () => {
    expect((await fetch(`http://localhost:${example.port}/shipments`)).status).toBe(401);
  });
});

describe('the administrator of one company', () => {
  const boss = () =>
    createAdminClient({ baseUrl: example.issuer, token: () => /BOSS=(\S+)/.exec(example.welcome)?.[1] ?? '' });
  const members = (name: string) => boss().get('/api/v1/organizations/{name}/members', { params: { name } });

  test('sees its people and no others', async () => {
    expect((await members('northwind')).data.items).toHaveLength(2);
    await expect(members('contoso')).rejects.toMatchObject({ name: 'AdminError', status: 404 });
    const { data } = await boss().get('/api/v1/users');
    expect(data.items.map(({ email }) => email).toSorted()).toEqual([EMAILS.dirk, EMAILS.nora]);
  });

  test('gives roles of the company, and none that reach beyond', async () => {
    const { data } = await boss().get('/api/v1/users', { query: { search: 'nora' } });
    const params = { name: 'northwind', userId: data.items[0]?.id ?? '' };
    const give = (role: string) =>
      boss().put('/api/v1/organizations/{name}/members/{userId}', { params, body: { roles: [role] }, ifMatch: '*' });
    await expect(give('administrator')).rejects.toBeInstanceOf(AdminError);
    await give('dispatcher');
    expect((await ask({ token: await logIn('nora') }, 'POST', '/shipments', TEA)).status).toBe(201);
  });
});
