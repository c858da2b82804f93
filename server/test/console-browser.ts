/** The console as an administrator has it: Chromium on the running program, signed in through our own pages. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Program } from './running-program.ts';
import { repositoryRoot } from './source-tree.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const chromiumInstalled = existsSync(CHROMIUM);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PASSWORD = 'rain over the gate house';

export interface OpenBrowser {
  page: Page;
  /** What the browser complained about so far: errors of scripts, of the policy, of what could not be loaded. */
  complaints: readonly string[];
  close(): Promise<void>;
}

export interface ConsoleBrowser extends OpenBrowser {
  /** Goes to an address of the console, and waits until it is drawn. */
  open(path: string): Promise<void>;
  /** What axe finds that is serious, as `rule: element`. */
  seriousFindings(): Promise<string[]>;
}

/** Builds the console if need be, and signs in: as the first administrator, or as the person of this id. */
export async function openConsole(program: Program, personId?: string): Promise<ConsoleBrowser> {
  // Nothing when it is built already, as it is wherever the whole suite runs.
  execFileSync(process.execPath, [join(repositoryRoot, 'scripts/build-console.mjs')], { stdio: 'ignore' });
  const opened = await openBrowser(program, personId);
  const { page } = opened;
  return {
    ...opened,
    async open(path) {
      await page.goto(`${program.issuer}/console${path}`);
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
    },
    async seriousFindings() {
      await page.evaluate(AXE);
      const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`;
      const { violations } = await page.evaluate<AxeAnswer>(run);
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
  };
}

/** Chromium, signed in at the issuer: as the first administrator, or as the person of this id. */
export async function openBrowser(program: Program, personId?: string): Promise<OpenBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  if (personId === undefined) await becomeAdministrator(page, await program.administratorLink());
  else await becomePerson(page, program, personId);
  return { page, complaints, close: () => browser.close() };
}

interface AxeAnswer {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}

async function becomeAdministrator(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill('ada@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await enrolAuthenticator(page);
}

async function enrolAuthenticator(page: Page): Promise<void> {
  const secret = (await page.locator('code.key').textContent())?.replaceAll(' ', '') ?? '';
  await page.getByLabel('Code from the app').fill(generateSync({ secret }));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('link', { name: 'I have kept them' }).click();
}

/** With a password chosen through a link that an administrator made. */
async function becomePerson(page: Page, program: Program, id: string): Promise<void> {
  const { email } = await program.admin('GET', `/users/${id}`);
  const { link } = await program.admin('POST', `/users/${id}/recovery-link`, { delivery: 'shown' });
  await page.goto(String(link));
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('New password, once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('link', { name: 'Back to sign-in' }).click();
  await page.getByLabel('E-mail address').fill(String(email));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await enrolAuthenticator(page);
}
