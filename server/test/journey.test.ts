/** The way of a person through the hosted pages, in a real browser, against the whole program: nothing is stood in for. */
import { existsSync } from 'node:fs';
import { generateSync } from 'otplib';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Program, startProgram } from './running-program.ts';

/** Debian's package. Elsewhere, or without it, these tests are skipped and say so. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const PASSWORD = 'violet kettle marches north';
if (!installed) console.warn(`SKIPPED: a person’s way in a real browser, because there is no Chromium at ${CHROMIUM}`);

describe.skipIf(!installed)('a person', { timeout: 120_000 }, () => {
  let program: Program;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    program = await startProgram({ logLevel: 'warn' });
    await program.admin('POST', '/apply', 'kind: registration_policy\nname: default\nspec: { mode: open }\n');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
  });

  /** A browser of its own, as on another machine. Whatever it complains of fails the test. */
  async function openBrowser(javaScriptEnabled = true): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ javaScriptEnabled, baseURL: program.issuer });
    const page = await context.newPage();
    page.on('console', (message) => {
      // A refused form is answered with its status, which the browser writes down as an error of its own.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { context, page };
  }

  async function codeFromMail(email: string): Promise<string> {
    const { page, context } = await openBrowser();
    let code = '';
    await program.until(async () => {
      await page.goto('/dev/outbox');
      const mails = (await page.textContent('body')) ?? '';
      code = /\b(\d{6,8})\b/.exec(mails.slice(mails.indexOf(email)))?.[1] ?? '';
      return code !== '';
    }, `a mail to ${email}`);
    await context.close();
    return code;
  }

  async function register(page: Page, email: string): Promise<void> {
    await page.goto('/register');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Code from the mail').fill(await codeFromMail(email));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password, once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('heading', { name: 'Your account is ready' }).waitFor();
  }

  async function typePassword(page: Page, email: string): Promise<void> {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** WebAuthn's own remote control: an authenticator that keeps passkeys and verifies its user. */
  async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { cdp, authenticatorId };
  }

  /** Sets an authenticator app up. Gives its secret, and the recovery codes that came with it. */
  async function addApp(page: Page): Promise<{ secret: string; codes: string[] }> {
    await page.goto('/account/factors/totp');
    const secret = ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '');
    await page.getByLabel('Code from the app').fill(generateSync({ secret }));
    await page.getByRole('button', { name: 'Confirm' }).click();
    const codes = await page.locator('.codes code').allTextContents();
    await page.getByRole('link', { name: 'I have kept them' }).click();
    return { secret, codes };
  }

  test('registers, adds an app and a passkey, signs in with the passkey alone, loses all and comes back by a code', async () => {
    const email = 'ada@example.com';
    const { context, page } = await openBrowser();
    await register(page, email);
    await typePassword(page, email);
    await page.getByRole('heading', { name: 'Your profile' }).waitFor();

    const { codes } = await addApp(page);
    expect(codes).toHaveLength(10);

    const { cdp, authenticatorId } = await addAuthenticator(page);
    await page.goto('/account/factors');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('not used yet').waitFor();
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toHaveLength(1);

    // By itself, without a name: the field for it offers the passkey, and the authenticator is chosen at once.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.waitForURL('**/account');
    await page.goto('/account/factors');
    await page.getByText('used just now').waitFor();

    // Another machine, without phone and passkey: the password and a code from the drawer.
    const other = await openBrowser();
    await typePassword(other.page, email);
    await other.page.getByLabel('Code from your authenticator app').fill(codes[3] ?? '');
    await other.page.getByRole('button', { name: 'Continue' }).click();
    await other.page.waitForURL('**/account');
    const again = await openBrowser();
    await typePassword(again.page, email);
    await again.page.getByLabel('Code from your authenticator app').fill(codes[3] ?? '');
    await again.page.getByRole('button', { name: 'Continue' }).click();
    expect(await again.page.getByRole('alert').textContent()).toContain('used');

    // Two machines are signed in. Each sees the other, and one ends it.
    await page.goto('/account/sessions');
    expect(await page.locator('.rows > li').count()).toBe(2);
    await page.getByRole('button', { name: /^End the session/ }).click();
    await page.getByText('The session has ended.').waitFor();
    expect(await page.locator('.rows > li').count()).toBe(1);
    await other.page.goto('/account');
    expect(new URL(other.page.url()).pathname).toBe('/sign-in');

    await Promise.all([context.close(), other.context.close(), again.context.close()]);
    expect(complaints.splice(0)).toEqual([]);
  });

  test('with scripts off: registers, signs in, adds an app, signs in with it, changes the password, and goes for good', async () => {
    const email = 'grace@example.com';
    const { context, page } = await openBrowser(false);
    await register(page, email);
    await typePassword(page, email);
    expect(await page.getByRole('button', { name: 'Show' }).count()).toBe(0);
    const { secret, codes } = await addApp(page);
    expect(codes).toHaveLength(10);

    await page.goto('/account/security');
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill(`${PASSWORD} again`);
    await page.getByLabel('Password, once more').fill(`${PASSWORD} again`);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password was changed.').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/sign-in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(`${PASSWORD} again`);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    // The code that set the app up is used up, and the next one is half a minute away.
    expect(secret).not.toBe('');
    await page.getByLabel('Code from your authenticator app').fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL('**/account');

    await page.getByRole('link', { name: 'Your data' }).click();
    await page.getByRole('link', { name: 'Delete account' }).click();
    await page.getByLabel(/to confirm/).fill('somebody@example.com');
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('That is not your e-mail address.').waitFor();
    await page.getByLabel(/to confirm/).fill(email);
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
    await page.goto('/account');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });
});
