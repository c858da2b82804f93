/** What an attacker could get at: addresses, storage, forged answers, other origins, a browser that blocks cookies. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Board, hasChromium, known, openBoard, provePassword, returning, visit } from './chromium.fixture.ts';

const state = (page: Page) =>
  page.evaluate(() => {
    const { status, error } = globalThis.auth.state as { status: string; error?: { code: string } };
    return { status, code: error?.code };
  });

describe.skipIf(!hasChromium)('in Chromium', { timeout: 60_000 }, () => {
  let board: Board;
  beforeAll(async () => {
    board = await openBoard({ issuerHost: '127.0.0.1' });
  });
  afterAll(() => board?.close());

  test('tokens are in no storage and in no address', async () => {
    const context = await board.browser.newContext();
    const addresses: string[] = [];
    const foreignReferrers: string[] = [];
    const secrets = new Set<string>();
    context.on('request', (request) => {
      addresses.push(request.url());
      if (!request.url().startsWith(board.url)) foreignReferrers.push(request.headers().referer ?? '');
    });
    context.on('response', async (response) => {
      if (!response.url().endsWith('/oauth/token') || response.request().method() !== 'POST') return;
      const { access_token: access, refresh_token: refresh } = await response.json();
      const verifier = new URLSearchParams(response.request().postData() ?? '').get('code_verifier');
      secrets
        .add(access)
        .add(refresh)
        .add(verifier ?? access);
    });
    const page = await visit(context, `${board.url}/`);
    await page.evaluate(() => void globalThis.auth.signIn());
    await page.waitForURL(`${board.program.issuer}/**`);
    await provePassword(page, board.url);
    await known(page);
    await page.evaluate(() => globalThis.auth.getAccessToken({ fresh: true }));
    const kept = await page.evaluate(async () =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        await indexedDB.databases(),
        await caches.keys(),
        location.href,
        history.state,
      ]),
    );
    expect(kept).toBe(JSON.stringify([{}, {}, '', [], [], `${board.url}/`, null]));
    expect(secrets.size).toBe(5);
    const elsewhere = [JSON.stringify(await context.cookies()), ...addresses].join('\n');
    for (const secret of secrets) expect(elsewhere).not.toContain(secret);
    // The code is where the standard puts it, once, and goes to nobody else as a referrer.
    expect(addresses.filter((address) => address.includes('?code='))).toHaveLength(1);
    expect(foreignReferrers.join()).not.toContain('code=');
    await context.close();
  });

  test('the token goes to no address that is not listed', async () => {
    const { context, page } = await returning(board, `${board.url}/`);
    const codes = await page.evaluate(() =>
      Promise.all(
        ['https://elsewhere.example/', `http://evil.${location.host}/`, 'http://localhost:1/'].map((url) =>
          globalThis.auth.fetch(url).catch((error: { code: string }) => error.code),
        ),
      ),
    );
    expect(codes).toEqual(['api_not_listed', 'api_not_listed', 'api_not_listed']);
    await context.close();
  });

  test('the way back leads to this application, whatever an address on it says', async () => {
    const context = await board.browser.newContext();
    const page = await visit(context, `${board.url}/`);
    const foreign = ['https://evil.example/', '//evil.example/', '\\\\evil.example', 'javascript:alert(1)', 'data:,x'];
    const codes = await page.evaluate(
      (addresses) =>
        Promise.all(
          addresses.map((returnTo) =>
            globalThis.auth.signIn({ returnTo }).catch((error: { code: string }) => error.code),
          ),
        ),
      foreign,
    );
    expect(codes).toEqual(foreign.map(() => 'return_to_foreign'));
    // A path with two slashes is one of this site, until somebody takes it for an address.
    await page.evaluate(() => void globalThis.auth.signIn({ returnTo: '/.//evil.example/x?y=1' }));
    await page.waitForURL(`${board.program.issuer}/**`);
    await provePassword(page, board.url);
    expect(await known(page)).toBe('signed_in');
    expect(page.url()).toBe(`${board.url}/evil.example/x?y=1`);
    await context.close();
  });

  test.each([
    ['no sign-in was begun in this tab', '?code=stolen&state=guessed&iss=ISSUER', 'state_mismatch'],
    ['another state', '?code=stolen&state=x&iss=ISSUER', 'state_mismatch'],
    ['the answer of another issuer', '?code=stolen&state=STATE&iss=https://evil.example', 'issuer_mismatch'],
    ['no issuer, where ours always says', '?code=stolen&state=STATE', 'issuer_mismatch'],
    ['an error without the state', '?error=access_denied&state=', 'state_mismatch'],
    ['no', '?error=access_denied&state=STATE&iss=ISSUER', 'access_denied'],
    ['a silent no', '?error=login_required&state=STATE&iss=ISSUER', undefined],
  ])('%s: no token is asked for', async (what, answer, code) => {
    const context = await board.browser.newContext();
    let asked = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/oauth/token')) asked += 1;
    });
    // What the person's browser is sent back with, instead of the issuer's answer.
    await context.route('**/oauth/authorize?*', (route) => {
      const sent = new URL(route.request().url()).searchParams.get('state') ?? '';
      const query = answer.replace('STATE', sent).replace('ISSUER', encodeURIComponent(board.program.issuer));
      return route.fulfill({ status: 303, headers: { location: `${board.url}/callback${query}` } });
    });
    const begun = what.startsWith('no sign-in') ? `callback${answer}` : '';
    const page = await visit(context, `${board.url}/${begun}`);
    expect(await state(page)).toEqual({ status: 'signed_out', code });
    expect(asked).toBe(0);
    expect(page.url()).not.toMatch(/code=|state=/);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await context.close();
  });

  test('where third-party cookies are blocked: signed in, over a reload, at an application of another site', async () => {
    const frames = await frameOfAnotherSite();
    const { context, page } = await returning(board, `${board.url}/`);
    expect(new URL(page.url()).hostname).not.toBe(new URL(board.program.issuer).hostname);
    // They are blocked indeed: to a frame in a page of another site no cookie is sent, neither the issuer’s nor its own.
    await frames.openIn(page);
    expect(frames.seen).toEqual(['/set ', '/get ']);
    const sameSite = await context.newPage();
    await sameSite.goto(`${frames.url}/get`);
    await frames.openIn(sameSite);
    expect(frames.seen).toEqual([
      expect.stringMatching(/^\/set .*_session=/),
      expect.stringMatching(/^\/get .*tracked=1/),
    ]);
    await page.reload();
    expect(await known(page)).toBe('signed_in');
    const first = await page.evaluate(() => globalThis.auth.getAccessToken());
    expect(await page.evaluate(() => globalThis.auth.getAccessToken({ fresh: true }))).not.toBe(first);
    expect((await page.evaluate(async () => (await globalThis.auth.fetch('/api/tasks')).status)) === 200).toBe(true);
    await context.close();
    frames.close();
  });
});

/** A frame of the issuer's site, which sets a cookie for itself and then looks whether it has it. */
async function frameOfAnotherSite() {
  const seen: string[] = [];
  const server = createServer(({ url: path = '', headers }, response) => {
    if (!/^\/(set|get)$/.test(path)) return response.writeHead(404).end();
    seen.push(`${path} ${headers.cookie ?? ''}`);
    response.setHeader('set-cookie', 'tracked=1; SameSite=None; Secure; Path=/');
    response.setHeader('content-type', 'text/html');
    return response.end(path === '/set' ? '<script>location = "/get"</script>' : 'done');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    seen,
    async openIn(page: Page): Promise<void> {
      seen.length = 0;
      await page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, `${url}/set`);
      await expect.poll(() => seen.length).toBe(2);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
