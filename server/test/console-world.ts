/** The console in a real browser, against the whole program: who opens it, and what a page must not have. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateSync } from 'otplib';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Program, startProgram } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PASSWORD = 'violet kettle marches north';

export interface Visitor {
  context: BrowserContext;
  page: Page;
}

export interface ConsoleWorld {
  program: Program;
  /** Whatever a browser complained of. */
  complaints: string[];
  /** A browser of its own, as on another machine. */
  visit(): Promise<Visitor>;
  close(): Promise<void>;
}

export async function openConsoleWorld(): Promise<ConsoleWorld> {
  // No work where `npm test` has done it already.
  await promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts/build-console.mjs')]);
  const program = await startProgram({ logLevel: 'warn' });
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const complaints: string[] = [];
  return {
    program,
    complaints,
    async visit() {
      const context = await browser.newContext({ baseURL: program.issuer, locale: 'en', reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('console', (message) => {
        // A refusal is written down by the browser itself; what the page makes of it is tested.
        if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text())) {
          complaints.push(message.text());
        }
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      return { context, page };
    },
    async close() {
      await browser.close();
      await program.remove();
    },
  };
}

/** By the link that the program prints, with an authenticator app. Gives the recovery codes. */
export async function becomeAdministrator({ program }: ConsoleWorld, page: Page): Promise<string[]> {
  await page.goto(await program.administratorLink());
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  return setUpApp(page);
}

export async function setUpApp(page: Page): Promise<string[]> {
  const secret = ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Code from the app').fill(generateSync({ secret }));
  await page.getByRole('button', { name: 'Confirm' }).click();
  const codes = await page.locator('.codes code').allTextContents();
  await page.getByRole('link', { name: 'I have kept them' }).click();
  return codes;
}

/** On the sign-in page. `code`: from the drawer, where a second factor is asked for. */
export async function signIn(page: Page, email: string, code?: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  if (code === undefined) return;
  await page.getByLabel('Code from your authenticator app').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** What axe holds to be serious or worse. Through the debugger: the page's own policy lets no script in. */
export async function expectAccessible({ context, page }: Visitor): Promise<void> {
  const debug = await context.newCDPSession(page);
  await debug.send('Runtime.evaluate', { expression: AXE });
  const { result } = await debug.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ' at ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await debug.detach();
  expect(result.value, page.url()).toEqual([]);
}
