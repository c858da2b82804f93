/** The same sessions in Chromium: what pages can and can't do with them, those of the shop and those of others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumInstalled, type OpenBrowser, openBrowser } from './console-browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';
import { shop } from './session-world.ts';

let upstream: EchoUpstream;
let program: Program;
let browser: OpenBrowser;
/** Serves whatever page is put here, for two sites: this one’s neighbour, and a stranger. */
let elsewhere: EchoUpstream;
let evil = '';

const PAGE = { 'content-type': 'text/html' };

beforeAll(async () => {
  if (!chromiumInstalled) return;
  upstream = await startEchoUpstream((request, response) => {
    response.writeHead(200, PAGE).end(`<!doctype html><title>Shop</title><h1>${request.method} ${request.url}</h1>`);
  });
  elsewhere = await startEchoUpstream((_request, response) => response.writeHead(200, PAGE).end(evil));
  program = await startProgram();
  await program.admin('POST', '/apply', shop(program.gatewayUrl, upstream.url));
  browser = await openBrowser(program);
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
  await upstream?.close();
  await elsewhere?.close();
});

const reached = (method: string) => upstream.seen.filter((each) => each.method === method).map(({ url }) => url);

test.skipIf(!chromiumInstalled)(
  'signs in, works, and signs out; no token and no cookie where a script could see it',
  async () => {
    const { page } = browser;
    await page.goto(`${program.gatewayUrl}/shop/shoes?size=42`);
    expect(await page.title()).toBe('Shop');
    expect(page.url()).toBe(`${program.gatewayUrl}/shop/shoes?size=42`);
    const seen = await page.evaluate<[string, number, number, string]>(
      '[document.cookie, localStorage.length, sessionStorage.length, document.referrer]',
    );
    expect(seen.slice(0, 3)).toEqual(['', 0, 0]);
    expect(seen[3]).not.toContain('code=');
    const statuses = await page.evaluate<number[]>(`(async () => {
    const session = await (await fetch('/session/info')).json();
    const post = async (headers) => (await fetch('/shop/cart', { method: 'POST', headers })).status;
    return [
      await post({ 'X-Gatehouse-CSRF': session.csrf_token }),
      await post({}),
      await post({ 'X-Gatehouse-CSRF': 'guessed' }),
      (await fetch('/shop/shoes')).status,
    ];
  })()`);
    expect(statuses).toEqual([200, 403, 403, 200]);
    expect(reached('POST')).toEqual(['/shop/cart']);
  },
);

test.skipIf(!chromiumInstalled).each([
  ['a stranger', '127.0.0.1'],
  ['a neighbour, to whom the browser sends the cookie', 'localhost'],
])('a page of %s changes nothing and reads nothing', async (_, host) => {
  const { page } = browser;
  const before = upstream.seen.length;
  const origin = `http://${host}:${new URL(elsewhere.url).port}`;
  evil = `<!doctype html><title>Evil</title><img src="${program.gatewayUrl}/shop/image">
    <form id="cart" method="post" action="${program.gatewayUrl}/shop/cart"></form>
    <form id="logout" method="post" action="${program.gatewayUrl}/session/logout"></form>`;
  await page.goto(origin);
  await page.evaluate(`Promise.allSettled([
    fetch('${program.gatewayUrl}/shop/a', { credentials: 'include', mode: 'no-cors' }),
    fetch('${program.gatewayUrl}/shop/b', { credentials: 'include' }),
    fetch('${program.gatewayUrl}/session/info', { credentials: 'include', mode: 'no-cors' }),
    fetch('${program.gatewayUrl}/shop/c', { method: 'POST', credentials: 'include', mode: 'no-cors' }),
    fetch('${program.gatewayUrl}/session/logout', { method: 'POST', credentials: 'include', mode: 'no-cors' }),
  ])`);
  for (const form of ['cart', 'logout']) {
    await page.goto(origin);
    const [answer] = await Promise.all([
      page.waitForNavigation(),
      page.evaluate(`document.getElementById('${form}').submit()`),
    ]);
    expect([401, 403], form).toContain(answer?.status());
  }
  expect(upstream.seen.slice(before)).toEqual([]);
  // Leading somebody there is all that it can do.
  await page.goto(origin);
  await Promise.all([page.waitForNavigation(), page.evaluate(`location.assign('${program.gatewayUrl}/shop/led')`)]);
  expect(await page.title()).toBe('Shop');
});

test.skipIf(!chromiumInstalled)('signing out leads to the issuer’s page, at the next address', async () => {
  const { page } = browser;
  await page.goto(`${program.gatewayUrl}/shop/shoes`);
  const done = await page.evaluate<{ signed_in: boolean }>(
    `(async () => (await fetch('/session/logout', { method: 'POST' })).json())()`,
  );
  expect(done).toEqual({ signed_in: false, login: '/session/login' });
  await page.goto(`${program.gatewayUrl}/shop/shoes`);
  expect(page.url().startsWith(`${program.issuer}/sign-in`)).toBe(true);
  const asked = await page.context().cookies(program.gatewayUrl);
  expect(asked.map(({ name }) => name)).not.toContain('gatehouse_web-shop');
});
