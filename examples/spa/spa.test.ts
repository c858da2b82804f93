import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passwordOf, type RunningExample, startExample } from '../../server/test/running-example.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const installed = existsSync(CHROMIUM);
if (!installed)
  console.warn(`SKIPPED: the project board in a real browser, because there is no Chromium at ${CHROMIUM}`);

const EMAIL = 'grace@example.com';

describe.skipIf(!installed)('the project board', { timeout: 60_000 }, () => {
  let example: RunningExample;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    example = await startExample('spa');
    url = `http://localhost:${example.port}`;
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await example?.stop();
  });

  async function prove(page: Page): Promise<void> {
    await page.waitForURL(`${example.issuer}/**`);
    const email = page.getByLabel('E-mail address');
    if (await email.isEditable()) await email.fill(EMAIL);
    await page.getByLabel('Password').fill(passwordOf(example, EMAIL));
    await page.getByRole('button', { name: /Sign in|Continue|Confirm/ }).click();
    await page.waitForURL(`${url}/**`);
  }

  test('signs in, adds a task, reloads, opens another tab, signs out', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${url}/`);
    await prove(page);
    await page.getByText('Grace Hopper').waitFor();
    await page.getByLabel('New task').fill('Write the compiler');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Write the compiler').waitFor();
    await page.reload();
    await page.getByText('Write the compiler').waitFor();
    const other = await context.newPage();
    await other.goto(`${url}/`);
    await other.getByText('Write the compiler').waitFor();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(kept).toBe('[{},{},""]');
    await page.bringToFront();
    await page.getByRole('button', { name: 'Sign out' }).click();
    // Nobody is signed in now, so the board leads to the sign-in page again.
    await page.waitForURL(`${example.issuer}/sign-in**`);
    await other.getByText('One moment').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each([
    ['GET', undefined, 401],
    ['GET', 'Bearer nonsense', 401],
    ['POST', undefined, 401],
    ['DELETE', undefined, 401],
  ])('its API answers %s with %s by %i', async (method, authorization, status) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect((await fetch(`${url}/api/tasks`, { method, headers })).status).toBe(status);
  });
});
