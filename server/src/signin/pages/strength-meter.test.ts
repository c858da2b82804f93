import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPasswordGuesses } from '../password-guesses.ts';
import { ASSETS, METER_SCRIPTS } from './assets.ts';
import { everyPage } from './every-page.fixture.ts';
import { findLocale } from './messages/locale.ts';
import { PLAIN_VIEW } from './view.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
if (!installed)
  console.warn(`SKIPPED: the strength meter in a real browser, because there is no Chromium at ${CHROMIUM}`);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PICTURES = process.env.PAGE_PICTURES;
const ORIGIN = 'http://pages.localhost';

const pagesIn = (language: string) =>
  new Map(everyPage(undefined, { ...PLAIN_VIEW, locale: findLocale(language) ?? PLAIN_VIEW.locale }));
/** Every page on which a password is made up. */
const METERED = [...pagesIn('en')].filter(([, { body }]) => body.includes('data-meter=')).map(([name]) => name);

test('it is on every page where somebody makes up a password', () => {
  const asking = [...pagesIn('en')].filter(([, { body }]) => body.includes('autocomplete="new-password"'));
  expect(METERED).toEqual(asking.map(([name]) => name));
  expect(METERED).toEqual(
    expect.arrayContaining(['set-up', 'recover-password', 'register-account', 'invitation-join', 'security']),
  );
});

describe.skipIf(!installed)('in a real browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  });
  afterAll(() => browser?.close());

  /** A page as it is served, with its own policy; and what was asked for besides. */
  async function open(
    name: string,
    options: { language?: string; width?: number; dark?: boolean; scripts?: boolean } = {},
  ) {
    const { language = 'en', width = 1280, dark = false, scripts = true } = options;
    const context = await browser.newContext({
      javaScriptEnabled: scripts,
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
    });
    const asked: string[] = [];
    const complaints: string[] = [];
    const pages = pagesIn(language);
    await context.route(`${ORIGIN}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      asked.push(pathname);
      const asset = ASSETS.find(({ path }) => path === pathname);
      if (asset !== undefined) return route.fulfill({ body: asset.body, contentType: asset.contentType });
      const served = pages.get(pathname.slice(1));
      return route.fulfill({ status: 200, headers: { ...served?.headers }, body: served?.body ?? '' });
    });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${ORIGIN}/${name}`);
    const meter = page.locator('[data-meter]');
    const type = (password: string) => page.fill('#password', password);
    return { page, meter, type, asked, complaints, close: () => context.close() };
  }

  test('says what the server will say of it, knows whom the form is about, and tells nobody', async () => {
    const { page, meter, type, asked, complaints, close } = await open('recover-password');
    expect(await meter.isHidden()).toBe(true);
    expect(asked.filter((path) => METER_SCRIPTS.some((script) => script.path === path))).toEqual([]);
    const guesses = await loadPasswordGuesses();
    const email = await page.locator('input[name="username"]').inputValue();
    const words = ['gatehouse', email, ...email.split('@')];
    for (const password of [
      'aaaaaaaaaaaa',
      'password2024!',
      `${email.split('@')[0]}1999`,
      'gatehouse-gatehouse',
      'Tr0ub4dour&3',
      'violet kettle marches north',
      'ö'.repeat(70),
    ]) {
      await type(password);
      const score = guesses.score(password, words);
      await expect.poll(() => meter.getAttribute('data-level'), { message: password }).toBe(String(score));
    }
    await type('short');
    await expect.poll(() => meter.getAttribute('data-level')).toBe('0');
    await type('');
    await expect.poll(() => meter.isHidden()).toBe(true);
    expect(complaints).toEqual([]);
    // Its own files, once each, and nothing else.
    const loaded = asked.slice(1).filter((path) => METER_SCRIPTS.some((script) => script.path === path));
    expect(loaded.toSorted()).toEqual(METER_SCRIPTS.map(({ path }) => path).toSorted());
    await close();
  });

  test.each([
    ['register-account', { language: 'de', width: 390, dark: true }, 'Stark'],
    ['security', { language: 'en', width: 1280, dark: false }, 'Strong'],
    ...(PICTURES === undefined
      ? []
      : ([
          ['recover-password', { language: 'de', width: 1280, dark: true }, 'Stark'],
          ['invitation-join', { language: 'en', width: 390, dark: false }, 'Strong'],
        ] as const)),
  ] as const)('%s %j: in words, and axe finds nothing', async (name, options, word) => {
    const { page, meter, type, complaints, close } = await open(name, options);
    await type('violet kettle marches north');
    await expect.poll(() => meter.locator('[data-meter-word]').textContent()).toBe(word);
    expect(await meter.locator('[aria-live]').getAttribute('aria-live')).toBe('polite');
    const picture = (level: string) =>
      PICTURES === undefined
        ? undefined
        : page.screenshot({
            path: `${PICTURES}/meter-${level}-${name}-${options.width}-${options.dark ? 'dark' : 'light'}.png`,
          });
    if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
    await picture('strong');
    await type('password1!');
    await expect.poll(() => meter.getAttribute('data-level')).toBe('1');
    await picture('weak');
    expect(complaints).toEqual([]);
    // Not as a script of the page, which its policy would keep out, as it should.
    await page.evaluate(readFileSync(AXE, 'utf8'));
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    await close();
  });

  test('without scripts there is none, and nothing is missing', async () => {
    const { page, meter, close } = await open('recover-password', { scripts: false });
    await page.fill('#password', 'violet kettle marches north');
    expect(await meter.isHidden()).toBe(true);
    await close();
  });
});
