/** Sessions that the gateway keeps: signed in by code flow, cookies instead of tokens, and over everywhere at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';
import { answerOf, shop, signIn, Visitor } from './session-world.ts';

const ADA = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };
const COOKIE = 'gatehouse_web-shop';
const LOGIN = 'gatehouse_login-shop';
/** How long it may take at most; revocation.test.ts measures the feed that carries it. */
const HEARD_MILLISECONDS_MAX = 5_000;

let upstream: EchoUpstream;
let program: Program;
let second: Program;
let ada: Browser;
beforeAll(async () => {
  upstream = await startEchoUpstream((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ headers: request.headers }));
  });
  program = await startProgram();
  await program.admin('POST', '/apply', shop(program.gatewayUrl, upstream.url));
  second = await startProgram({ folder: program.folder, role: 'gateway', issuer: program.issuer });
  ada = await becomeAdministrator(program, ADA);
});
afterAll(async () => {
  await second?.stop();
  await program?.remove();
  await upstream?.close();
});

const visitor = () => new Visitor(program.gatewayUrl);
async function signedIn(): Promise<Visitor> {
  const own = visitor();
  const done = await signIn(own, program, ada);
  expect([done.status, done.headers.location]).toEqual([303, '/shop']);
  return own;
}
const infoOf = async (own: Visitor) => JSON.parse((await own.send('/session/info')).body);
const sameOrigin = () => ({ origin: program.gatewayUrl, 'sec-fetch-site': 'same-origin' });

