/** A breach is declared in the console: what was changed with the key, and that it had a successor, is seen. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type Program, startProgram } from './running-program.ts';

if (!chromiumInstalled) console.warn('SKIPPED: a breach in the console, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('a breach in the console', { timeout: 60_000 }, () => {
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    program = await startProgram();
    await program.admin(
      'POST',
      '/apply',
      "kind: role\nname: key-maker\nspec: { permissions: ['keys:*', 'things:read'] }",
    );
    browser = await openConsole(program);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
  });

  test('tells what was changed with the key, and of a successor that is not new', async () => {
    const { page } = browser;
    const { id, key } = await program.issueKey({ name: 'stolen', roles: ['key-maker'] });
    await program.call('POST', '/keys', { name: 'made by the thief' }, { authorization: `Bearer ${key}` });
    const { id: successor } = await program.admin('POST', `/keys/${id}/rotate`, {});
    const isNoted = async () => (await program.admin('GET', `/keys/${id}`)).lastUse !== null;
    await program.until(isNoted, 'the use at the Admin API is noted');
    await browser.open(`/keys/${id}`);
    await page.getByText(/not at a route/).waitFor();
    await browser.open('/keys/breach');
    await page.getByLabel('The key, or its ID').fill(key);
    await page.getByRole('button', { name: 'End it now' }).click();
    const changed = page.getByRole('main').locator('section, div').filter({ hasText: 'What was changed in Gatehouse' });
    await changed.getByText('made by the thief').first().waitFor();
    await page.getByText('There is no record of any call with it.').waitFor();
    if (process.env.SHOTS) {
      for (const scheme of ['light', 'dark'] as const)
        for (const width of [1440, 390]) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: 900 });
          await page.screenshot({ path: `${process.env.SHOTS}/breach-${scheme}-${width}.png`, fullPage: true });
        }
    }
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByRole('link', { name: 'Go to the key that takes its place' }).click();
    await page.waitForURL(`**/keys/${String(successor)}`);
  });
});
