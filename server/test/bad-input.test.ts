/** Bad input against the running program, on both listeners: refused by the right error, and nothing is changed by it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_DOCUMENTS, route, SOUND_ROUTE } from './bad-documents.cases.ts';
import { oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { claimsOf, FORGERIES, type ForgersWorld } from './forgeries.cases.ts';
import { type IssuerKeys, openIssuerKeys } from './issuer-keys.ts';
import { sendRaw } from './raw-http.ts';
import { get, REFUSED_PATHS, REFUSED_REQUESTS } from './refused-requests.cases.ts';
import { type Program, startProgram } from './running-program.ts';

let upstream: EchoUpstream;
let program: Program;
let keys: IssuerKeys;
let apiKey: string;
let genuine: string;
let exportedBefore: string;

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  apiKey = (await program.issueKey({ plan: 'plenty' })).key;
  const { secret } = await program.admin('POST', '/clients/reporter/secrets', {});
  const client = { id: 'reporter', secret: String(secret) };
  const answer = await oauthPost(program, 'token', client, { grant_type: 'client_credentials' });
  genuine = ((await answer.json()) as { access_token: string }).access_token;
  keys = await openIssuerKeys(program);
  exportedBefore = await program.exportYaml();
});
afterAll(async () => {
  await keys?.close();
  await program?.remove();
  await upstream?.close();
});

describe('resources', () => {
  test.each(BAD_DOCUMENTS)('%s', async (_name, yaml, status, code, told) => {
    const response = await program.call('POST', '/apply', yaml === '' ? ' ' : yaml);
    const text = await response.text();
    expect({ ...JSON.parse(text), contentType: response.headers.get('content-type') }).toMatchObject({
      status,
      code,
      contentType: expect.stringMatching(/^application\/problem\+json/),
    });
    expect(text).toMatch(told);
  });

  test.each<[name: string, method: string, path: string, body: unknown, status: number]>([
    ['an unknown field', 'PUT', '/plans/bad', { spec: { limits: [{ requests: 1, perSeconds: 1 }], limit: 1 } }, 400],
    ['a wrong type', 'PUT', '/plans/bad', { spec: { limits: 'none' } }, 400],
    ['an unknown field of a key', 'POST', '/keys', { name: 'x', scopes: [], admin: true }, 400],
    ['scopes that are no list', 'POST', '/keys', { name: 'x', scopes: 'all' }, 400],
    ['a negative life', 'POST', '/keys', { name: 'x', scopes: [], expiresInSeconds: -1 }, 400],
    [
      'a prototype',
      'POST',
      '/keys',
      JSON.parse('{"name":"x","scopes":[],"__proto__":{"roles":["administrator"]}}'),
      400,
    ],
    ['an id that is none', 'GET', '/keys/..%2f..%2fexport', undefined, 404],
    ['an unknown query parameter', 'GET', '/keys?admin=1', undefined, 400],
    ['a method that is not there', 'PATCH', '/keys', {}, 405],
  ])('JSON: %s', async (_name, method, path, body, status) => {
    const response = await program.call(method, path, body);
    expect({ status: response.status, text: await response.text() }).toMatchObject({ status });
  });

  test('a body that is no JSON, that says another type, and that is too large', async () => {
    const send = (body: string, type: string) => program.call('POST', '/keys', body, { 'content-type': type });
    expect((await send('{"name":', 'application/json')).status).toBe(400);
    expect((await send('name=x', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await send('{}', 'application/json; charset=utf-7')).status).toBeGreaterThanOrEqual(400);
    // Refused by its head: fetch, which would still be sending, might not see the answer.
    const lines = `Authorization: Bearer ${program.adminToken}\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    const head = `POST /api/v1/keys HTTP/1.1\r\nHost: localhost\r\n${lines}Content-Length: 5242880\r\n\r\n`;
    const large = await sendRaw(program.ports.control, head);
    expect(large.status).toBe(413);
  });

  test('the command names file, line and column, and exits with 2', async () => {
    const file = join(program.folder, 'bad.yaml');
    writeFileSync(file, route(`${SOUND_ROUTE}\nmatcj: {}`));
    const { code, stderr, stdout } = await program.cli('apply', '-f', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/bad\.yaml:7:3/);
  });
});

describe('tokens', () => {
  const world = (): ForgersWorld => ({ issuer: program.issuer, keys, genuine, apiKey });

  test('a token that the program would issue itself is taken', async () => {
    expect(await callWith(await keys.sign(claimsOf(world())))).toMatchObject({ status: 200 });
    expect(await callWith(genuine)).toMatchObject({ status: 200 });
  });

  test.each(FORGERIES)('%s: 401 at the gateway', async (_name, make) => {
    const seen = upstream.seen.length;
    const answer = await callWith(await make(world()));
    expect(answer).toMatchObject({ status: 401, challenge: expect.stringMatching(/^Bearer /) });
    expect(upstream.seen.length).toBe(seen);
  });

  test.each(FORGERIES)('%s: 401 at the Admin API', async (_name, make) => {
    const authorization = `Bearer ${await make(world())}`;
    const response = await fetch(`${program.issuer}/api/v1/keys`, { headers: { authorization } });
    expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 401 });
  });

  test('a good token for an API is none for the Admin API, nor the reverse', async () => {
    const forAdmin = await keys.sign(claimsOf(world(), { aud: `${program.issuer}/api/v1`, roles: ['viewer'] }));
    expect(await callWith(forAdmin)).toMatchObject({ status: 401 });
    const headers = { authorization: `Bearer ${genuine}` };
    expect((await fetch(`${program.issuer}/api/v1/keys`, { headers })).status).toBe(401);
  });

  test('two credentials that are not one', async () => {
    const headers = { 'x-api-key': apiKey, authorization: `Bearer ${genuine}` };
    expect((await fetch(`${program.gatewayUrl}/things/one`, { headers })).status).toBe(400);
  });

  async function callWith(token: string) {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${program.gatewayUrl}/things/one`, { headers });
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      text: await response.text(),
    };
  }
});

describe('requests as bytes', () => {
  const caller = () => `X-API-Key: ${apiKey}\r\nConnection: close\r\n`;

  test.each(REFUSED_REQUESTS)('%s: refused by the gateway', async (_name, bytes, status) => {
    const seen = upstream.seen.length;
    const answer = await sendRaw(program.ports.gateway, bytes('/things/one', caller()));
    expect(status, answer.text).toContain(answer.status);
    expect(answer.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(upstream.seen.length).toBe(seen);
  });

  test.each(REFUSED_REQUESTS)('%s: refused by the control plane', async (_name, bytes, status) => {
    const answer = await sendRaw(program.ports.control, bytes('/healthz', caller()));
    expect(status, answer.text).toContain(answer.status);
    expect(answer.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  test.each(REFUSED_PATHS)('%s: %s', async (_name, target, status) => {
    const seen = upstream.seen.length;
    const answer = await sendRaw(program.ports.gateway, get(target, caller()));
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    expect(answer.text).toContain('application/problem+json');
    expect(upstream.seen.length).toBe(seen);
  });

  test.each<[target: string, url: string]>([
    ['/things/./one', '/one'],
    ['/things//one', '/one'],
    ['/open/../things/one', '/one'],
    ['/things/%6Fne', '/one'],
  ])('%s means %s, and is judged as that', async (target, url) => {
    const without = await sendRaw(
      program.ports.gateway,
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(without.status).toBe(401);
    expect((await sendRaw(program.ports.gateway, get(target, caller()))).status).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe(url);
  });
});

describe('what the upstream sees', () => {
  const LIES = [
    'Gatehouse-Identity',
    'gatehouse_identity',
    'Gatehouse-Decision-Id',
    'X-Gatehouse-User',
    'X-Forwarded-User',
    'X_Forwarded_User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Access-Token',
    'X-Auth-Request-User',
    'X-Authenticated-Userid',
    'X-Consumer-Username',
    'X-User-Id',
    'X-Remote-User',
    'Remote-User',
    'X-Client-Cert',
    'X-Amzn-Oidc-Data',
    'X-Goog-Iap-Jwt-Assertion',
    'X-Original-Url',
    'X-Http-Method-Override',
    'X-Real-Ip',
    'Forwarded',
    'Proxy-Authorization',
    'Proxy',
  ];
  const lies = Object.fromEntries(LIES.map((name) => [name, 'liar-liar']));

  test.each<[name: string, path: string, credential: () => Record<string, string>]>([
    ['an API key', '/things/one', () => ({ 'x-api-key': apiKey })],
    ['an API key as bearer', '/things/one', () => ({ authorization: `Bearer ${apiKey}` })],
    ['an access token', '/things/one', () => ({ authorization: `Bearer ${genuine}` })],
    ['nothing', '/open/x', () => ({})],
    ['a credential where none is asked for', '/open/x', () => ({ 'x-api-key': apiKey })],
  ])('with %s: no identity but ours, and no credential', async (_name, path, credential) => {
    const headers = {
      ...lies,
      ...credential(),
      cookie: 'theme=dark; gatehouse_session=gh_ss_liar-liar; other=1',
      connection: 'close, X-Kept',
    };
    const response = await sendRaw(program.ports.gateway, asBytes(path, headers));
    expect(response.status).toBe(200);
    const seen = upstream.seen.at(-1)?.rawHeaders ?? [];
    const text = seen.join('\n');
    expect(text).not.toMatch(/liar-liar/);
    expect(text).not.toContain(apiKey);
    expect(text).not.toContain(genuine);
    expect(text).toContain('theme=dark');
    const identities = seen.filter((name, index) => index % 2 === 0 && /^gatehouse.identity$/i.test(name));
    expect(identities).toHaveLength(path.startsWith('/open') ? 0 : 1);
  });

  test('the identity is signed by us, for this upstream, about this caller', async () => {
    await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${genuine}` } });
    const seen = upstream.seen.at(-1)?.rawHeaders ?? [];
    const token = seen[seen.findIndex((name) => name.toLowerCase() === 'gatehouse-identity') + 1] ?? '';
    const jwks = createRemoteJWKSet(new URL(`${program.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(token, jwks, {
      issuer: program.issuer,
      audience: upstream.url,
      typ: 'identity+jwt',
    });
    expect(payload).toMatchObject({ sub: 'reporter', principal_type: 'client', scope: 'things:read' });
    // And it opens nothing here.
    const back = await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${token}` } });
    expect(back.status).toBe(401);
  });

  function asBytes(path: string, headers: Record<string, string>): string {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`;
  }
});

describe('after all of it', () => {
  test('the program is well', async () => {
    expect((await fetch(`${program.issuer}/healthz`)).status).toBe(200);
    expect((await fetch(`${program.issuer}/readyz`)).status).toBe(200);
    const headers = { 'x-api-key': apiKey };
    expect((await fetch(`${program.gatewayUrl}/things/one`, { headers })).status).toBe(200);
    expect(program.output).not.toMatch(/"level":(50|60)/);
  });

  test('nothing was changed', async () => {
    expect(await program.exportYaml()).toBe(exportedBefore);
    expect(await program.cli('audit', 'verify')).toMatchObject({ code: 0 });
    const { items } = (await program.admin('GET', '/keys')) as { items: unknown[] };
    // The one of this test, and the command line's.
    expect(items).toHaveLength(2);
  });
});
