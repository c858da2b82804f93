/** Sessions that the gateway keeps of people who sign in at another OpenID provider. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { CLIENT_SECRET, type OtherProvider, Person, startOtherProvider } from './other-provider.ts';
import { freePort, type Program, startProgram } from './running-program.ts';
import { type Answered, Visitor } from './session-world.ts';

let upstream: EchoUpstream;
let provider: OtherProvider;
let program: Program;

function shop(): string {
  return `kind: api
name: shop
spec:
  audience: https://shop.example
  scopes: { shop:browse: Look around }
  issuers: [{ issuer: '${provider.issuer}', scopes: { allowed: [shop:browse] } }]
---
kind: upstream
name: partner-login
spec:
  targets: [{ url: '${provider.issuer}' }]
  secrets: [{ name: client-secret, client: true }]
---
kind: browser_session
name: shop
spec:
  origin: ${program.gatewayUrl}
  provider: { issuer: '${provider.issuer}', clientId: our-shop, secret: { upstream: partner-login, name: client-secret } }
  api: shop
  scopes: [openid, offline_access, shop:browse]
  landing: /shop
---
kind: route
name: shop
spec:
  match: { path: "/shop/{rest*}", methods: [GET, POST] }
  api: shop
  authenticate: [session]
  session: shop
  authorize: { scopes: [shop:browse] }
  upstream: { url: ${upstream.url} }
`;
}

beforeAll(async () => {
  const ports = { control: await freePort(), gateway: await freePort() };
  upstream = await startEchoUpstream((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ headers: request.headers }));
  });
  provider = await startOtherProvider(`http://localhost:${ports.gateway}`, 'https://shop.example');
  program = await startProgram({ ports, outbound: { issuers: ['127.0.0.0/8', '::1/128'] } });
  await program.admin('POST', '/apply', shop());
  await program.admin('PUT', '/upstreams/partner-login/secrets/client-secret', { value: CLIENT_SECRET });
});
afterAll(async () => {
  await program?.remove();
  await provider?.close();
  await upstream?.close();
});

async function begin(visitor: Visitor, login = '/session/login'): Promise<string> {
  const { status, headers, body } = await visitor.go(login);
  expect([status, body]).toEqual([303, '']);
  return String(headers.location);
}
/** @returns the way back, as the provider wrote it. */
async function answered(visitor: Visitor, who = new Person(provider, 'grace')): Promise<URL> {
  return new URL(await who.follow(await begin(visitor)));
}
const callback = (visitor: Visitor, { pathname, search }: URL) => visitor.go(pathname + search);
const infoOf = async (visitor: Visitor) => JSON.parse((await visitor.send('/session/info')).body);
const codeOf = ({ body }: Answered) => JSON.parse(body).code;

async function signedIn(who?: Person): Promise<Visitor> {
  const visitor = new Visitor(program.gatewayUrl);
  const done = await callback(visitor, await answered(visitor, who));
  expect([done.status, done.headers.location, done.body]).toEqual([303, '/shop', '']);
  return visitor;
}

test('a person of theirs signs in by code flow with PKCE and nonce, and is known to the service by their name', async () => {
  const visitor = new Visitor(program.gatewayUrl);
  const asked = new URL(await begin(visitor, '/session/login?return_to=/shop/shoes'));
  expect(asked.origin).toBe(provider.issuer);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    ...{ client_id: 'our-shop', response_type: 'code', code_challenge_method: 'S256' },
    ...{ resource: 'https://shop.example', scope: 'openid offline_access shop:browse' },
    ...{ state: expect.any(String), nonce: expect.any(String), code_challenge: expect.any(String) },
  });
  const answer = new URL(await new Person(provider, 'grace').follow(asked.href));
  const done = await callback(visitor, answer);
  expect([done.status, done.headers.location]).toEqual([303, '/shop/shoes']);
  const { status, body } = await visitor.go('/shop/shoes');
  expect(status).toBe(200);
  const { headers } = JSON.parse(body);
  const claims = JSON.parse(Buffer.from(headers['gatehouse-identity'].split('.')[1], 'base64url').toString());
  expect(claims).toMatchObject({ sub: `${provider.issuer}#grace` });
  // Neither their tokens nor the cookie reach the service.
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('cookie');
  expect(await infoOf(visitor)).toMatchObject({ signed_in: true, user_id: `${provider.issuer}#grace` });
});

