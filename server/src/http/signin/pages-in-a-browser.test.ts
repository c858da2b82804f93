import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_VIEW, renderConsentPage } from '#signin';
import { appCode, openPages, PASSWORD } from './signin-pages.fixture.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
if (!installed) console.warn(`SKIPPED: the pages in a real browser, because there is no Chromium at ${CHROMIUM}`);

describe.skipIf(!installed)('in a real browser', { timeout: 60_000 }, () => {
  let pages: Awaited<ReturnType<typeof openPages>>;
  let browser: Browser;
  let issuer: string;

  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://localhost:${port}`;
    pages = await openPages(issuer);
    await pages.app.listen({ port, host: '127.0.0.1' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  /** A page with scripts off, as the pages promise to work without; every complaint of the policy fails the test. */
  async function withPage(work: (page: Page) => Promise<void>, javaScriptEnabled = false): Promise<void> {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
    });
    await work(page);
    await context.close();
    expect(complaints).toEqual([]);
  }

  async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  test('first administrator, sign out, a mistake, sign in again, end the other session: without a script', async () => {
    await withPage(async (page) => {
      await page.goto(issuer + (await pages.setupPath()));
      expect(page.url()).toBe(`${issuer}/setup`);
      await page.getByLabel('Your name').fill('Ada Lovelace');
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await page.getByLabel('Password', { exact: true }).fill('password1');
      await page.getByLabel('Password, once more').fill('password1');
      await page.getByRole('button', { name: 'Create account' }).click();
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('ada@example.com');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Password, once more').fill(PASSWORD);
      await page.getByRole('button', { name: 'Create account' }).click();
      expect(page.url()).toBe(`${issuer}/sign-in/flow`);
      const secret = (await page.locator('code.key').textContent())?.replaceAll(' ', '') ?? '';
      await page.getByLabel('Code from the app').fill(appCode(pages, secret));
      await page.getByRole('button', { name: 'Confirm' }).click();
      expect(await page.locator('ol.codes li').count()).toBe(10);
      await page.getByRole('link', { name: 'I have kept them' }).click();
      expect(page.url()).toBe(`${issuer}/account`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      expect(page.url()).toBe(`${issuer}/signed-out`);
      await page.getByRole('link', { name: 'Sign in again' }).click();
      await signIn(page, 'ada@example.com', 'not the password');
      expect(await page.getByRole('alert').textContent()).toContain('don’t match');
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('ada@example.com');
      await signIn(page, 'ada@example.com');
      pages.clock.advance(30_000);
      await page.getByLabel('Code from your authenticator app').fill(appCode(pages, secret));
      await page.getByRole('button', { name: 'Continue' }).click();
      expect(await page.locator('.person-name').textContent()).toBe('Ada Lovelace');
    });
  });

  test('from sign-in on to a client on another origin: the form policy does not stand in the way', async () => {
    await pages.addUser('client@example.com');
    const app = createServer((_, response) => response.end('back at the application'));
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    const clientUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
    await withPage(async (page) => {
      // Only this path is another room's; the pages and their policy are the real ones.
      await page.route(`${issuer}/oauth/authorize*`, (route) =>
        route.fulfill({ status: 302, headers: { location: clientUrl } }),
      );
      await page.goto(`${issuer}/sign-in?return_to=${encodeURIComponent('/oauth/authorize?client_id=a')}`);
      await signIn(page, 'client@example.com');
      await page.waitForURL(clientUrl);
      expect(await page.textContent('body')).toBe('back at the application');
    });
    app.close();
  });

  describe('axe finds nothing', () => {
    const consent = renderConsentPage(PLAIN_VIEW, {
      interaction: 'x',
      client: { id: 'weather-dashboard', displayName: 'Weather Dashboard' },
      person: { name: 'Ada Lovelace', email: 'ada@example.com' },
      scopes: [
        { scope: 'openid', description: 'Confirm who you are', isRequired: true },
        { scope: 'weather:read', description: '', isRequired: false },
      ],
      details: [{ type: 'payment', description: 'Pay', values: [{ name: 'to', value: 'Bob' }], isRequired: false }],
      api: { name: 'weather', audience: 'https://weather.example.com' },
      redirectUri: 'https://dashboard.example.com/callback',
    });

    const VISITS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
      ['sign-in', (page) => page.goto(`${issuer}/sign-in`)],
      [
        'sign-in, failed',
        async (page) => {
          await page.goto(`${issuer}/sign-in`);
          await signIn(page, 'eve@example.com', 'wrong wrong wrong');
        },
      ],
      ['a link that is refused', (page) => page.goto(`${issuer}/setup`)],
      [
        'account',
        async (page) => {
          await page.goto(`${issuer}/sign-in`);
          await signIn(page, 'axe@example.com');
        },
      ],
      ['signed out', (page) => page.goto(`${issuer}/signed-out`)],
      [
        'consent',
        async (page) => {
          await page.route('**/consent', (route) =>
            route.fulfill({ status: 200, headers: { ...consent.headers }, body: consent.body }),
          );
          await page.goto(`${issuer}/consent`);
        },
      ],
    ];

    beforeAll(async () => {
      await pages.addUser('axe@example.com', ['viewer']);
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      test.each(VISITS)(`%s, ${colorScheme}`, async (_, visit) => {
        // The policy is lifted for this page only, so that axe can be put in.
        const context = await browser.newContext({
          bypassCSP: true,
          colorScheme,
          viewport: { width: 390, height: 844 },
        });
        const page = await context.newPage();
        await visit(page);
        await page.addScriptTag({ path: AXE });
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
          const { violations } = await axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        });
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        await context.close();
        expect(found).toEqual([]);
        expect(overflow, 'nothing to scroll sideways on a phone').toBeLessThanOrEqual(0);
      });
    }
  });
});

interface AxeViolation {
  id: string;
  nodes: { html: string }[];
}

/** The issuer must name the port before the listener has one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
