/**
 * `node bench/console/screenshots.ts <folder>` opens every screen of the console, the developer portal and the hosted pages,
 * wide and narrow, light and dark, and keeps a picture of each to be looked at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { everyPage } from '../../server/src/signin/pages/every-page.fixture.ts';
import { openConsole } from '../../server/test/console-browser.ts';
import { furnish } from '../../server/test/furnished-house.ts';
import { startProgram } from '../../server/test/running-program.ts';

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const SCHEMES = ['light', 'dark'] as const;
/** What people of an organization have in place of the tenant's screens. */
const PARTNER = ['/', '/portal', '/portal/robot', '/members', '/keys', '/users'];
const SETTLE_MILLISECONDS = 400;

const folder = process.argv[2] ?? 'screenshots';
/** Only those whose names hold this. */
const wanted = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });
const program = await startProgram();
const opened = await openConsole(program);
try {
  const house = await furnish(program);
  const browser = opened.page.context().browser();
  const cookies = await opened.page.context().cookies();
  if (browser === null) throw new TypeError('the browser is gone');
  const partner = await openConsole(program, house.partner);
  const partnerCookies = await partner.page.context().cookies();
  await partner.close();
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      const context = await open(browser, viewport, colorScheme);
      await context.addCookies(cookies);
      const keep = (page: Page, name: string) => picture(page, `${name}-${size}-${colorScheme}`);
      await consoleScreens(await context.newPage(), house.addresses, keep);
      const ofPartner = await open(browser, viewport, colorScheme);
      await ofPartner.addCookies(partnerCookies);
      const keepOfPartner = (page: Page, name: string) => keep(page, `partner-${name}`);
      await consoleScreens(await ofPartner.newPage(), PARTNER, keepOfPartner);
      await ofPartner.close();
      await hostedPages(await context.newPage(), keep);
      await context.close();
    }
  }
} finally {
  await opened.close();
  await program.remove();
}

function open(browser: Browser, viewport: { width: number; height: number }, colorScheme: 'light' | 'dark') {
  return browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
}

type Keep = (page: Page, name: string) => Promise<void>;

async function consoleScreens(page: Page, addresses: readonly string[], keep: Keep): Promise<void> {
  await page.goto(`${program.issuer}/console`);
  await page.locator('#content h1').first().waitFor({ timeout: 60_000 });
  for (const address of addresses) {
    const name = `console${address.replaceAll(/[?=]/g, '-').replaceAll(/\/([a-z]{3}_)?[A-Z0-9a-z]{26}/g, '/one')}`;
    if (!name.includes(wanted)) continue;
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(`/console${address}`)})`);
    await page.locator('#content').locator('h1, [role=alert]').first().waitFor();
    await keep(page, name);
  }
}

/** As the server writes them, at the issuer's address: their styles are its own. */
async function hostedPages(page: Page, keep: Keep): Promise<void> {
  for (const [title, { body }] of everyPage()) {
    const name = `page/${title}`;
    if (!name.includes(wanted)) continue;
    await page.route('**/looked-at', (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
    await page.goto(`${program.issuer}/looked-at`);
    await page.unroute('**/looked-at');
    await keep(page, name);
  }
}

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SETTLE_MILLISECONDS);
  const file = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}