test('somebody who goes there signs in and comes back; a page that asks is told', async () => {
  const own = visitor();
  const sent = await own.go('/shop/shoes?size=42');
  expect([sent.status, sent.headers.location]).toEqual([303, '/session/login?return_to=%2Fshop%2Fshoes%3Fsize%3D42']);
  const asked = await own.send('/shop/shoes', {
    headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
  });
  expect(asked.status).toBe(401);
  expect(JSON.parse(asked.body)).toMatchObject({ code: 'session_needed', login: '/session/login' });
  const done = await signIn(own, program, ada, sent.headers.location);
  expect([done.status, done.headers.location]).toEqual([303, '/shop/shoes?size=42']);
  const cookie = done.headers['set-cookie']?.find((line) => line.startsWith(`${COOKIE}=`));
  expect(cookie).toMatch(/^gatehouse_web-shop=gh_gs_[A-Za-z0-9]+\.[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
  expect([...own.cookies.keys()]).toEqual([COOKIE]);
  for (const at of [program.gatewayUrl, second.gatewayUrl]) {
    const { status, body } = await own.send('/shop/shoes', {
      at,
      headers: { cookie: `${COOKIE}=${own.cookies.get(COOKIE)}; theme=dark` },
    });
    expect(status).toBe(200);
    const { headers } = JSON.parse(body);
    // What reaches the service: who calls, a token of its own API, and the cookies that are its own.
    expect(headers.cookie).toBe('theme=dark');
    const claims = JSON.parse(Buffer.from(headers.authorization.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ aud: upstream.url, scope: 'shop:browse shop:buy', client_id: 'gatehouse_gateway' });
    expect(headers['gatehouse-identity']).toBeDefined();
  }
});

test('what changes something comes from a page of ours, which shows the token of its session', async () => {
  const own = await signedIn();
  const { csrf_token: csrf } = await infoOf(own);
  const other = (await infoOf(await signedIn())).csrf_token;
  const post = async (headers: Record<string, string>) =>
    (await own.send('/shop/cart', { method: 'POST', headers: { ...headers, 'content-length': '0' } })).status;
  expect(await post({ ...sameOrigin(), 'x-gatehouse-csrf': csrf })).toBe(200);
  for (const headers of [
    { ...sameOrigin() },
    { ...sameOrigin(), 'x-gatehouse-csrf': other },
    { ...sameOrigin(), 'x-gatehouse-csrf': '' },
    { 'x-gatehouse-csrf': csrf },
    { ...sameOrigin(), origin: 'https://evil.example', 'x-gatehouse-csrf': csrf },
    { ...sameOrigin(), origin: 'null', 'x-gatehouse-csrf': csrf },
    { ...sameOrigin(), 'sec-fetch-site': 'same-site', 'x-gatehouse-csrf': csrf },
    { 'sec-fetch-site': 'cross-site', 'x-gatehouse-csrf': csrf },
    { 'sec-fetch-site': 'none', 'x-gatehouse-csrf': csrf },
  ])
    expect(await post(headers), JSON.stringify(headers)).toBe(403);
  // And a page elsewhere may lead somebody here, and not ask for anything.
  const get = async (headers: Record<string, string>) => (await own.send('/shop/x', { headers })).status;
  expect(await get({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
  for (const mode of ['no-cors', 'cors']) {
    for (const site of ['cross-site', 'same-site']) {
      expect(await get({ 'sec-fetch-site': site, 'sec-fetch-mode': mode }), `${site} ${mode}`).toBe(403);
    }
  }
  expect(
    (await own.send('/session/info', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } })).status,
  ).toBe(403);
});

test('whoever sends a credential himself is known by that alone', async () => {
  const own = await signedIn();
  const { key } = await program.issueKey({ scopes: ['shop:browse'] });
  const identity = async (headers: Record<string, string>) => {
    const { status, body } = await own.send('/shop/x', { headers });
    const token = status === 200 ? JSON.parse(body).headers['gatehouse-identity'] : undefined;
    return [status, token && JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).credential_type];
  };
  expect(await identity({})).toEqual([200, 'session']);
  expect(await identity({ 'x-api-key': key })).toEqual([200, 'api_key']);
  const mistyped = `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`;
  expect((await identity({ 'x-api-key': mistyped }))[0]).toBe(401);
  expect((await identity({ authorization: 'Bearer eyJ.eyJ.x' }))[0]).toBe(401);
});

test('an answer counts once, in the browser that asked, for the question that it asked', async () => {
  const own = visitor();
  const answer = await answerOf(own, program, ada);
  const login = own.cookies.get(LOGIN) ?? '';
  // Led there by a stranger: with nothing begun here, or something else.
  const victim = visitor();
  expect((await victim.go(answer)).status).toBe(400);
  await answerOf(victim, program, ada);
  expect((await victim.go(answer)).status).toBe(400);
  expect(victim.cookies.size).toBe(0);
  for (const [spoiled, status] of [
    [answer.replace(/state=[^&]+/, 'state=stolen'), 400],
    [answer.replace(/state=[^&]+&?/, ''), 400],
    [`${answer}&state=x`, 400],
    [answer.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'), 400],
    [answer.replace(/iss=[^&]+&?/, ''), 400],
    [answer.replace(/code=[^&]+/, 'code=gh_ac_made_up'), 403],
    [answer.replace(/code=[^&]+/, 'error=access_denied'), 403],
  ] as const) {
    const again = visitor();
    again.cookies.set(LOGIN, login);
    const refused = await again.go(spoiled);
    expect([refused.status, refused.headers['content-type'], again.cookies.size], spoiled).toEqual([
      status,
      'text/html; charset=utf-8',
      0,
    ]);
    expect(refused.body).toContain('href="&#47;session&#47;login"'.replaceAll('&#47;', '/'));
  }
  expect((await own.go(answer)).status).toBe(303);
  expect((await infoOf(own)).signed_in).toBe(true);
  // Replayed with all that was there: the code was used, and whatever came of it ends, as always with a replay.
  const thief = visitor();
  thief.cookies.set(LOGIN, login);
  expect((await thief.go(answer)).status).toBe(403);
  expect(thief.cookies.has(COOKIE)).toBe(false);
  await expect.poll(async () => (await own.send('/shop/x')).status, { timeout: HEARD_MILLISECONDS_MAX }).toBe(401);
});

test('nobody goes on under a cookie that was there before he signed in', async () => {
  const attacker = await signedIn();
  const planted = attacker.cookies.get(COOKIE) ?? '';
  const own = visitor();
  own.cookies.set(COOKIE, planted);
  await signIn(own, program, ada);
  expect(own.cookies.get(COOKIE)).not.toBe(planted);
  await expect.poll(async () => (await attacker.send('/shop/x')).status, { timeout: HEARD_MILLISECONDS_MAX }).toBe(401);
  expect((await own.send('/shop/x')).status).toBe(200);
});

test('cookies that are made up, doubled or of another place', async () => {
  const own = await signedIn();
  const good = own.cookies.get(COOKIE) ?? '';
  const status = async (cookie: string, headers: Record<string, string> = {}) =>
    (await own.send('/shop/x', { headers: { cookie, ...headers } })).status;
  expect(await status(`${COOKIE}=${good}`)).toBe(200);
  expect(await status(`a=b;${COOKIE}=${good} `)).toBe(200);
  for (const cookie of [
    `${COOKIE}=${good}; ${COOKIE}=${good}`,
    `${COOKIE}=${good}; ${COOKIE}=tossed`,
    `${COOKIE}=${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
    `${COOKIE}=${good.split('.')[0]}`,
    `${COOKIE}=${good}.${good}`,
    `${COOKIE}="${good}"`,
    `${COOKIE}=`,
    ` ${COOKIE.toUpperCase()}=${good}`,
    `x${COOKIE}=${good}`,
    `${COOKIE}-2=${good}`,
    `gatehouse_session=${good}`,
  ])
    expect(await status(cookie), cookie).toBe(401);
  expect(await status(`${COOKIE}=${good}`, { host: 'shop.example' })).toBe(401);
});

test.each([
  ['https://evil.example/', '/shop'],
  ['//evil.example', '/shop'],
  ['/\\evil.example', '/shop'],
  ['/a/..//evil.example', '/shop'],
  ['javascript:alert(1)', '/shop'],
  ['/session/logout', '/shop'],
  ['/shop%0d%0aset-cookie:x=y', '/shop'],
  ['/shop/%2e%2e/session/login', '/shop'],
  ['/shop?next=//evil.example', '/shop?next=//evil.example'],
])('comes back to %s: %s', async (wanted, landed) => {
  const own = visitor();
  const { headers } = await signIn(own, program, ada, `/session/login?return_to=${encodeURIComponent(wanted)}`);
  expect(headers.location).toBe(landed);
});

test('the request passes through the browser, or is pushed where the client must push', async () => {
  const own = visitor();
  expect((await own.go('/session/login')).headers.location).toMatch(/client_id=shop-web.*&nonce=.*code_challenge=/);
  const { spec } = (await program.admin('GET', '/clients/shop-web')) as { spec: object };
  const declare = (more: object) =>
    program.call('PUT', '/clients/shop-web', { spec: { ...spec, ...more } }, { 'if-match': '*' });
  expect((await declare({ pushedRequestsOnly: true })).status).toBe(200);
  const pushed = (await own.go('/session/login')).headers.location ?? '';
  expect([...new URL(pushed).searchParams.keys()]).toEqual(['client_id', 'request_uri']);
  expect((await signIn(own, program, ada)).status).toBe(303);
  let held = 0;
  for (let round = 0; round < 80 && held === 0; round += 1) {
    const { status, headers } = await visitor().go('/session/login');
    if (status === 429) held = Number(headers['retry-after']);
  }
  expect(held).toBeGreaterThan(0);
  expect((await declare({})).status).toBe(200);
});

test('a route that asks for a stronger sign-in sends there, and says so to a page', async () => {
  const own = await signedIn();
  const sent = await own.go('/vault');
  expect([sent.status, sent.headers.location]).toEqual([303, '/session/login?return_to=%2Fvault&acr_values=phr']);
  const told = await own.send('/vault');
  expect({ status: told.status, ...JSON.parse(told.body) }).toMatchObject({
    ...{ status: 401, code: 'authentication_insufficient', login: '/session/login?acr_values=phr' },
    detail: expect.stringContaining('Send them to `login`'),
  });
});

test('signing out is of a page of ours, and over on every gateway; so is the issuer’s own', async () => {
  const own = await signedIn();
  const copy = own.cookies.get(COOKIE) ?? '';
  const post = (headers: Record<string, string>) => own.send('/session/logout', { method: 'POST', headers });
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await post({})).status).toBe(403);
  expect((await own.send('/session/logout')).status).toBe(405);
  expect((await own.send('/shop/x', { at: second.gatewayUrl })).status).toBe(200);
  const done = await post({ ...sameOrigin(), 'sec-fetch-mode': 'navigate' });
  expect([done.status, done.headers.location, own.cookies.size]).toEqual([303, '/shop', 0]);
  own.cookies.set(COOKIE, copy);
  for (const at of [program.gatewayUrl, second.gatewayUrl]) {
    await expect
      .poll(async () => (await own.send('/shop/x', { at })).status, { timeout: HEARD_MILLISECONDS_MAX })
      .toBe(401);
  }
  // At the issuer too: the next sign-in asks who it is.
  await expect(answerOf(visitor(), program, ada)).rejects.toThrow('leads to /sign-in');
});
