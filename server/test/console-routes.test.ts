/** Routes in the console, in a browser: found by what stands in them, who they let in and where they go; what a trial says of a call. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';

const LONG = 'stock-of-every-warehouse-in-every-region-and-zone-by-shelf';

if (!chromiumInstalled) console.warn('SKIPPED: routes in the console, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('routes in the console', { timeout: 60_000 }, () => {
  let upstream: EchoUpstream;
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    program = await startProgram();
    await program.admin(
      'POST',
      '/apply',
      `kind: decision_log
name: default
spec: {allowed: 1, denied: 1}
---
kind: api
name: orders
spec: {audience: 'https://orders.example.com'}
---
kind: policy
name: try-out
spec: {mode: shadow, cedar: 'forbid(principal, action, resource);'}
---
kind: upstream
name: shop
spec: {targets: [{url: '${upstream.url}'}]}
---
kind: route
name: orders
spec:
  match: {path: '/orders/{id}', methods: [GET]}
  api: orders
  authorize: {scopes: ['orders:read']}
  upstream: {name: shop}
---
kind: route
name: ${LONG}
spec:
  enabled: true
  match: {path: '/stock/{region}', methods: [GET]}
  authorize: {scopes: ['stock:read']}
  upstream: {url: '${upstream.url}'}
---
kind: route
name: retired
spec:
  enabled: false
  description: Of the old shop.
  match: {path: /old, methods: [GET]}
  authenticate: [anonymous]
  upstream: {url: 'http://old.internal:8080'}
`,
    );
    browser = await openConsole(program);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
    await upstream?.close();
  });

  /** The texts of a table's rows, cell by cell, without when they were changed. */
  const rows = async () => {
    const found = browser.page.getByRole('table', { name: 'Routes' }).locator('tbody tr');
    return Promise.all((await found.all()).map(async (row) => (await row.locator('td').allInnerTexts()).slice(0, 5)));
  };

  test('say who they let in, where they go, and which of them are disabled', async () => {
    await browser.open('/routes');
    await browser.page.getByRole('link', { name: 'retired' }).waitFor();
    const lines = (cells: string[]) => cells.map((cell) => cell.split(/\s+/).join(' ').trim());
    expect((await rows()).map(lines)).toEqual([
      ['orders', '/orders/{id}', 'GET', 'api_key access_token', 'shop'],
      ['retired disabled', '/old', 'GET', 'anonymous', 'http://old.internal:8080'],
      [LONG, '/stock/{region}', 'GET', 'api_key', upstream.url],
    ]);
    expect(await browser.seriousFindings()).toEqual([]);
  });

  test('are found by any text in them, in the list and from anywhere', async () => {
    const { page } = browser;
    await browser.open('/routes');
    const search = page.getByRole('searchbox');
    await search.fill('OLD.INTERNAL');
    await page.getByText('1 shown').waitFor();
    expect((await rows()).map(([name]) => name?.split(/\s/)[0])).toEqual(['retired']);
    expect(page.url()).toContain('search=OLD.INTERNAL');
    await search.fill('no such thing');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByText('3 shown').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Pages, people, keys, clients').fill('/stock/');
    await page.getByRole('dialog').getByText(LONG).click();
    await page.getByRole('heading', { level: 1, name: LONG }).waitFor();
  });

  test('are saved with what they are for, which the list has no room for', async () => {
    const { page } = browser;
    await browser.open('/routes');
    await page.getByRole('button', { name: 'Export' }).click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /CSV/ }).click(),
    ]);
    const [head, ...lines] = readFileSync(await saved.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(head).toBe('name,path,methods,who,goesTo,updated,description');
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(['', 'Of the old shop.', '']);
  });

  test('have their settings found by name or by what is said of them, also those that are folded away', async () => {
    const { page } = browser;
    await browser.open('/routes/orders');
    const find = page.getByRole('combobox', { name: 'Find a setting' });
    const choose = async (wanted: string, label: string) => {
      await find.fill(wanted);
      await page.getByRole('option', { name: label, exact: true }).click();
    };
    const host = page.getByRole('textbox', { name: 'Host' });
    expect(await host.isVisible()).toBe(false);
    await choose('without port', 'Match › Host');
    await expect.poll(() => host.evaluate((field) => field.ownerDocument.activeElement === field)).toBe(true);
    expect(await host.isVisible()).toBe(true);
    // One of a group that is left out: to the switch that puts the group there.
    await choose('exposeheaders', 'CORS › Expose headers');
    const cors = page.getByRole('switch', { name: 'CORS' });
    await expect.poll(() => cors.evaluate((field) => field.ownerDocument.activeElement === field)).toBe(true);
    expect(await browser.seriousFindings()).toEqual([]);
    // A form that is short has nothing to be looked for.
    await browser.open('/roles/viewer');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await find.count()).toBe(0);
  });

  test('that are long take no room from the numbers on the first page, and a trial is told beside its call', async () => {
    const { page } = browser;
    const { key } = await program.issueKey({ scopes: ['stock:read'] });
    const headers = { authorization: `Bearer ${key}` };
    await program.until(
      async () => (await fetch(`${program.gatewayUrl}/stock/eu`, { headers })).status === 200,
      'it is answered',
    );
    await browser.open('/requests');
    await page.getByRole('link', { name: 'GET /stock/eu' }).first().click();
    const call = page.getByRole('dialog', { name: 'One call' });
    await call.getByText('Policies on trial would have decided otherwise').waitFor();
    await call.getByText('They would deny it: try-out').waitFor();
    // Calls that are alike are said once, by the name of who made them.
    for (let times = 0; times < 3; times += 1) await fetch(`${program.gatewayUrl}/stock/eu`, { headers });
    await browser.open('/policies/try-out?tab=trial');
    await program.until(async () => {
      await page.reload();
      const line = page.getByRole('listitem').filter({ hasText: 'would be denied' }).first();
      await line.waitFor();
      return /test GET .* \d times/.test((await line.innerText()).replaceAll('\n', ' '));
    }, 'the decisions that are alike, counted');
    expect(await page.getByText('would be denied').count()).toBe(1);
    await browser.open('/');
    const link = page.locator('#content').getByRole('link', { name: LONG });
    await link.waitFor();
    const [line, card] = await Promise.all(
      ['xpath=ancestor::li', 'xpath=ancestor::ul/..'].map((above) => link.locator(above).boundingBox()),
    );
    const end = (box: typeof line) => (box?.x ?? Number.NaN) + (box?.width ?? 0);
    expect(end(line)).toBeLessThanOrEqual(end(card));
  });

  test('what became of a call is shown at once, also when nothing of its decision was kept', async () => {
    const { page } = browser;
    await fetch(`${program.gatewayUrl}/stock/eu`, { method: 'DELETE' });
    let asked = 0;
    await page.route('**/api/v1/decisions/*', async (route) => {
      const record = await (await route.fetch()).json();
      // As one that was written down long ago: what is missing of it does not come any more.
      await route.fulfill({ json: { ...record, at: Date.now() - 60_000 } });
    });
    await page.route('**/api/v1/decisions/*/explanation', async (route) => {
      asked += 1;
      await route.continue();
    });
    await browser.open('/requests');
    await page.getByRole('link', { name: 'DELETE /stock/eu' }).first().click();
    const call = page.getByRole('dialog', { name: 'One call' });
    await call.getByText('What was asked was not kept for this one').waitFor();
    await call.getByText('Method not allowed', { exact: true }).waitFor();
    expect(asked).toBe(1);
    await page.unrouteAll();
  });
});
