/** oidc-client-ts in Chromium: sign-in with PKCE, tokens in memory alone, renewal without a page, sign-out of the tokens. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#testing';
import { ADMINISTRATOR, type InteropWorld, openInteropWorld } from './interop-world.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
if (!installed) console.warn(`SKIPPED: oidc-client-ts in a browser, because there is no Chromium at ${CHROMIUM}`);

const LIBRARY = createRequire(import.meta.url)
  .resolve('oidc-client-ts')
  .replace(/dist\/.*$/, 'dist/browser/oidc-client-ts.min.js');

const page = (authority: string) => `<!doctype html><title>app</title><div id="who">nobody</div>
<script src="/oidc-client-ts.js"></script>
<script>
  const manager = window.manager = new oidc.UserManager({
    authority: ${JSON.stringify(authority)},
    client_id: 'spa',
    redirect_uri: location.origin + '/',
    scope: 'openid email offline_access',
    automaticSilentRenew: false,
    userStore: new oidc.WebStorageStateStore({ store: new oidc.InMemoryWebStorage() }),
  });
  (async () => {
    if (!location.search.includes('code=')) return manager.signinRedirect();
    const user = await manager.signinRedirectCallback();
    history.replaceState(null, '', '/');
    document.getElementById('who').textContent = user.profile.email;
  })().catch((error) => { document.getElementById('who').textContent = String(error); });
</script>`;

describe.skipIf(!installed)('oidc-client-ts in Chromium', { timeout: 60_000 }, () => {
  let world: InteropWorld;
  let browser: Browser;
  let application: Server;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    world = await openInteropWorld([
      { name: 'spa', redirectUri: `${origin}/`, public: true, spec: { firstParty: true } },
    ]);
    const library = await readFile(LIBRARY);
    application = createServer((request, response) => {
      const script = request.url === '/oidc-client-ts.js';
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
      response.end(script ? library : page(world.program.issuer));
    });
    await new Promise<void>((resolve) => application.listen(port, 'localhost', resolve));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
    application?.closeAllConnections();
    application?.close();
  });

  test('signs in, keeps its tokens in memory, renews them in silence, and ends them', async () => {
    const { issuer } = world.program;
    const context = await browser.newContext();
    const session = [...world.administrator.cookies].map(([name, value]) => ({ name, value, url: issuer }));
    await context.addCookies(session);
    const tab = await context.newPage();
    await tab.goto(origin);
    await tab.waitForFunction('document.getElementById("who")?.textContent !== "nobody"');
    expect(await tab.textContent('#who')).toBe(ADMINISTRATOR.email);

    // Nothing of the tokens is where a script of another visit, or of an extension, would look.
    const user = (await tab.evaluate(
      'manager.getUser().then(({ access_token, refresh_token }) => ({ access_token, refresh_token }))',
    )) as Tokens;
    const stored = await tab.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    for (const token of [user.access_token, user.refresh_token]) {
      expect(token.length).toBeGreaterThan(20);
      expect(stored).not.toContain(token);
    }

    const renewed = (await tab.evaluate(
      'manager.signinSilent().then(({ access_token, refresh_token }) => ({ access_token, refresh_token }))',
    )) as Tokens;
    expect(renewed.access_token).not.toBe(user.access_token);
    expect(renewed.refresh_token).not.toBe(user.refresh_token);

    const userinfo = `fetch(${JSON.stringify(`${issuer}/oauth/userinfo`)}, { headers: { authorization: 'Bearer ' + token } }).then(({ status }) => status)`;
    const statusOf = (token: string) =>
      tab.evaluate(`(() => { const token = ${JSON.stringify(token)}; return ${userinfo}; })()`);
    expect(await statusOf(renewed.access_token)).toBe(200);
    await tab.evaluate('manager.revokeTokens(["access_token", "refresh_token"])');
    expect(await statusOf(renewed.access_token)).toBe(401);
    await expect(tab.evaluate(`manager.signinSilent().then(() => 'renewed')`)).rejects.toThrow();
    await context.close();
  });
});

interface Tokens {
  access_token: string;
  refresh_token: string;
}
