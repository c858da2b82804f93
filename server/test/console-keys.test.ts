/** API keys in the console: what is shown once is not lost by a slip, and what there is is found. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type Program, startProgram } from './running-program.ts';

if (!chromiumInstalled) console.warn('SKIPPED: API keys in the console, because there is no Chromium');

const CLIENT = `
kind: client
name: shop
spec: {type: confidential, grants: [client_credentials]}
`;

describe.skipIf(!chromiumInstalled)('API keys in the console', { timeout: 60_000 }, () => {
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    program = await startProgram();
    browser = await openConsole(program);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
  });

  /** Up to the moment at which the key is shown. */
  const issue = async (name: string) => {
    const { page } = browser;
    await browser.open('/keys');
    await page.getByRole('button', { name: 'Issue a key' }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: 'Name' }).fill(name);
    await drawer.getByRole('button', { name: 'Issue a key' }).click();
    await drawer.getByText('Copy it now.').waitFor();
    return drawer;
  };

  /** What the page asked, each answered with no. */
  const asked = (): string[] => {
    const questions: string[] = [];
    browser.page.removeAllListeners('dialog');
    browser.page.on('dialog', (dialog) => {
      questions.push(`${dialog.type()}: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return questions;
  };

  test('a key that was not copied is not lost by Escape, a click beside it, a link, or the way back', async () => {
    const { page } = browser;
    const questions = asked();
    const drawer = await issue('held');
    const key = drawer.locator('output').first();
    // Whoever came by keyboard is where the next thing is to be done.
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Copy');
    await page.keyboard.press('Escape');
    await page.mouse.click(100, 500);
    expect(await drawer.getByRole('button', { name: 'Close' }).count()).toBe(0);
    expect(questions).toEqual([]);
    await drawer.getByRole('link', { name: 'Details' }).click();
    await expect.poll(() => questions.length).toBe(1);
    expect(questions[0]).toContain('not copied yet');
    expect(await key.textContent()).toMatch(/^gh_live_\w{33}$/);
    await page.evaluate('history.back()');
    await expect.poll(() => questions.length).toBe(2);
    await page.reload({ timeout: 3000 }).catch(() => undefined);
    expect(questions[2]).toMatch(/^beforeunload/);
    expect(await key.textContent()).toMatch(/^gh_live_\w{33}$/);
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    await drawer.waitFor({ state: 'hidden' });
  });

  test('nor is the secret of a client, or a link to recover an account', async () => {
    const { page } = browser;
    const lose = async () => {
      await page.keyboard.press('Escape');
      await page.mouse.click(100, 500);
      expect(await page.getByRole('dialog').getByRole('button', { name: 'Close' }).count()).toBe(0);
      await page.getByRole('dialog').getByRole('button', { name: 'I have kept it' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    };
    await program.admin('POST', '/apply', CLIENT);
    await browser.open('/clients/shop');
    await page.getByRole('button', { name: 'Add a secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Add a secret' }).click();
    await page.getByText('Copy it now.').waitFor();
    await lose();
    const { id } = await program.admin('POST', '/users', { email: 'pat@example.com', name: 'Pat' });
    await browser.open(`/users/${id}`);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Recovery link' }).click();
    await page.getByText('Show it to me').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Recovery link' }).click();
    await page.getByText('Hand it over in person').waitFor();
    await lose();
  });

  test('where the browser has no clipboard it is marked, and not taken for copied', async () => {
    const { page } = browser;
    const questions = asked();
    const drawer = await issue('by hand');
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))");
    await drawer.getByRole('button', { name: 'Copy' }).first().click();
    const key = await drawer.locator('output').first().textContent();
    await expect.poll(() => page.evaluate('getSelection().toString()')).toBe(key);
    await drawer.getByRole('link', { name: 'Details' }).click();
    await expect.poll(() => questions.length).toBe(1);
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    await drawer.waitFor({ state: 'hidden' });
  });

  test('one that was copied lets go without a question', async () => {
    const { page } = browser;
    const questions = asked();
    const drawer = await issue('copied');
    await page.keyboard.press('Enter');
    await drawer.getByRole('button', { name: 'Copied' }).waitFor();
    await drawer.getByRole('link', { name: 'Details' }).click();
    await page.getByRole('heading', { level: 1, name: 'copied' }).waitFor();
    expect(questions).toEqual([]);
  });

  test('what was rotated is kept by the word of the person', async () => {
    const { page } = browser;
    const questions = asked();
    const { id } = await program.issueKey({ name: 'rotated' });
    await browser.open(`/keys/${id}`);
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('Copy it now.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.waitForURL((url) => url.pathname.includes('/keys/key_') && !url.pathname.endsWith(String(id)));
    expect(questions).toEqual([]);
  });

  test('keys are found by what is known of them; a pasted key is shortened before it stands in the address', async () => {
    const { page } = browser;
    const { key } = await program.issueKey({ name: 'needle', tags: ['team:hay'] });
    await program.issueKey({ name: 'hay' });
    await browser.open('/keys');
    const rows = () => page.getByRole('main').locator('[data-row-link]').allTextContents();
    await page.getByRole('searchbox').fill(String(key));
    await page.waitForURL(
      (url) => url.searchParams.get('search') === `${String(key).slice(0, 12)}…${String(key).slice(-4)}`,
    );
    await expect.poll(rows).toEqual(['needle']);
    await page.getByRole('searchbox').fill('HAY');
    await expect.poll(rows).toEqual(['hay', 'needle']);
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Revoked' }).click();
    await expect.poll(rows).toEqual([]);
    await browser.open('/keys?tag=team:hay');
    await expect.poll(rows).toEqual(['needle']);
    await page.getByRole('button', { name: 'Tag team:hay' }).click();
    await expect.poll(async () => (await rows()).length).toBeGreaterThan(1);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Pages, people, keys, clients').fill(String(key));
    await page.getByRole('dialog').getByText('needle').waitFor();
  });

  test('without a network nothing is put off in secret, and the list can be asked for again', async () => {
    const { page } = browser;
    await browser.open('/keys');
    await page.getByRole('button', { name: 'Issue a key' }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: 'Name' }).fill('issued behind your back');
    await page.context().setOffline(true);
    await drawer.getByRole('button', { name: 'Issue a key' }).click();
    await page.getByText('Gatehouse can’t be reached.').waitFor();
    await drawer.getByRole('button', { name: 'Cancel' }).click();
    await page.context().setOffline(false);
    const { items } = await program.admin('GET', '/keys?limit=100');
    expect((items as { name: string }[]).map(({ name }) => name)).not.toContain('issued behind your back');

    await page.route('**/api/v1/keys?*', (route) => route.abort());
    await page.getByRole('combobox', { name: 'Environment' }).click();
    await page.getByRole('option', { name: 'Test' }).click();
    const note = page.getByRole('main').getByRole('alert');
    await note.getByText('Gatehouse can’t be reached.').waitFor();
    await page.unroute('**/api/v1/keys?*');
    await note.getByRole('button', { name: 'Try again' }).click();
    await note.waitFor({ state: 'hidden' });
  });
});
