import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type Page as BrowserPage, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASSETS } from './assets.ts';
import { everyPage } from './every-page.fixture.ts';
import { findLocale } from './messages/locale.ts';
import { PLAIN_VIEW } from './view.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
/** A folder to keep pictures of all pages in, for people to look at. */
const PICTURES = process.env.PAGE_PICTURES;
const ORIGIN = 'http://pages.localhost';
if (!installed) console.warn(`SKIPPED: every page in a real browser, because there is no Chromium at ${CHROMIUM}`);

/** The widest and the narrowest that people have, each once in each colour scheme and language. */
const SETTINGS = [
  { colorScheme: 'light', language: 'en', width: 1280, height: 800 },
  { colorScheme: 'dark', language: 'de', width: 390, height: 844 },
  ...(PICTURES === undefined
    ? []
    : ([
        { colorScheme: 'dark', language: 'de', width: 1280, height: 800 },
        { colorScheme: 'light', language: 'en', width: 390, height: 844 },
      ] as const)),
] as const;

describe.skipIf(!installed)('in a real browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(() => browser?.close());

  describe.each(SETTINGS)('$colorScheme, $language, $width pixels', ({ colorScheme, language, width, height }) => {
    const locale = findLocale(language) ?? PLAIN_VIEW.locale;
    const pages = everyPage(undefined, { ...PLAIN_VIEW, locale });
    const bodies = new Map(pages.map(([name, page]) => [`/${name}`, page]));
    let context: BrowserContext;
    let page: BrowserPage;
    const complaints: string[] = [];
    beforeAll(async () => {
      // The policy is lifted, so that axe can be put in; that pages keep to it is tested where they are served.
      context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height } });
      await context.route(`${ORIGIN}/**`, (route) => {
        const { pathname } = new URL(route.request().url());
        const asset = ASSETS.find(({ path }) => path === pathname);
        if (asset !== undefined) return route.fulfill({ body: asset.body, contentType: asset.contentType });
        const page = bodies.get(pathname);
        // What leaves by itself stays: no `refresh` header, and no form that is sent at once.
        const body = page?.body.replace(' data-submit', '') ?? '';
        return route.fulfill({ status: 200, contentType: 'text/html', body });
      });
      await context.addInitScript({ path: AXE });
      page = await context.newPage();
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
    });
    afterAll(() => context.close());

    test.each(pages.map(([name]) => name))('%s: axe finds nothing, and nothing sticks out', async (name) => {
      await page.goto(`${ORIGIN}/${name}`);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: `${PICTURES}/${name}-${width}-${colorScheme}-${language}.png`, fullPage: true });
      }
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } };
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      });
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(found).toEqual([]);
      expect(complaints.splice(0)).toEqual([]);
      expect(overflow, 'nothing to scroll sideways').toBeLessThanOrEqual(0);
    });
  });
});

interface AxeViolation {
  id: string;
  nodes: { html: string }[];
}