test('it is renewed without the person, and ends when the provider renews no more', async () => {
  const visitor = await signedIn();
  const renewals = () => provider.asked.filter((each) => each === 'POST /token').length;
  const before = renewals();
  await expect
    .poll(async () => [(await visitor.go('/shop/shoes')).status, renewals() > before + 1], { timeout: 12_000 })
    .toEqual([200, true]);
});

test('signing out takes the tokens back and leads to the provider, who leads home', async () => {
  const who = new Person(provider, 'ada');
  const visitor = await signedIn(who);
  const { headers } = await visitor.send('/session/logout', {
    method: 'POST',
    headers: { origin: program.gatewayUrl, 'sec-fetch-mode': 'navigate', 'content-length': '0' },
  });
  const there = new URL(String(headers.location));
  expect(there.origin).toBe(provider.issuer);
  expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${program.gatewayUrl}/shop`);
  expect(provider.asked).toContain('POST /token/revocation');
  expect(await who.follow(there.href)).toBe(`${program.gatewayUrl}/shop`);
  expect(await infoOf(visitor)).toEqual({ signed_in: false, login: '/session/login' });
});

test('an answer that is not to this browser’s question, or not of this provider', async () => {
  const own = new Visitor(program.gatewayUrl);
  const answer = await answered(own);
  const change = (with_: (url: URL) => void) => {
    const url = new URL(answer);
    with_(url);
    return url;
  };
  expect(answer.searchParams.get('iss')).toBe(provider.issuer);
  const other = new Visitor(program.gatewayUrl);
  await begin(other);
  const tried: [Visitor, URL][] = [
    // Somebody leads another browser here, to sign it in as himself.
    [other, answer],
    [new Visitor(program.gatewayUrl), answer],
  ];
  for (const [visitor, url] of tried) {
    const { status, body } = await callback(visitor, url);
    expect([status, body.includes('Not signed in')]).toEqual([400, true]);
  }
  for (const changed of [
    change((url) => url.searchParams.set('iss', program.issuer)),
    change((url) => url.searchParams.set('iss', `${provider.issuer}/`)),
    change((url) => url.searchParams.delete('iss')),
    change((url) => url.searchParams.append('iss', provider.issuer)),
    change((url) => url.searchParams.set('state', 'x'.repeat(43))),
    change((url) => url.searchParams.append('state', 'x')),
    change((url) => url.searchParams.set('code', 'made-up')),
    change((url) => url.searchParams.delete('code')),
  ]) {
    const kept = new Map(own.cookies);
    const { status, body } = await callback(own, changed);
    expect([changed.search, status, body.includes('Not signed in')]).toEqual([
      changed.search,
      expect.any(Number),
      true,
    ]);
    expect(own.cookies.has('gatehouse_web-shop')).toBe(false);
    // Each is tried as if it were the first.
    for (const [name, value] of kept) own.cookies.set(name, value);
  }
});

test('an answer counts once', async () => {
  const visitor = new Visitor(program.gatewayUrl);
  const answer = await answered(visitor);
  const before = new Map(visitor.cookies);
  expect((await callback(visitor, answer)).status).toBe(303);
  for (const [name, value] of before) visitor.cookies.set(name, value);
  visitor.cookies.delete('gatehouse_web-shop');
  const again = await callback(visitor, answer);
  expect([again.status >= 400, visitor.cookies.has('gatehouse_web-shop')]).toEqual([true, false]);
});

test('without its secret, or with one that is for another origin, nobody signs in; and nothing is told', async () => {
  await program.admin('DELETE', '/upstreams/partner-login/secrets/client-secret');
  const visitor = new Visitor(program.gatewayUrl);
  const answer = await answered(visitor);
  const refused = await callback(visitor, answer);
  expect([refused.status, codeOf(refused)]).toEqual([503, 'session_unavailable']);
  await program.admin('PUT', '/upstreams/partner-login/secrets/client-secret', { value: CLIENT_SECRET });
  // What is logged comes by a pipe, behind the answer.
  await expect.poll(() => program.output).toContain('no client secret is set for');
  expect(program.output).not.toContain(CLIENT_SECRET);
});
