/**
 * `node bench/console/screenshots.ts <folder> [expression that names match]` opens every screen of the console, the developer portal, the
 * hosted pages and the documentation, wide and narrow, light and dark, and keeps a picture of each to be looked at. What
 * could be scrolled sideways is said.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { everyPage } from '../../server/src/signin/pages/every-page.fixture.ts';
import { findLocale } from '../../server/src/signin/pages/messages/locale.ts';
import { PLAIN_VIEW } from '../../server/src/signin/pages/view.ts';
import { openConsole } from '../../server/test/console-browser.ts';
import { startProgram } from '../../server/test/running-program.ts';
import { moveIn } from './lived-in-house.ts';
import { EMPTY, PARTNER, type Shot, shotsOf } from './shots.ts';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
/** In German, whose words are longer, where there is the least room for them. */
const SETTINGS = [
  { name: 'wide-light', viewport: WIDE, colorScheme: 'light', locale: 'en-GB' },
  { name: 'wide-dark', viewport: WIDE, colorScheme: 'dark', locale: 'en-GB' },
  { name: 'narrow-light', viewport: NARROW, colorScheme: 'light', locale: 'en-GB' },
  { name: 'narrow-dark', viewport: NARROW, colorScheme: 'dark', locale: 'en-GB' },
  { name: 'narrow-light-german', viewport: NARROW, colorScheme: 'light', locale: 'de-DE' },
] as const;
const DOCS = [
  '/docs',
  '/docs/concepts',
  '/docs/guides/getting-started',
  '/docs/guides/cli',
  '/docs/errors',
  '/docs/reference/api',
  '/docs/search?q=rotate+a+key',
  '/docs/search?q=zzzz',
];
const SETTLE_MILLISECONDS = 600;
const LOADED_MILLISECONDS_MAX = 1500;
/** What is longer is told by its beginning. */
const HEIGHT_MAX = 4000;

const [folder = 'screenshots', expression = ''] = process.argv.slice(2);
const wanted = new RegExp(expression);
mkdirSync(folder, { recursive: true });
const program = await startProgram();
const opened = await openConsole(program);
try {
  const browser = opened.page.context().browser();
  if (browser === null) throw new TypeError('the browser is gone');
  const cookies = await opened.page.context().cookies();
  await inEverySetting(browser, cookies, async (setting) => {
    const shots = EMPTY.map((address) => ({ name: `empty${address}`, address }));
    await consoleScreens(setting, shots);
  });
  const house = await moveIn(program);
  const partner = await openConsole(program, house.partner);
  const partnerCookies = await partner.page.context().cookies();
  await partner.close();
  await inEverySetting(browser, cookies, async (setting) => {
    await consoleScreens(setting, shotsOf(house.addresses));
    await documentation(setting);
    await hostedPages(setting);
  });
  await inEverySetting(browser, partnerCookies, (setting) => consoleScreens(setting, PARTNER));
  await house.close();
} finally {
  await opened.close();
  await program.remove();
}

interface Setting {
  context: BrowserContext;
  language: string;
  isWanted: (name: string) => boolean;
  keep: (page: Page, name: string) => Promise<void>;
}
type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

async function inEverySetting(
  browser: Browser,
  cookies: Cookies,
  look: (setting: Setting) => Promise<void>,
): Promise<void> {
  for (const { name: setting, ...options } of SETTINGS) {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    await context.addCookies(cookies);
    const language = options.locale.slice(0, 2);
    const isWanted = (name: string) => wanted.test(`${name}-${setting}`);
    await look({ context, language, isWanted, keep: (page, name) => picture(page, `${name}-${setting}`) });
    await context.close();
  }
}

async function consoleScreens({ context, language, isWanted, keep }: Setting, shots: readonly Shot[]): Promise<void> {
  const taken = shots.map((shot) => ({ ...shot, name: nameOf(shot.name) })).filter(({ name }) => isWanted(name));
  if (taken.length === 0) return;
  // What is pressed is named in English.
  const isEnglish = language === 'en';
  const page = await context.newPage();
  // A page that shows a secret asks before it is left.
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(`${program.issuer}/console`);
  await page.locator('#content h1').first().waitFor({ timeout: 60_000 });
  for (const { name, address, before, act } of taken.filter((shot) => isEnglish || shot.act === undefined)) {
    await before?.(page);
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(`/console${address}`)})`);
    await page.locator('#content').locator('h1, [role=alert]').first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: LOADED_MILLISECONDS_MAX }).catch(() => undefined);
    await act?.(page).catch((error: unknown) => console.warn(`${name}: ${String(error).split('\n')[0]}`));
    await keep(page, name);
    if (act === undefined && before === undefined) continue;
    await page.unrouteAll();
    // Whatever is open over the screen is gone with it.
    await page.goto(`${program.issuer}/console`);
    await page.locator('#content h1').first().waitFor({ timeout: 60_000 });
  }
  await page.close();
}

function nameOf(address: string): string {
  return `console-${address}`.replaceAll(/\/([a-z]{3}_)?[A-Z0-9a-z]{26}/g, '/one');
}

async function documentation({ context, isWanted, keep }: Setting): Promise<void> {
  const page = await context.newPage();
  for (const address of DOCS.filter((each) => isWanted(each.slice(1)))) {
    await page.goto(`${program.issuer}${address}`);
    await keep(page, address.slice(1));
  }
}

/** As the server writes them, at the issuer's address: their styles are its own. */
async function hostedPages({ context, language, isWanted, keep }: Setting): Promise<void> {
  const page = await context.newPage();
  const locale = findLocale(language) ?? PLAIN_VIEW.locale;
  for (const [title, { body }] of everyPage(undefined, { ...PLAIN_VIEW, locale })) {
    const name = `page/${title}`;
    if (!isWanted(name)) continue;
    // What leaves by itself stays.
    const shown = { body: body.replace(' data-submit', ''), contentType: 'text/html; charset=utf-8' };
    await page.route('**/looked-at', (route) => route.fulfill(shown));
    await page.goto(`${program.issuer}/looked-at`);
    await page.unroute('**/looked-at');
    await keep(page, name);
  }
}

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SETTLE_MILLISECONDS);
  const [across, height] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight]',
  );
  if (across > 0) console.warn(`${name}: ${across} pixels stick out`);
  const file = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`);
  const { width } = page.viewportSize() ?? WIDE;
  const clip = { x: 0, y: 0, width, height: Math.min(height, HEIGHT_MAX) };
  await page.screenshot({ path: file, fullPage: true, clip });
}
