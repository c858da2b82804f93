/** A key that administers is stolen: exchanged, and used on the Admin API. What it touched is told, by whatever it was done. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const EXCHANGE = `
kind: client
name: key-exchange
spec: { type: public, grants: [token_exchange], scopes: [things:read], apis: [things] }
---
kind: role
name: key-maker
spec: { permissions: ['keys:*', 'things:read'] }
---
kind: policy
name: key-exchange
spec:
  cedar: |
    permit (principal == Client::"key-exchange", action == Action::"token-exchange", resource == Api::"things")
    when { context.subjectTokenType == "urn:gatehouse:params:oauth:token-type:api-key" };
`;

let upstream: EchoUpstream;
let program: Program;
beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  await program.admin('DELETE', '/policy_schemas/default');
  await program.admin('POST', '/apply', EXCHANGE);
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

test('what a stolen key touched is told, by whatever it was done, and what it made is named', async () => {
  const { id, key } = await program.issueKey({ roles: ['key-maker'] });
  const made = await program.call('POST', '/keys', { name: 'thiefs', scopes: ['things:read'] }, as(key));
  expect(made.status).toBe(201);
  const { id: thiefs } = (await made.json()) as { id: string };
  const token = await exchange(key);
  expect((await thing(token)).status).toBe(200);
  const breach = await program.admin('POST', '/breaches', { credential: key, replace: true });
  expect(breach).toMatchObject({
    touched: { tokens: 1, calls: 2, routes: [{ of: '' }, { of: 'thing', allowed: 1 }], complete: true },
    changed: { counts: [{ type: 'api_key.issued', count: 1 }], complete: true },
    replacement: { replaces: id },
  });
  expect(breach.changed).toMatchObject({ events: [{ type: 'api_key.issued', target: { id: thiefs } }] });
  expect(breach.notice).toContain('calls with 1 token that it was exchanged for');
  expect((await thing(token)).status).toBe(401);
});

test('a key that is exchanged, or administers, and never seen at the gateway, is in use', async () => {
  const [exchanged, administers] = [await program.issueKey(), await program.issueKey({ roles: ['key-maker'] })];
  await exchange(exchanged.key);
  expect((await program.call('GET', '/keys', undefined, as(administers.key))).status).toBe(200);
  const lastUse = async (id: string) => (await program.admin('GET', `/keys/${id}`)).lastUse;
  await program.until(async () => (await lastUse(exchanged.id)) !== null, 'an exchange is a use');
  expect(await lastUse(exchanged.id)).toMatchObject({ route: '', address: expect.stringMatching(/127\.0\.0\.1|::1/) });
  await program.stop();
  program = await startProgram({ folder: program.folder });
  expect(await lastUse(administers.id)).toMatchObject({
    route: '',
    address: expect.stringMatching(/127\.0\.0\.1|::1/),
  });
  const { items } = (await program.admin('GET', '/key-usage')) as { items: { keyId: string }[] };
  expect(items.map(({ keyId }) => keyId)).not.toContain(exchanged.id);
});

test('what was called with a token of a key is counted under the key, also after it ended', async () => {
  const { id, key } = await program.issueKey();
  const token = await exchange(key);
  expect([(await thing(token)).status, (await thing(token)).status, (await thing(key)).status]).toEqual([
    200, 200, 200,
  ]);
  await program.admin('POST', `/keys/${id}/revoke`, {});
  expect((await thing(token)).status).toBe(401);
  const usage = async () =>
    (await program.admin('GET', `/keys/${id}/usage?by=route`)) as { items: { route: string; calls: number }[] };
  await program.until(async () => (await usage()).items[0]?.calls === 4, 'the calls are counted');
  expect((await usage()).items).toMatchObject([{ route: 'thing', calls: 4, refused: 1 }]);
  expect((await program.admin('GET', `/keys/${id}`)).lastUse).toMatchObject({ route: 'thing' });
});

test('a token that was made from a key counts against the plan of the key', async () => {
  const { id, key } = await program.issueKey({ plan: 'plenty' });
  const token = await exchange(key);
  const policyOf = async () => (await thing(token)).headers.get('ratelimit-policy') ?? '';
  expect(await policyOf()).toContain('"plan";q=1000000');
  await program.admin('PATCH', `/keys/${id}`, { plan: null });
  expect(await policyOf()).not.toContain('"plan";q=1000000');
});

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const thing = (token: string) => fetch(`${program.gatewayUrl}/things/one`, { headers: as(token) });

async function exchange(key: string): Promise<string> {
  const body = new URLSearchParams({
    client_id: 'key-exchange',
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:gatehouse:params:oauth:token-type:api-key',
    subject_token: key,
    scope: 'things:read',
  });
  const answer = await fetch(`${program.issuer}/oauth/token`, { method: 'POST', body });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new TypeError(`no token: ${answer.status}`);
  return token;
}
