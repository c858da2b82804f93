/** Webhooks in a browser: somebody of a partner has an app told of its keys; an administrator looks at all there are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type Program, startProgram } from './running-program.ts';
import { signatureOf, startReceiver } from './webhook-receiver.ts';

if (!chromiumInstalled) console.warn('SKIPPED: webhooks in the console, because there is no Chromium');

/** For whoever wants to look at the pages: a folder that they are photographed into. */
const PICTURES = process.env.GATEHOUSE_PICTURES;

describe.skipIf(!chromiumInstalled)('webhooks in the console', { timeout: 60_000 }, () => {
  let program: Program;
  let partner: ConsoleBrowser;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    receiver = await startReceiver();
    program = await startProgram({ outbound: { webhooks: ['127.0.0.1/32'] } });
    await program.admin(
      'POST',
      '/apply',
      `kind: role
name: partner
spec:
  inOrganizations: true
  permissions: [keys:read, keys:write, webhooks:read, webhooks:write]
---
kind: organization
name: acme
spec: {displayName: Acme}
---
kind: webhook
name: of-the-tenant
spec: {url: 'https://hooks.example.com/', events: ['*']}
`,
    );
    const person = { email: 'pat@example.com', name: 'Pat', organization: 'acme' };
    const id = String((await program.admin('POST', '/users', person)).id);
    await program.call('PUT', `/organizations/acme/members/${id}`, { roles: ['partner'] }, { 'if-match': '*' });
    await program.admin('POST', '/keys', { name: 'widget', organization: 'acme', tags: ['app-widget'] });
    partner = await openConsole(program, id);
  }, 90_000);
  afterAll(async () => {
    await partner?.close();
    await program?.remove();
    receiver?.close();
  });

  test('a partner has an app told of its keys, and sees how it went', async () => {
    const { page } = partner;
    await partner.open('/portal/widget');
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('Address').fill(receiver.url);
    expect(await partner.seriousFindings()).toEqual([]);
    await picture('new');
    await drawer.getByRole('button', { name: 'Add it' }).click();
    await drawer.getByText('Copy it now').waitFor();
    const secret = /whsec_[\w+/]+=*/.exec(await drawer.innerText())?.[0] ?? '';
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    const more = { organization: 'acme' };
    await program.admin('POST', '/keys', { name: 'other', tags: ['app-other'], ...more });
    await program.admin('POST', '/keys', { name: 'second', tags: ['app-widget'], ...more });
    await expect.poll(() => receiver.messages.map(({ type }) => type), { timeout: 15_000 }).toEqual(['api_key.issued']);
    const [message] = receiver.messages;
    expect(message?.signatures).toEqual([message && signatureOf(message, secret)]);
    expect(JSON.parse(message?.body ?? '').data.target.name).toBe('second');
    await page.getByRole('link', { name: 'acme--widget' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('button', { name: 'webhook.tested' }).click({ timeout: 15_000 });
    await drawer.getByText('"webhook.tested"').waitFor();
    expect(await partner.seriousFindings()).toEqual([]);
    await picture('delivery');
    await drawer.getByRole('button', { name: 'Send once more' }).click();
    await expect.poll(() => receiver.messages.filter(({ type }) => type === 'webhook.tested').length).toBe(2);
    await page.keyboard.press('Escape');
    expect(await partner.seriousFindings()).toEqual([]);
    await picture('webhook');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Rotate the secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate the secret' }).click();
    await page.getByText('Copy it now').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByLabel(/^Type/).fill('acme--widget');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    // What is the tenant's was never there.
    await page.getByText('No webhook yet').waitFor();
    expect(await partner.seriousFindings()).toEqual([]);
    expect(partner.complaints.filter((text) => !text.includes('status of 404'))).toEqual([]);
  });

  test('an administrator declares one, and sees that it fails', async () => {
    const administrator = await openConsole(program);
    const { page } = administrator;
    await administrator.open('/webhooks');
    await page.getByRole('link', { name: 'of-the-tenant' }).waitFor();
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('Name').fill('alerts');
    await drawer.getByLabel('Address').fill('https://127.0.0.2/');
    await drawer.getByRole('combobox', { name: 'Events' }).fill('webhook.secret');
    await page.getByRole('option', { name: 'webhook.secret_issued' }).click();
    await page.keyboard.press('Tab');
    await drawer.getByRole('button', { name: 'Add it' }).click();
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('failing').waitFor({ timeout: 15_000 });
    await page.getByText('there is nothing at this address').first().waitFor();
    expect(await administrator.seriousFindings()).toEqual([]);
    if (PICTURES !== undefined) await photograph(administrator);
    expect(administrator.complaints).toEqual([]);
    await administrator.close();
  });

  async function picture(name: string): Promise<void> {
    if (PICTURES !== undefined) await partner.page.screenshot({ path: `${PICTURES}/${name}.png` });
  }

  async function photograph({ page, open }: ConsoleBrowser): Promise<void> {
    for (const [path, name] of [
      ['/webhooks', 'list'],
      ['/webhooks/alerts', 'one'],
    ] as const) {
      for (const scheme of ['light', 'dark'] as const) {
        for (const [width, size] of [
          [1440, 'wide'],
          [390, 'narrow'],
        ] as const) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: 900 });
          await open(path);
          await page.waitForLoadState('networkidle');
          await page.screenshot({ path: `${PICTURES}/${name}-${scheme}-${size}.png` });
        }
      }
    }
  }
});
