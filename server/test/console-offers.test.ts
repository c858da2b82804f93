/**
 * The console offers nothing that would be refused: every screen is opened and everything on it is pressed, by somebody who
 * may only look and by an administrator of an organization. What each may is decided by the server alone.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleWorld, hasChromium, openConsoleWorld, PASSWORD, setUpApp, signIn } from './console-world.ts';
import { declaredScreens, type FurnishedHouse, furnish, isOf } from './furnished-house.ts';
import { type Presses, pressesOn } from './press-everything.ts';

if (!hasChromium) console.warn('SKIPPED: what the console offers, because there is no Chromium');

describe.skipIf(!hasChromium)('what the console offers', { timeout: 600_000 }, () => {
  let world: ConsoleWorld;
  let house: FurnishedHouse;
  beforeAll(async () => {
    world = await openConsoleWorld();
    house = await furnish(world.program);
  }, 180_000);
  afterAll(() => world?.close());

  /** Somebody new at each try. */
  let people = 0;
  async function somebody(firstName: string, more: Record<string, unknown>) {
    const { program } = world;
    people += 1;
    const name = `${firstName}${people}`;
    const email = `${name.toLowerCase()}@example.com`;
    const { id } = await program.admin('POST', '/users', { name, email, ...more });
    const { link } = await program.admin('POST', `/users/${id}/recovery-link`, { delivery: 'shown' });
    const { page } = await world.visit();
    await page.goto(String(link));
    for (const field of await page.locator('input[type=password]').all()) await field.fill(PASSWORD);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
    return { id, name, email, page };
  }

  async function enter(firstName: string, more: Record<string, unknown>, membership?: Record<string, unknown>) {
    const { id, name, email, page } = await somebody(firstName, more);
    if (membership !== undefined) await world.program.admin('PUT', `/organizations/acme/members/${id}`, membership);
    await page.goto('/console');
    await signIn(page, email);
    if (membership !== undefined) await setUpApp(page);
    // It is on its way back to the console: whoever went there now would be in its way.
    await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    return pressesOn(page);
  }

  async function walk(presses: Presses) {
    // Tabs are pressed.
    for (const address of house.addresses.filter((it) => !it.includes('?'))) await presses.pressAll(address);
    console.info(`${presses.pressed.length} pressed, ${presses.changes.size} kinds of change asked for`);
    if (process.env.SHOW_PRESSES !== undefined) console.info(presses.pressed.join('\n'), [...presses.changes]);
  }

  test('every screen is among the addresses', () => {
    const missed = declaredScreens().filter((screen) => !house.addresses.some((address) => isOf(address, screen)));
    expect(missed).toEqual([]);
  });

  // Side by side: a walk mostly waits for pages.
  test.concurrent('nothing that is refused to a read-only administrator', async () => {
    const presses = await enter('Vera', { roles: ['viewer'] });
    await walk(presses);
    expect(presses.refusals).toEqual([]);
    expect([...presses.changes]).toEqual([]);
    expect(presses.sideways, 'nothing to scroll sideways on a telephone').toEqual([]);
  });

  test.concurrent('nothing that is refused to an administrator of an organization', async () => {
    const presses = await enter('Olga', {}, { roles: ['administrator'] });
    await walk(presses);
    expect(presses.refusals).toEqual([]);
    expect(presses.changes.size).toBeGreaterThan(10);
  });

  test('and would hear it if there were something', async () => {
    const { page, name, email } = await somebody('Vera', { roles: ['viewer'] });
    // A page that takes its person for an administrator, which the server does not.
    await page.route('**/api/v1/whoami', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), permissions: ['*'] } });
    });
    await page.goto('/console');
    await signIn(page, email);
    await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
    const presses = await pressesOn(page);
    await presses.pressAll('/groups');
    expect(presses.refusals.map(({ request }) => request)).toContain('POST /api/v1/groups');
    await page.close();
  });

  test('no page broke', () => {
    expect(world.complaints).toEqual([]);
  });
});
