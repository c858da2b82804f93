/** The SPA client at somebody else's issuer, of another site, by its own sign-in pages. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ForeignIssuer, startForeignIssuer } from '../foreign/oidc-provider.fixture.ts';
import { bundle, CHROMIUM, FLAGS, hasChromium, known, pageOf, visit } from './chromium.fixture.ts';

describe.skipIf(!hasChromium)('in Chromium', { timeout: 60_000 }, () => {
  let foreign: ForeignIssuer;
  let browser: Browser;
  let url: string;
  const closing: (() => unknown)[] = [];
  beforeAll(async () => {
    const script = await bundle(fileURLToPath(new URL('./page.fixture.ts', import.meta.url)));
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://app');
      const isScript = pathname.endsWith('/app.js');
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : pageOf(pathname, foreign.issuer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    foreign = await startForeignIssuer('RS256', url);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await foreign?.close();
    for (const close of closing) close();
  });

  async function signIn(folder: string): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext();
    const page = await visit(context, `${url}${folder}tasks?filter=mine`);
    expect(await page.evaluate(() => globalThis.auth.state)).toEqual({ status: 'signed_out' });
    await page.evaluate(() => void globalThis.auth.signIn());
    await page.getByPlaceholder('Enter any login').fill('grace');
    await page.getByPlaceholder('and password').fill('whatever');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${url}/**`);
    await known(page);
    return { context, page };
  }

  test.each([
    ['/', 'Bearer'],
    ['/dpop/', 'DPoP'],
  ])('signs in, stays so over a reload, renews once for three tabs, signs out: %s, %s', async (folder) => {
    const { context, page } = await signIn(folder);
    expect(await page.evaluate(() => globalThis.auth.state)).toMatchObject({
      status: 'signed_in',
      user: { sub: 'grace', name: 'Grace' },
    });
    expect(page.url()).toBe(`${url}${folder}tasks?filter=mine`);
    await page.reload();
    expect(await known(page)).toBe('signed_in');
    const tabs = [page, await visit(context, `${url}${folder}two`), await visit(context, `${url}${folder}three`)];
    const before = await page.evaluate(() => globalThis.auth.getAccessToken());
    const tokens = await Promise.all(
      tabs.map((tab) => tab.evaluate(() => globalThis.auth.getAccessToken({ fresh: true }))),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(before);
    await page.bringToFront();
    await page.evaluate(() => void globalThis.auth.signOut());
    await page.getByRole('button', { name: /sign me out/i }).click();
    await page.waitForURL(`${url}${folder}bye**`);
    expect(await Promise.all(tabs.map(known))).toEqual(['signed_out', 'signed_out', 'signed_out']);
    await context.close();
  });
});
