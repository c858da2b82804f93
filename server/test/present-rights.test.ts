/** What a person was when a token of the Admin API was issued counts for nothing once it was taken away. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';

const ADA = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };
let program: Program;
let browser: Browser;
let userId: string;

beforeAll(async () => {
  program = await startProgram();
  await program.admin('POST', '/apply', 'kind: organization\nname: acme\nspec: {displayName: Acme}\n');
  browser = await becomeAdministrator(program, ADA);
  const { items } = (await program.admin('GET', '/users')) as { items: { id: string }[] };
  userId = items[0]?.id ?? '';
  // The last one stays an administrator.
  await program.admin('POST', '/users', { email: 'bo@example.com', name: 'Bo', roles: ['administrator'] });
});
afterAll(() => program?.remove());

/** As the console gets one. */
async function tokenOfConsole(): Promise<string> {
  const code_verifier = randomBytes(32).toString('base64url');
  const redirect_uri = `${program.issuer}/console/signed-in`;
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'gatehouse_console', redirect_uri, scope: 'openid *' },
    resource: `${program.issuer}/api/v1`,
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const location = (await browser.get(`/oauth/authorize?${query}`)).headers.get('location') ?? '';
  const code = new URL(location).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', client_id: 'gatehouse_console', code, redirect_uri, code_verifier };
  const answer = await fetch(`${program.issuer}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  return String(((await answer.json()) as { access_token?: string }).access_token);
}

const makesKey = async (token: string) =>
  (
    await fetch(`${program.issuer}/api/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'to come back with' }),
    })
  ).status;

test('who was put out of an organization, or lost what they were in the tenant, makes no key to come back with', async () => {
  const member = `/organizations/acme/members/${userId}`;
  const change = async (method: string, path: string, body?: object) => {
    const changed = await program.call(method, path, body, { 'if-match': '*' });
    expect([changed.status, await changed.text()]).toEqual([
      expect.toSatisfy((status) => status < 300),
      expect.any(String),
    ]);
  };
  const whole = await tokenOfConsole();
  expect(await makesKey(whole)).toBe(201);
  await program.admin('PUT', member, { roles: ['administrator'] });
  // Nothing but the membership from here on: she acts inside the organization.
  await change('PATCH', `/users/${userId}`, { roles: [] });
  expect(await makesKey(whole)).toBe(401);
  const inside = await tokenOfConsole();
  expect(await makesKey(inside)).toBe(201);
  await change('PUT', member, { roles: [] });
  expect(await makesKey(inside)).toBe(403);
  await change('PUT', member, { roles: ['administrator'] });
  expect(await makesKey(inside)).toBe(201);
  await change('DELETE', member);
  expect(await makesKey(inside)).toBe(401);
});
