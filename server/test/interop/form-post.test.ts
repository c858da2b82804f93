/** `response_mode=form_post` in Chromium, under the policies that our pages have: with scripts, without, and after a consent. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#testing';
import { type InteropWorld, openInteropWorld } from './interop-world.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
if (!installed) console.warn(`SKIPPED: form_post in a browser, because there is no Chromium at ${CHROMIUM}`);

const VERIFIER = 'v'.repeat(43);

describe.skipIf(!installed)('form_post in Chromium', { timeout: 60_000 }, () => {
  let world: InteropWorld;
  let browser: Browser;
  let application: Server;
  let callback: string;
  let elsewhere: string;
  const posted: URLSearchParams[] = [];

  beforeAll(async () => {
    const port = await freePort();
    callback = `http://localhost:${port}/callback`;
    elsewhere = `http://localhost:${port}/elsewhere`;
    world = await openInteropWorld([
      { name: 'ours', redirectUri: callback, spec: { firstParty: true } },
      {
        name: 'theirs',
        redirectUri: callback,
        spec: { redirectUris: [callback, elsewhere] },
      },
    ]);
    application = createServer(async (request, response) => {
      if (request.url?.startsWith('/elsewhere') === true) {
        response.writeHead(303, { location: `http://127.0.0.1:${port}/home` }).end();
        return;
      }
      if (request.method === 'POST') posted.push(new URLSearchParams(await text(request)));
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>application</title><p>welcome</p>');
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

  async function open(clientId: string, { mode = 'form_post', scripts = true, to = callback } = {}) {
    const { issuer } = world.program;
    const context = await browser.newContext({ javaScriptEnabled: scripts });
    await context.addCookies([...world.administrator.cookies].map(([name, value]) => ({ name, value, url: issuer })));
    const tab = await context.newPage();
    const refusals: string[] = [];
    tab.on('console', (message) => void (message.type() === 'error' && refusals.push(message.text())));
    const request = new URLSearchParams({
      response_type: 'code',
      response_mode: mode,
      client_id: clientId,
      redirect_uri: to,
      scope: 'openid',
      state: 'st&te="1"',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    });
    await tab.goto(`${issuer}/oauth/authorize?${request}`);
    return { tab, refusals, close: () => context.close() };
  }

  const answered = () => ({ ...Object.fromEntries(posted.pop() ?? []), more: posted.splice(0).length });
  const answer = () => ({
    code: expect.stringMatching(/^gh_ac_/),
    state: 'st&te="1"',
    iss: world.program.issuer,
    more: 0,
  });

  test('by itself, where scripts run', async () => {
    const { tab, refusals, close } = await open('ours');
    await tab.waitForURL(callback);
    expect({ title: await tab.title(), refusals }).toEqual({ title: 'application', refusals: [] });
    expect(answered()).toEqual(answer());
    await close();
  });

  test('by its button, where they don’t', async () => {
    const { tab, refusals, close } = await open('ours', { scripts: false });
    expect(posted).toEqual([]);
    await tab.click('button[type=submit]');
    await tab.waitForURL(callback);
    expect({ refusals, ...answered() }).toEqual({ refusals: [], ...answer() });
    await close();
  });

  test('after the person agreed', async () => {
    const { tab, refusals, close } = await open('theirs');
    await tab.click('button[value=allow]');
    await tab.waitForURL(callback);
    expect({ refusals, ...answered() }).toEqual({ refusals: [], ...answer() });
    await close();
  });

  test('to an application that sends people on to another host', async () => {
    const { tab, refusals, close } = await open('theirs', { to: elsewhere });
    await tab.waitForURL(/\/home$/);
    expect({ title: await tab.title(), refusals }).toEqual({ title: 'application', refusals: [] });
    await close();
  });

  test('signed, as one parameter', async () => {
    const { tab, refusals, close } = await open('ours', { mode: 'form_post.jwt' });
    await tab.waitForURL(callback);
    const { response = '', more } = answered() as { response?: string; more: number };
    const keys = createRemoteJWKSet(new URL(`${world.program.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(response, keys, { issuer: world.program.issuer, audience: 'ours' });
    const { aud: _, exp: __, ...fields } = payload;
    expect({ refusals, ...fields, more }).toEqual({ refusals: [], ...answer() });
    await close();
  });
});
