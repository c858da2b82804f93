/** What an administrator does in the console, in a real browser, against the whole program. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  becomeAdministrator,
  type ConsoleWorld,
  expectAccessible,
  hasChromium,
  openConsoleWorld,
  signIn,
  type Visitor,
} from './console-world.ts';
import { startEchoUpstream } from './echo-upstream.ts';

if (!hasChromium) console.warn('SKIPPED: the console in a real browser, because there is no Chromium');

describe.skipIf(!hasChromium)('an administrator', { timeout: 60_000 }, () => {
  let world: ConsoleWorld;
  let upstream: Awaited<ReturnType<typeof startEchoUpstream>>;
  let ada: Visitor;
  let codes: string[];

  beforeAll(async () => {
    [world, upstream] = await Promise.all([openConsoleWorld(), startEchoUpstream()]);
    ada = await world.visit();
    codes = await becomeAdministrator(world, ada.page);
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    await upstream?.close();
  });

  /** By its name in the navigation, as a person goes. */
  const go = async (page: Page, name: string) => {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };
  const dialog = (page: Page) => page.getByRole('dialog');

  test('comes from the first run to the console, and sees what to do next', async () => {
    const { page } = ada;
    await page.goto('/console');
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    await page.getByRole('heading', { name: 'From nothing to a protected API' }).waitFor();
    await page.getByRole('link', { name: 'New API' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('weather');
    await page.getByLabel('Audience').fill('https://weather.example.com');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await dialog(page).getByText('+spec:').waitFor();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await page.getByText('weather was saved').waitFor();
    await page.waitForURL('**/console/apis/weather');
    // What is wrong is said at its field, and nothing is lost.
    await page.getByLabel('Audience').fill('no address');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await page.getByText('An audience is an absolute URI').first().waitFor();
    expect(await page.getByLabel('Audience').inputValue()).toBe('no address');
    await world.program.admin(
      'POST',
      '/apply',
      `kind: route
name: weather
spec:
  match: { path: '/weather/{city}', methods: [GET] }
  api: weather
  authenticate: [api_key]
  authorize: { scopes: ['weather:read'] }
  upstream: { url: '${upstream.url}' }
`,
    );
  });

  test('lets the people of another provider sign in, and sets the secret that takes', async () => {
    const { page } = ada;
    const secrets = [{ name: 'client-secret', client: true }];
    const documents = [
      { kind: 'upstream', name: 'partner-login', spec: { targets: [{ url: 'https://login.example' }], secrets } },
      {
        kind: 'api',
        name: 'partner',
        spec: {
          audience: 'https://partner.example.com',
          scopes: { look: 'Look' },
          issuers: [{ issuer: 'https://login.example', scopes: { allowed: ['look'] } }],
        },
      },
    ];
    await world.program.admin('POST', '/apply', documents.map((each) => JSON.stringify(each)).join('\n---\n'));
    await go(page, 'Browser sessions');
    await page.getByRole('link', { name: 'New browser session' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('partner');
    await page.getByRole('textbox', { name: 'API', exact: true }).fill('partner');
    await page.locator('details summary').first().click();
    await page.getByRole('switch', { name: 'Provider' }).click({ force: true });
    await page.getByRole('textbox', { name: 'Issuer' }).pressSequentially('https://login.example');
    await page.getByRole('textbox', { name: 'Client ID' }).pressSequentially('our-shop');
    await page.getByRole('textbox', { name: 'Upstream' }).fill('partner-login');
    await page.getByRole('textbox', { name: 'Name' }).last().fill('client-secret');
    await page.getByRole('button', { name: 'Review the change' }).click();
    await dialog(page).getByText('our-shop').waitFor();
    await dialog(page).getByRole('button', { name: 'Apply' }).click();
    await page.getByText('partner was saved').waitFor();
    await go(page, 'Upstreams');
    await page.getByRole('link', { name: 'partner-login' }).click();
    await page.getByText('Not set: requests that need it are refused.').waitFor();
    await page.getByRole('button', { name: 'Set the value' }).click();
    await dialog(page).getByLabel('client-secret').fill('the secret they gave us');
    await dialog(page).getByRole('button', { name: 'Set the value' }).click();
    await page.getByText('client-secret is set').waitFor();
    await page.getByRole('cell', { name: 'available' }).waitFor();
    const { items } = (await world.program.admin('GET', '/upstreams/partner-login/secrets')) as {
      items: { name: string; setAt: number | null }[];
    };
    expect(items).toMatchObject([{ name: 'client-secret', setAt: expect.any(Number) }]);
  });

  test('issues a key, uses it, rotates it, and revokes it', async () => {
    const { page } = ada;
    const call = (key: string) => fetch(`${world.program.gatewayUrl}/weather/bern`, { headers: { 'x-api-key': key } });
    await go(page, 'API keys');
    await page.getByRole('button', { name: 'Issue a key' }).first().click();
    await dialog(page).getByLabel('Name').fill('nightly report');
    await dialog(page).getByLabel('Scopes').fill('weather:read');
    await dialog(page).getByLabel('Scopes').press('Enter');
    await dialog(page).getByRole('button', { name: 'Issue a key' }).click();
    const first = (await dialog(page).getByRole('status', { name: 'Key' }).textContent()) ?? '';
    expect(first).toMatch(/^gh_live_/);
    await dialog(page).getByRole('button', { name: 'Copy' }).first().click();
    await dialog(page).getByRole('button', { name: 'Copied' }).waitFor();
    await dialog(page).getByRole('link', { name: 'Details' }).click();
    expect((await call(first)).status).toBe(200);

    await page.getByRole('button', { name: 'Rotate' }).click();
    await dialog(page).getByRole('button', { name: 'Rotate' }).click();
    const second = (await dialog(page).getByRole('status', { name: 'Key' }).textContent()) ?? '';
    await dialog(page).getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'Go to the old key' }).waitFor();
    await world.program.until(async () => (await call(second)).status === 200, 'its successor works');
    expect((await call(first)).status).toBe(200);

    await page.getByRole('button', { name: 'Revoke' }).click();
    const confirm = dialog(page).getByRole('button', { name: 'Revoke' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog(page)
      .getByLabel(/to confirm/)
      .fill('nightly report');
    await confirm.click();
    await page.getByText('Revoked', { exact: true }).first().waitFor();
    await world.program.until(async () => (await call(second)).status === 401, 'it is refused');
    expect((await call(first)).status).toBe(200);
  });

  test('invites somebody, and takes a suspension back', async () => {
    const { page } = ada;
    await go(page, 'Users');
    await page.getByRole('button', { name: 'Invite' }).click();
    await dialog(page).getByLabel('E-mail address').fill('grace@example.com');
    await dialog(page).getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByText('grace@example.com was invited').waitFor();
    await go(page, 'Outbox');
    await page.getByText('grace@example.com').first().waitFor();
    await world.program.admin('POST', '/users', { name: 'Edsger Dijkstra', email: 'edsger@example.com' });
    await page.goto('/console/users?search=edsger');
    await page.getByRole('link', { name: 'Edsger Dijkstra' }).click();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Suspend' }).click();
    await dialog(page).getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Suspended', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Active', { exact: true }).waitFor();
  });

  test('ends a session elsewhere, and proves again who she is where that was long ago', async () => {
    const other = await world.visit();
    await other.page.goto('/sign-in');
    await signIn(other.page, 'ada@example.com', codes[0]);
    await other.page.waitForURL('**/account');
    const { page } = ada;
    await world.program.asOwner((database) =>
      database.query('update sessions set authenticated_at = authenticated_at - 3600000'),
    );
    await page.goto('/console/users?search=ada');
    await page.getByRole('link', { name: 'Ada Lovelace' }).click();
    await page.getByRole('button', { name: 'End all' }).waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).first().click();
    await dialog(page).getByRole('button', { name: 'End' }).click();
    await dialog(page).getByRole('button', { name: 'Sign in again' }).click();
    await signIn(page, 'ada@example.com', codes[1]);
    await dialog(page).getByText('End a session of Ada Lovelace').waitFor();
    await dialog(page).getByRole('button', { name: 'Do it now' }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    await other.context.close();
  });

  test('rotates the signing key, and sees both on the line', async () => {
    const { page } = ada;
    await page.goto('/console/signing-keys');
    await page.getByRole('button', { name: 'Rotate' }).click();
    await dialog(page).getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('cell', { name: 'Announced' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
  });

  test('finds people and pages by the palette, with the keyboard alone', async () => {
    const { page } = ada;
    await page.goto('/console');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('edsger');
    await page.getByText('edsger@example.com').waitFor();
    // What is found later moves the choice back to none: it is made anew until it stands.
    const chosen = page.locator('[data-selected]').filter({ hasText: 'edsger@example.com' });
    await expect
      .poll(
        async () => {
          if (!(await chosen.isVisible())) await page.keyboard.press('ArrowDown');
          return chosen.isVisible();
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/users/usr_*');
  });

  test.each([
    '/',
    '/keys',
    '/keys/breach',
    '/users',
    '/invitations',
    '/groups',
    '/organizations',
    '/roles/viewer',
    '/clients',
    '/routes/weather',
    '/apis/_new',
    '/plans',
    '/signing-keys',
    '/webhooks',
    '/audit',
    '/settings',
    '/settings/brandings/default',
    '/outbox',
    '/nowhere',
  ])('axe finds nothing serious at %s', async (path) => {
    await ada.page.goto(`/console${path}`);
    await ada.page.locator('#content h1').waitFor();
    await ada.page.locator('#content .mantine-Loader-root').first().waitFor({ state: 'detached' });
    await expectAccessible(ada);
  });

  /** As a link does it: the page is not loaded anew. */
  const goTo = (page: Page, path: string) =>
    page.evaluate(`history.pushState({}, '', ${JSON.stringify(`/console${path}`)})`);

  test('says of what is not there that it is not, under a heading, with the way back', async () => {
    const { page } = ada;
    await page.goto('/console');
    await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
    for (const [path, back] of [
      ['/users/usr_01h455vb4pex5vsknk084sn02q', 'Users'],
      ['/keys/none', 'API keys'],
      ['/routes/none', 'Routes'],
      ['/webhooks/none', 'Webhooks'],
      ['/relationships/01J00000000000000000000000', 'Relationships'],
      ['/settings/nothing', 'Settings'],
    ] as const) {
      await goTo(page, path);
      await page.getByRole('main').getByRole('link', { name: back, exact: true }).waitFor();
      await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
      expect(await page.title(), path).toBe('There is nothing here · Gatehouse');
    }
  });

  test('opens an API by the name of “new”', async () => {
    const { page } = ada;
    await world.program.admin('PUT', '/apis/new', { spec: { audience: 'https://new.example.com' } });
    await goTo(page, '/apis/new');
    await page.getByRole('heading', { level: 1, name: 'new', exact: true }).waitFor();
    expect(await page.getByLabel('Audience').inputValue()).toBe('https://new.example.com');
  });

  test('in German, and dark', async () => {
    const { page } = ada;
    await page.goto('/console');
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Guten Tag, Ada' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    await expectAccessible(ada);
    // What the server says of fields, too.
    await page.goto('/console/apis/weather');
    await page.getByText('Lebensdauer ihrer Access-Tokens in Sekunden.').waitFor();
  });

  test('no page complained of anything', () => {
    expect(world.complaints).toEqual([]);
  });
});
