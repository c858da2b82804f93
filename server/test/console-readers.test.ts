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
spec: { permissions: ['users:*', 'keys:*', 'memberships:*', 'invitations:*', 'sessions:*', 'groups:*'], inOrganizations: true }
`,
    );
  }, 120_000);
  afterAll(() => world?.close());

  /** A person with a password, who got it by a link that an administrator made. */
  async function person(name: string, more: Record<string, unknown>): Promise<{ id: string; visitor: Visitor }> {
    const { program } = world;
    const email = `${name.toLowerCase()}@example.com`;
    const { id } = await program.admin('POST', '/users', { name, email, ...more });
    const { link } = await program.admin('POST', `/users/${id}/recovery-link`, { delivery: 'shown' });
    const visitor = await world.visit();
    await visitor.page.goto(String(link));
    for (const field of await visitor.page.locator('input[type=password]').all()) await field.fill(PASSWORD);
    await visitor.page.getByRole('button', { name: 'Set the password' }).click();
    await visitor.page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
    return { id: String(id), visitor };
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

  test('a viewer sees everything and is offered no change', async () => {
    const { visitor } = await person('Vera', { roles: ['viewer'] });
    const { page } = visitor;
    const refused = refusalsOf(visitor);
    await page.goto('/console');
    await signIn(page, 'vera@example.com');
    await page.getByRole('heading', { name: 'Hello, Vera' }).waitFor();
    expect(await visible(visitor)).toEqual(expect.arrayContaining(['API keys', 'Users', 'Signing keys', 'Settings']));
    for (const path of [
      '/keys',
      '/users',
      '/roles',
      '/roles/acme-admin',
      '/organizations/acme',
      '/signing-keys',
      '/groups',
    ]) {
      await page.goto(`/console${path}`);
      await page.locator('#content h1').waitFor();
      await page.locator('#content .mantine-Loader-root').first().waitFor({ state: 'detached' });
      const offered = await page.locator('#content').getByRole('button').allTextContents();
      expect(
        offered.filter((text) => /\b(issue|invite|add|new|rotate|revoke|delete|edit|review|leaked)\b/i.test(text)),
        path,
      ).toEqual([]);
    }
    await page.goto('/console/keys/breach');
    await page.getByText('keys:write').waitFor();
    await expectAccessible(visitor);
    expect(refused).toEqual([]);
  });

  test('an administrator of an organization sees its people and keys, and nothing of the others', async () => {
    const { program } = world;
    const { id, visitor } = await person('Olga', {});
    await program.admin('PUT', `/organizations/acme/members/${id}`, { roles: ['acme-admin'] });
    await program.issueKey({ name: 'of-acme', organization: 'acme', scopes: [] });
    await program.issueKey({ name: 'of-the-house', scopes: [] });
    const { page } = visitor;
    const refused = refusalsOf(visitor);
    await page.goto('/console');
    await signIn(page, 'olga@example.com');
    await setUpApp(page);
    await page.goto('/console');
    await page.getByRole('heading', { name: 'Hello, Olga' }).waitFor();
    const pages = await visible(visitor);
    expect(pages).toEqual(expect.arrayContaining(['API keys', 'Users', 'Invitations', 'Groups']));
    expect(pages.filter((name) => ['Routes', 'Clients', 'Signing keys', 'Settings', 'Roles'].includes(name))).toEqual(
      [],
    );
    await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('link', { name: 'of-acme' }).waitFor();
    expect(await page.getByText('of-the-house').count()).toBe(0);
    await page.goto('/console/users');
    await page.getByRole('link', { name: 'Olga' }).waitFor();
    expect(await page.getByText('vera@example.com').count()).toBe(0);
    await page.goto('/console/routes');
    await page.getByText('you act inside an organization').waitFor();
    expect(refused).toEqual([]);
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
