import { afterAll, beforeAll, expect, test } from 'vitest';
import { ISSUER, openIssuer } from './issuer.fixture.ts';

let issuer: Awaited<ReturnType<typeof openIssuer>>;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer.close());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const alice = { cookie: 'who=alice' };

async function start() {
  const body = 'client_id=tv&scope=openid%20weather:read';
  const response = await issuer.fetch(`${ISSUER}/oauth/device_authorization`, { method: 'POST', headers: form, body });
  return (await response.json()) as Record<string, string>;
}

const answer = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  issuer.fetch(`${ISSUER}/device`, {
    method: 'POST',
    headers: { ...form, ...alice, origin: ISSUER, ...headers },
    body: new URLSearchParams(fields).toString(),
  });

test('who is not signed in signs in first, and comes back to the code', async () => {
  const response = await issuer.fetch(`${ISSUER}/device?user_code=BCDF-GHJK`);
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/sign-in?return_to=%2Fdevice%3Fuser_code%3DBCDF-GHJK');
});

test('the page warns, names all that is given away, and works without a script', async () => {
  const { user_code = '', verification_uri_complete = '', device_code = '' } = await start();
  const response = await issuer.fetch(verification_uri_complete, { headers: alice });
  const page = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("form-action 'self';");
  for (const text of [user_code, 'in your own hands', 'Read the weather', 'weather:read', 'Alice', '127.0.0.1']) {
    expect(page).toContain(text);
  }
  const interaction = /name="interaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const fields = { interaction, user_code, decision: 'allow' };
  expect((await answer(fields, { origin: 'https://evil.example' })).status).toBe(400);
  expect(await (await answer(fields)).text()).toContain('tv is connected');
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'tv',
    device_code,
  }).toString();
  expect((await issuer.fetch(`${ISSUER}/oauth/token`, { method: 'POST', headers: form, body })).status).toBe(200);
});

test.each([
  ['no code', '', 200],
  ['a wrong one', '?user_code=BCDF-GHJK', 400],
  ['markup', '?user_code=%3Cscript%3E', 400],
  ['two', '?user_code=a&user_code=b', 400],
])('%s is asked for again', async (_, query, status) => {
  const response = await issuer.fetch(`${ISSUER}/device${query}`, { headers: alice });
  expect(response.status).toBe(status);
  const page = await response.text();
  expect(page).toContain('name="user_code"');
  expect(page).not.toContain('<script>');
});

test('it speaks German to those who do', async () => {
  const { verification_uri_complete = '' } = await start();
  const response = await issuer.fetch(verification_uri_complete, { headers: { ...alice, 'accept-language': 'de' } });
  expect(await response.text()).toContain('tv verbinden?');
});

test.each([
  ['de', /lang="de"[\s\S]*Diese Anfrage kann nicht ausgeführt werden[\s\S]*Die Anwendung/],
  ['en', /lang="en"[\s\S]*This request can’t be completed/],
])('a request that goes nowhere is told in the person’s language: %s', async (language, said) => {
  const headers = { 'accept-language': language };
  const response = await issuer.fetch(`${ISSUER}/oauth/authorize?client_id=nobody&response_type=code`, { headers });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(said);
});
