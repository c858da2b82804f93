/** The console for those who may less: it offers nothing that would be refused, and says why where somebody comes anyway. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
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

describe.skipIf(!hasChromium)('somebody who may less', { timeout: 60_000 }, () => {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await openConsoleWorld();
    await world.program.admin(
      'POST',
      '/apply',
      `kind: organization
name: acme
spec: { displayName: Acme }
---
kind: role
name: acme-admin
spec: { permissions: ['users:*', 'keys:*', 'memberships:*', 'invitations:*', 'sessions:*', 'groups:*', 'service_accounts:*'], inOrganizations: true }
`,
    );
  }, 120_000);
  afterAll(() => world?.close());

  /** Somebody new each time: a second try of a test finds those of the first there already. */
  let people = 0;
  const somebody = (firstName: string) => {
    people += 1;
    const name = `${firstName}${people}`;
    return { name, email: `${name.toLowerCase()}@example.com` };
  };

  /** A person with a password, who got it by a link that an administrator made. */
  async function person(firstName: string, more: Record<string, unknown>) {
    const { program } = world;
    const { name, email } = somebody(firstName);
    const { id } = await program.admin('POST', '/users', { name, email, ...more });
    const { link } = await program.admin('POST', `/users/${id}/recovery-link`, { delivery: 'shown' });
    const visitor = await world.visit();
    await visitor.page.goto(String(link));
    for (const field of await visitor.page.locator('input[type=password]').all()) await field.fill(PASSWORD);
    await visitor.page.getByRole('button', { name: 'Set the password' }).click();
    await visitor.page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
    return { id: String(id), name, email, visitor };
  }

  /** Every refusal that pages met while they were looked at. */
  function refusalsOf({ page }: Visitor): string[] {
    const refused: string[] = [];
    page.on('response', (response) => {
      if ([401, 403].includes(response.status())) refused.push(`${response.status()} ${response.url()}`);
    });
    return refused;
  }

  const visible = ({ page }: Visitor) => page.getByRole('navigation').getByRole('link').allTextContents();

  /** Every screen of the navigation, and more: each is drawn, and offers no change. */
  async function walk({ page }: Visitor, more: readonly string[], mayChange?: RegExp): Promise<string[]> {
    const look = async (path: string) => {
      await page.locator('#content h1').first().waitFor();
      await page.locator('#content .mantine-Loader-root').first().waitFor({ state: 'detached' });
      // What opens a row says what is in it, and changes nothing.
      const offered = await page.locator('#content button:not([data-row-link])').allTextContents();
      const wrong = offered.filter((text) => CHANGES.test(text) && mayChange?.test(path) !== true);
      expect(wrong, path).toEqual([]);
    };
    const links = page.getByRole('navigation').getByRole('link');
    const all: string[] = [];
    for (let index = 0; index < (await links.count()); index += 1) {
      await links.nth(index).click();
      const path = new URL(page.url()).pathname.replace(/^\/console/, '');
      await look(path);
      all.push(path);
    }
    for (const path of more) {
      await page.goto(`/console${path}`);
      await look(path);
    }
    return all;
  }
  const CHANGES =
    /\b(issue|invite|add|new|rotate|revoke|delete|edit|review|leaked|suspend|end|remove|apply|activate|register)\b/i;

  test('a viewer sees everything and is offered no change', async () => {
    const { visitor, name, email } = await person('Vera', { roles: ['viewer'] });
    const { page } = visitor;
    const refused = refusalsOf(visitor);
    await page.goto('/console');
    await signIn(page, email);
    await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    expect(await visible(visitor)).toEqual(expect.arrayContaining(['API keys', 'Users', 'Signing keys', 'Settings']));
    await walk(visitor, ['/roles/acme-admin', '/organizations/acme']);
    await page.goto('/console/keys/breach');
    await page.getByText('keys:write').waitFor();
    await expectAccessible(visitor);
    expect(refused).toEqual([]);
  });

  test('an administrator of an organization sees its people and keys, and nothing of the others', async () => {
    const { program } = world;
    const { id, visitor, name, email } = await person('Olga', {});
    const stranger = await program.admin('POST', '/users', somebody('Stranger'));
    const ofAcme = `of-acme-${name}`;
    await program.admin('PUT', `/organizations/acme/members/${id}`, { roles: ['acme-admin'] });
    await program.issueKey({ name: ofAcme, organization: 'acme', scopes: [] });
    await program.issueKey({ name: 'of-the-house', scopes: [] });
    const { page } = visitor;
    const refused = refusalsOf(visitor);
    await page.goto('/console');
    await signIn(page, email);
    await setUpApp(page);
    await page.goto('/console');
    await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    const pages = await visible(visitor);
    expect(pages).toEqual(expect.arrayContaining(['API keys', 'Users', 'Invitations', 'Groups']));
    expect(pages.filter((name) => ['Routes', 'Clients', 'Signing keys', 'Settings', 'Roles'].includes(name))).toEqual(
      [],
    );
    await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('link', { name: ofAcme }).waitFor();
    expect(await page.getByText('of-the-house').count()).toBe(0);
    // Her own people: invited, given other roles, and let go.
    const invited = somebody('Nora');
    await page.goto('/console/members');
    await page.getByRole('link', { name }).waitFor();
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(invited.email);
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByText(`${invited.email} was invited`).waitFor();
    await page.keyboard.press('Escape');
    const newcomer = somebody('Nina');
    const nina = await program.admin('POST', '/users', newcomer);
    await program.admin('PUT', `/organizations/acme/members/${nina.id}`, {});
    await page.reload();
    const row = page.locator('li', { hasText: newcomer.name });
    await row.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Change the roles' }).click();
    await dialog.getByRole('combobox', { name: 'Roles' }).click();
    await page.getByRole('option', { name: 'acme-admin' }).click();
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('acme-admin').waitFor();
    await expectAccessible(visitor);
    await row.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'End membership' }).click();
    await dialog.getByRole('button', { name: 'End membership' }).click();
    await row.waitFor({ state: 'detached' });
    const walked = await walk(visitor, [], /./);
    expect(walked).toEqual(expect.arrayContaining(['/members', '/service-accounts', '/portal']));
    await page.goto('/console/users');
    await page.getByRole('link', { name }).waitFor();
    expect(await page.getByText(String(stranger.email)).count()).toBe(0);
    await page.goto('/console/routes');
    await page.getByText('you act inside an organization').waitFor();
    expect(refused).toEqual([]);
  });

  test('the console is opened again without being left: one document, and no code in its address', async () => {
    const { visitor, name, email } = await person('Rita', { roles: ['viewer'] });
    const { page } = visitor;
    await page.goto('/console');
    await signIn(page, email);
    await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    const documents: string[] = [];
    page.on('request', (request) => request.isNavigationRequest() && documents.push(request.url()));
    await page.goto('/console/users');
    await page.getByRole('link', { name }).waitFor();
    expect(documents.map((address) => address.slice(world.program.issuer.length))).toEqual(['/console/users']);
  });

  test('a console on another port of this machine gets no code', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'gatehouse_console',
      redirect_uri: 'http://localhost:1/console/signed-in',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const response = await fetch(`${world.program.issuer}/oauth/authorize?${query}`, { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('redirect');
  });

  test('no page complained of anything', () => {
    expect(world.complaints).toEqual([]);
  });
});
