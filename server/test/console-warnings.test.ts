/** Warnings in the console, in a browser: what is probably a mistake is told before it is applied, and stops nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type Program, startProgram } from './running-program.ts';

if (!chromiumInstalled) console.warn('SKIPPED: warnings in the console, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('warnings in the console', { timeout: 60_000 }, () => {
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    program = await startProgram();
    await program.admin(
      'POST',
      '/apply',
      `kind: api
name: orders
spec: {audience: 'https://orders.example.com', scopes: {'orders:read': See orders}}
---
kind: route
name: orders
spec:
  match: {path: '/orders/{id}', methods: [GET]}
  api: orders
  authorize: {scopes: ['orders:read']}
  upstream: {url: 'http://orders.internal:8080'}
---
kind: policy
name: orders
spec: {cedar: 'permit(principal, action, resource);'}
`,
    );
    browser = await openConsole(program);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
  });

  const write = async (label: string, text: string) => {
    await browser.page.getByRole('textbox', { name: label, exact: true }).click();
    await browser.page.keyboard.press('ControlOrMeta+A');
    await browser.page.keyboard.press('Backspace');
    // Pasted and not typed, since the editor closes brackets for who types.
    await browser.page.keyboard.insertText(text);
  };

  test('stand in the review of a change, stay with who goes back to mend it, and stop nothing', async () => {
    const { page } = browser;
    await browser.open('/routes/orders');
    await page.getByText('JSON', { exact: true }).click();
    const { spec } = await program.admin('GET', '/routes/orders');
    await write('JSON', JSON.stringify(spec).replace('orders:read', 'orders:raed'));
    await page.getByRole('button', { name: 'Review the change' }).click();
    const review = page.getByRole('dialog', { name: 'What would change' });
    const warning = 'the API "orders" declares no scope "orders:raed"';
    await review.getByText('Probably a mistake').waitFor();
    await review.getByText(warning).waitFor();
    await review.getByText('authorize.scopes.0', { exact: true }).waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await review.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('main').getByText(warning).waitFor();
    await page.getByRole('button', { name: 'Review the change' }).click();
    await review.getByRole('button', { name: 'Apply' }).click();
    await program.until(
      async () => JSON.stringify(await program.admin('GET', '/routes/orders')).includes('orders:raed'),
      'it is applied',
    );
  });

  test('stand in the last look at a policy', async () => {
    const { page } = browser;
    await browser.open('/policies/orders');
    await write('Text of the policy', 'permit(principal in Role::"ghost", action, resource);');
    await page.getByRole('button', { name: 'Activate …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Activate orders' });
    await dialog.getByText('there is no role "ghost", so nobody holds it').waitFor();
    await dialog.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('orders is in force').waitFor();
  });
});
