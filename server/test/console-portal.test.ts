/** The developer portal, in a browser: somebody of a partner registers an app, gets a key, uses it and ends it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';

if (!chromiumInstalled) console.warn('SKIPPED: the developer portal, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('the developer portal', { timeout: 60_000 }, () => {
  let upstream: EchoUpstream;
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    program = await startProgram();
    await program.admin(
      'POST',
      '/apply',
      `kind: role
name: partner
spec:
  inOrganizations: true
  permissions: [keys:read, keys:write, access_records:read, weather:read]
---
kind: organization
name: acme
spec: {displayName: Acme}
---
kind: route
name: weather
spec:
  match: {path: '/weather/{city}', methods: [GET]}
  authenticate: [api_key]
  authorize: {scopes: ['weather:read']}
  upstream: {url: ${upstream.url}}
  cors: {origins: ['${program.issuer}']}
---
kind: api
name: weather
spec: {audience: 'https://weather.example.com', scopes: {'weather:read': Read the weather}}
---
kind: api_document
name: weather
spec:
  api: weather
  listed: true
  document:
    openapi: 3.1.0
    info: {title: Weather, version: '1'}
    paths:
      /weather/{city}:
        get:
          summary: The weather of a city
          parameters: [{name: city, in: path, required: true, schema: {type: string}}]
          responses: {'200': {description: Now}}
`,
    );
    const person = { email: 'pat@example.com', name: 'Pat', organization: 'acme' };
    const id = String((await program.admin('POST', '/users', person)).id);
    await program.call('PUT', `/organizations/acme/members/${id}`, { roles: ['partner'] }, { 'if-match': '*' });
    browser = await openConsole(program, id);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
    await upstream?.close();
  });

  test('register an app, get a key, use it, end it', async () => {
    const { page } = browser;
    await browser.open('/portal');
    // What would be refused is not offered.
    const offered = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    expect(offered).toContain('Developer portal');
    expect(offered.filter((name) => ['Policies', 'Routes', 'Relationships', 'Users'].includes(name))).toEqual([]);
    await page.getByRole('button', { name: 'Register an app' }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('Name of the app').fill('Wetter-Widget für Zürich');
    await drawer.getByRole('combobox', { name: 'What it may do' }).click();
    await page.getByRole('option', { name: 'weather:read' }).click();
    // Leaves the list, which lies over the button.
    await page.keyboard.press('Tab');
    await drawer.getByRole('button', { name: 'Get the key' }).click();
    await drawer.getByText('Copy it now').waitFor();
    const key = /gh_test_\w+/.exec(await drawer.innerText())?.[0] ?? '';
    const call = async () => {
      const answer = await fetch(`${program.gatewayUrl}/weather/bern`, { headers: { authorization: `Bearer ${key}` } });
      return answer.status;
    };
    await program.until(async () => (await call()) === 200, 'the key works');
    await drawer.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('heading', { level: 1, name: 'wetter-widget-fur-zurich' }).waitFor();
    // The reference, with a call from the page: the key goes to the gateway, whose route lets this page read the answer.
    await page.getByRole('link', { name: 'Developer portal' }).first().click();
    await page.getByRole('button', { name: /The weather of a city/ }).click();
    await page.getByRole('textbox', { name: 'city' }).fill('bern');
    await page.getByLabel('Key or token').fill(key);
    await page.getByRole('button', { name: 'Send' }).click();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.getByText('200', { exact: true }).waitFor();
    await page.getByLabel('Key or token').fill('');
    await page.getByRole('button', { name: 'Send' }).click();
    await answer.getByText('401', { exact: true }).waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByRole('link', { name: 'wetter-widget-fur-zurich' }).click();
    await page.getByRole('heading', { level: 1, name: 'wetter-widget-fur-zurich' }).waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByRole('button', { name: 'Revoke' }).click();
    const confirm = page.getByRole('dialog');
    await confirm.getByLabel(/^Type/).fill('Wetter-Widget für Zürich');
    await confirm.getByRole('button', { name: 'Revoke' }).click();
    await program.until(async () => (await call()) === 401, 'the key is refused');
    // A refusal is written down by the browser itself.
    expect(browser.complaints.filter((text) => !text.includes('status of 401'))).toEqual([]);
  });
});
