/** For whom a key acts, and who is on a plan, as the console lets people choose and see it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type Program, startProgram } from './running-program.ts';

if (!chromiumInstalled) console.warn('SKIPPED: owners of keys in the console, because there is no Chromium');

const SET_UP = `
kind: organization
name: acme
spec: {displayName: Acme}
---
kind: plan
name: gold
spec: {limits: [{requests: 1000, per: day}]}
---
kind: plan
name: empty
spec: {limits: [{requests: 1, per: day}]}
---
kind: client
name: shop
spec: {type: confidential, grants: [client_credentials], plan: gold, displayName: The shop}
---
kind: client
name: other
spec: {type: confidential, grants: [client_credentials]}
---
kind: role
name: key-issuer
spec: {permissions: ['keys:*', 'users:read', 'service_accounts:read']}
`;

describe.skipIf(!chromiumInstalled)('owners of keys in the console', { timeout: 60_000 }, () => {
  let program: Program;
  let browser: ConsoleBrowser;
  let account: string;

  beforeAll(async () => {
    program = await startProgram();
    browser = await openConsole(program);
    await program.admin('POST', '/apply', SET_UP);
    await program.admin('POST', '/users', { email: 'grace@example.com', name: 'Grace Hopper' });
    account = String(
      (await program.admin('POST', '/service-accounts', { name: 'night-job', organization: 'acme' })).id,
    );
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) await program.issueKey({ name, plan: 'gold' });
    await program.issueKey({ name: 'without' });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
  });

  const begin = async ({ page, open }: ConsoleBrowser, name: string) => {
    await open('/keys');
    await page.getByRole('button', { name: 'Issue a key' }).first().click();
    const drawer = page.getByRole('dialog');
    // The drawer leads there once it is open, and whoever types elsewhere meanwhile is led away.
    await drawer.locator('input[data-autofocus]:focus').waitFor();
    await drawer.getByRole('textbox', { name: 'Name' }).fill(name);
    return drawer;
  };
  const issued = async (name: string) => {
    const { items } = await program.admin('GET', '/keys?limit=100');
    return (items as { name: string; owner?: object; organizationId?: string }[]).find((key) => key.name === name);
  };

  test.each([
    ['for a person', 'hopper', /Grace Hopper/, 'user', false],
    ['for an account, inside its organization', 'night', /night-job/, 'service_account', true],
  ])('a key %s, who is found by name', async (name, typed, option, type, inside) => {
    const { page } = browser;
    const drawer = await begin(browser, name);
    await drawer.getByRole('combobox', { name: 'Acts for' }).fill(typed);
    await page.getByRole('option', { name: option }).click();
    expect(await browser.seriousFindings()).toEqual([]);
    await drawer.getByRole('button', { name: 'Issue a key' }).click();
    await drawer.getByText('Copy it now.').waitFor();
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    const key = await issued(name);
    expect(key?.owner).toMatchObject({ type });
    expect(typeof key?.organizationId === 'string').toBe(inside);
  });

  test('an id is taken as it is, and what the server says of it stands at the field', async () => {
    const { page } = browser;
    const gone = `svc_${'0'.repeat(26)}`;
    const drawer = await begin(browser, 'for nobody');
    await drawer.getByRole('combobox', { name: 'Acts for' }).fill(account);
    // All are offered until typing pauses; then he who has this id alone, and once.
    await expect.poll(() => page.getByRole('option').allTextContents()).toEqual(['You', 'night-job']);
    await drawer.getByRole('combobox', { name: 'Acts for' }).fill(gone);
    await page.getByRole('option', { name: gone }).click();
    await drawer.getByRole('button', { name: 'Issue a key' }).click();
    await expect
      .poll(() => drawer.getByRole('combobox', { name: 'Acts for' }).getAttribute('aria-invalid'))
      .toBe('true');
    await drawer.getByText('There is no service account with this id').waitFor();
    await drawer.getByRole('button', { name: 'Cancel' }).click();
    expect(await issued('for nobody')).toBeUndefined();
  });

  test('who may not act for others is offered only himself', async () => {
    const { id } = await program.admin('POST', '/users', {
      email: 'pat@example.com',
      name: 'Pat',
      roles: ['key-issuer'],
    });
    const pats = await openConsole(program, String(id));
    try {
      const drawer = await begin(pats, 'of pat');
      await drawer.getByRole('combobox', { name: 'Acts for' }).click();
      await pats.page.getByRole('option').first().waitFor();
      expect(await pats.page.getByRole('option').allTextContents()).toEqual(['You']);
      await pats.page.getByRole('option', { name: 'You' }).click();
      await drawer.getByRole('button', { name: 'Issue a key' }).click();
      await drawer.getByText('Copy it now.').waitFor();
      expect((await issued('of pat'))?.owner).toEqual({ type: 'user', id });
    } finally {
      await pats.close();
    }
  });

  test('a plan shows its keys and clients, and leads to all of its keys', async () => {
    const { page } = browser;
    const rows = () => page.getByRole('main').locator('[data-row-link]').allTextContents();
    await browser.open('/plans/gold');
    await page.getByRole('link', { name: 'six' }).waitFor();
    await page.getByRole('link', { name: 'The shop' }).waitFor();
    expect(await page.getByRole('link', { name: /^(one|without|other)$/ }).count()).toBe(0);
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByRole('link', { name: 'All its keys' }).click();
    await page.waitForURL((url) => url.searchParams.get('plan') === 'gold');
    await expect.poll(async () => (await rows()).toSorted()).toEqual(['five', 'four', 'one', 'six', 'three', 'two']);
    await page.getByRole('button', { name: 'Plan gold' }).click();
    await expect.poll(rows).toContain('without');
    await browser.open('/plans/empty');
    await page.getByText('No key is on this plan').waitFor();
    await page.getByText('No client is on this plan').waitFor();
  });
});
