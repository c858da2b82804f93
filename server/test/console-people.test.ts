/** How an administrator looks after people and programs in the console: factors, acting for somebody, sessions, accounts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  becomeAdministrator,
  type ConsoleWorld,
  expectAccessible,
  hasChromium,
  openConsoleWorld,
  PASSWORD,
  setUpApp,
  signIn,
  type Visitor,
} from './console-world.ts';

if (!hasChromium) console.warn('SKIPPED: the console in a real browser, because there is no Chromium');

describe.skipIf(!hasChromium)('an administrator looks after people', { timeout: 60_000 }, () => {
  let world: ConsoleWorld;
  let ada: Visitor;
  let pat: Visitor;
  let patId: string;

  beforeAll(async () => {
    world = await openConsoleWorld();
    ada = await world.visit();
    await becomeAdministrator(world, ada.page);
    const { program } = world;
    await program.admin(
      'POST',
      '/apply',
      'kind: role\nname: looker\nspec: { permissions: ["keys:read"] }\n---\nkind: sign_in_policy\nname: default\nspec: { secondFactor: { roles: [looker] } }\n',
    );
    const person = { name: 'Pat', email: 'pat@example.com', roles: ['looker'] };
    patId = String((await program.admin('POST', '/users', person)).id);
    const { link } = await program.admin('POST', `/users/${patId}/recovery-link`, { delivery: 'shown' });
    pat = await world.visit();
    await pat.page.goto(String(link));
    for (const field of await pat.page.locator('input[type=password]').all()) await field.fill(PASSWORD);
    await pat.page.getByRole('button', { name: 'Set the password' }).click();
    await pat.page.goto('/account');
    await signIn(pat.page, 'pat@example.com');
    await setUpApp(pat.page);
  }, 120_000);
  afterAll(() => world?.close());

  const dialog = (page: Page) => page.getByRole('dialog');

  test('acts for somebody: with a reason, in sight, and named in the token', async () => {
    const { page } = ada;
    await page.goto(`/console/users/${patId}`);
    await page.getByRole('heading', { name: 'Ways to sign in' }).waitFor();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Act for this person' }).click();
    await dialog(page).getByLabel('Reason').fill('an order is missing');
    await dialog(page).getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Act for Pat?' }).waitFor();
    await page.getByRole('button', { name: 'Act for this person' }).click();
    await page.getByText('You act for Pat').waitFor();
    await expectAccessible(ada);
    // Nothing of the account can be changed.
    await page.getByLabel('Name').first().fill('Mallory');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('their account is theirs to change').waitFor();
    // The console shows what they see, and says whom one acts for.
    await page.goto('/console');
    await page.getByRole('complementary', { name: 'Acting for somebody' }).waitFor();
    const pages = await page.getByRole('navigation').getByRole('link').allTextContents();
    expect(pages).toContain('API keys');
    expect(pages).not.toContain('Users');
    await expectAccessible(ada);
    await page.getByRole('link', { name: 'Be yourself again' }).click();
    await page.getByRole('button', { name: 'Be yourself again' }).click();
    await page.waitForURL(`**/console/users/${patId}`);
    await page.getByRole('navigation').getByRole('link', { name: 'Users' }).waitFor();
    await page.getByText('impersonation.started').waitFor();
    const { items } = await world.program.admin('GET', `/audit/events?targetId=${patId}&type=impersonation.started`);
    expect(items).toMatchObject([{ detail: { reason: 'an order is missing' } }]);
  });

  test('takes a factor away, after typing its name', async () => {
    const { page } = ada;
    await world.program.admin('POST', '/apply', 'kind: sign_in_policy\nname: default\nspec: {}\n');
    await page.goto(`/console/users/${patId}`);
    await page.getByRole('button', { name: 'Remove: Authenticator app' }).click();
    const confirm = dialog(page).getByRole('button', { name: 'Remove' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog(page)
      .getByLabel(/to confirm/)
      .fill('Authenticator app');
    await confirm.click();
    await page.getByText('Authenticator app was removed').waitFor();
    await page.getByText('A password').waitFor();
    await expectAccessible(ada);
  });

  test('makes an account for a program, and gives it a key', async () => {
    const { page } = ada;
    await page.getByRole('navigation').getByRole('link', { name: 'Service accounts' }).click();
    await page.getByRole('button', { name: 'New service account' }).first().click();
    await dialog(page).getByLabel('Name').fill('nightly import');
    await dialog(page).getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'nightly import' }).waitFor();
    await page.getByRole('button', { name: 'Issue a key' }).click();
    await dialog(page).getByLabel('Name').fill('of the import');
    await dialog(page).getByRole('button', { name: 'Issue a key' }).click();
    expect(await dialog(page).getByRole('status', { name: 'Key' }).textContent()).toMatch(/^gh_live_/);
    await dialog(page).getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'of the import' }).waitFor();
    await expectAccessible(ada);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await dialog(page).getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Suspended', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Active', { exact: true }).first().waitFor();
  });

  test('finds the keys that nobody used for long', async () => {
    const { page } = ada;
    const [forgotten, young] = [`forgotten ${Date.now()}`, `young ${Date.now()}`];
    const made = await world.program.issueKey({ name: forgotten, scopes: [] });
    await world.program.issueKey({ name: young, scopes: [] });
    await world.program.asOwner((database) =>
      database.query('update api_keys set created_at = created_at - 40 * 86400000::bigint where id = $1', [made.id]),
    );
    await page.goto('/console/keys');
    await page.getByRole('link', { name: young }).waitFor();
    await page.getByRole('combobox', { name: 'Not used for long' }).click();
    await page.getByRole('option', { name: 'Not used for 30 days' }).click();
    await page.getByRole('link', { name: young }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: forgotten }).waitFor();
    expect(new URL(page.url()).searchParams.get('unused')).toBe('30');
    // Sent to somebody else, with days that the list does not offer.
    await page.goto('/console/keys?unused=41');
    await page.getByRole('button', { name: 'Clear the filters' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Not used for long' }).inputValue()).toBe('Not used for 41 days');
    expect(await page.getByRole('link', { name: forgotten }).count()).toBe(0);
  });

  test('issues a key for an organization, that is good at one address, and says whom to tell', async () => {
    const { page } = ada;
    const name = `of the partner ${Date.now()}`;
    await world.program.admin(
      'POST',
      '/apply',
      'kind: organization\nname: partner\nspec: { displayName: Partner Ltd }\n',
    );
    await page.goto('/console/keys');
    await page.getByRole('button', { name: 'Issue a key' }).first().click();
    await dialog(page).getByLabel('Name').fill(name);
    await dialog(page).getByText('Whom to tell, and where it may be used').click();
    await dialog(page).getByLabel('Contact').fill('ops@partner.example');
    await dialog(page).getByRole('combobox', { name: 'Organization' }).click();
    await page.getByRole('option', { name: 'Partner Ltd' }).click();
    const addresses = dialog(page).getByLabel('Only from');
    await addresses.fill('not an address');
    await addresses.press('Enter');
    await dialog(page).getByRole('button', { name: 'Issue a key' }).click();
    await dialog(page).getByText('not an address: must be an address').waitFor();
    // Which is where the person is led to.
    await expect.poll(() => addresses.evaluate((field) => field.matches(':focus'))).toBe(true);
    await addresses.press('Backspace');
    await addresses.fill('192.0.2.0/24');
    await addresses.press('Enter');
    await expectAccessible(ada);
    await dialog(page).getByRole('button', { name: 'Issue a key' }).click();
    expect(await dialog(page).getByRole('status', { name: 'Key' }).textContent()).toMatch(/^gh_live_/);
    await dialog(page).getByRole('button', { name: 'I have kept it' }).click();
    const { items } = (await world.program.admin('GET', '/keys')) as { items: { name: string }[] };
    expect(items.find((key) => key.name === name)).toMatchObject({
      contactEmail: 'ops@partner.example',
      organizationId: expect.stringMatching(/^org_/),
      restrictions: { addresses: ['192.0.2.0/24'] },
    });
  });

  test('finds what happened by its words, and by its code', async () => {
    const { page } = ada;
    for (const looked of ['added factor', 'user.factor_a']) {
      await page.goto('/console/audit');
      const choice = page.getByRole('combobox', { name: /^Event/ });
      await choice.fill(looked);
      await page.getByRole('option', { name: 'Factor added user.factor_added' }).click();
      await page.waitForURL(/type=user\.factor_added/);
      await page.getByRole('button', { name: 'Factor added user.factor_added' }).first().waitFor();
      expect(await page.getByRole('button', { name: 'user.created' }).count()).toBe(0);
    }
    await expectAccessible(ada);
  });

  test('keeps what was typed when the token ends: another comes silently', async () => {
    const { page } = ada;
    await page.goto('/console/users');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await dialog(page).getByLabel('Name').fill('Rosa');
    await dialog(page).getByLabel('E-mail address').fill('rosa@example.com');
    let left = 0;
    page.on('framenavigated', () => {
      left += 1;
    });
    const renewed = page.waitForResponse((response) => response.url().endsWith('/oauth/token'));
    // Six minutes later: the token was good for five.
    await page.evaluate('{ const now = Date.now; Date.now = () => now() + 360_000; }');
    await dialog(page).getByRole('button', { name: 'Add a person' }).click();
    expect((await renewed).status()).toBe(200);
    await page.getByText('Rosa was added').waitFor();
    expect(left).toBeLessThanOrEqual(1);
  });

  test('sees everybody who is signed in, finds one and ends all of theirs', async () => {
    const { page } = ada;
    await page.getByRole('navigation').getByRole('link', { name: 'Sessions', exact: true }).click();
    await page.getByRole('link', { name: 'Ada Lovelace' }).first().waitFor();
    await page.getByLabel('Name or address').fill('pat@');
    await page.getByRole('link', { name: 'Ada Lovelace' }).first().waitFor({ state: 'detached' });
    await expectAccessible(ada);
    await page.getByRole('row', { name: /Pat/ }).first().getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'End all of this person' }).click();
    await dialog(page).getByRole('button', { name: 'End' }).click();
    await page.getByText('Nothing matches these filters.').waitFor();
    await pat.page.goto('/account');
    await pat.page.getByLabel('Password').waitFor();
  });

  test('no page complained of anything', () => {
    expect(world.complaints).toEqual([]);
  });

  // The last: nobody is signed in afterwards, and pages say so.
  test('ends everybody’s sessions, after typing it, and their own', async () => {
    const { page } = ada;
    await page.goto('/console/sessions');
    await page.getByRole('button', { name: 'End everybody’s' }).click();
    const end = dialog(page).getByRole('button', { name: 'End' });
    expect(await end.isDisabled()).toBe(true);
    await dialog(page).getByRole('textbox').fill('everybody');
    await end.click();
    await expect
      .poll(async () => {
        await page.goto('/account');
        return new URL(page.url()).pathname;
      })
      .toBe('/sign-in');
  });
});
