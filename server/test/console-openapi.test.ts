/** An OpenAPI document is imported in the console, in a browser: looked at, mended, applied, called, and held against the traffic. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';

const DOCUMENT = `openapi: 3.1.0
info: { title: Petstore, version: "1" }
security:
  - oauth: [pets:read]
paths:
  /pets/{petId}:
    get: { operationId: getPet, summary: One pet }
  /health:
    get: { operationId: health, security: [] }
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: { clientCredentials: { tokenUrl: 'https://id.test/token', scopes: { 'pets:read': See pets } } }
`;

if (!chromiumInstalled) console.warn('SKIPPED: an import in the console, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('an OpenAPI document in the console', { timeout: 60_000 }, () => {
  let upstream: EchoUpstream;
  let program: Program;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    program = await startProgram();
    browser = await openConsole(program);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
    await upstream?.close();
  });

  const call = async (path: string) => (await fetch(program.gatewayUrl + path)).status;
  const choose = (text: string) => {
    const file = { name: 'petstore.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) };
    return browser.page.locator('input[type=file]').setInputFiles(file);
  };

  test('is looked at, mended and imported, and its routes answer', async () => {
    const { page } = browser;
    await browser.open('/apis');
    await page.getByRole('link', { name: 'Import OpenAPI' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Import an OpenAPI document' }).waitFor();
    const look = page.getByRole('button', { name: 'Look what would change' });
    expect(await look.isDisabled()).toBe(true);
    // What is no YAML is refused, at its line.
    await choose('openapi: [');
    await page.getByRole('combobox', { name: 'API', exact: true }).fill('petstore');
    await page.getByLabel('Audience of the new API').fill('https://pets.example.com');
    await page.getByRole('combobox', { name: 'Where requests go' }).fill(upstream.url);
    await look.click();
    await page.getByText('1:11', { exact: true }).waitFor();
    // What the document leaves open is a question, and nothing is changed.
    await choose(DOCUMENT);
    await page.getByText('One pet').waitFor();
    await look.click();
    await page.getByText('One thing is to be settled first').waitFor();
    await page.getByText('paths./health.get').waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByLabel('Operations without security are meant to be open to everyone').check();
    await look.click();
    // What would be: routes, scopes, warnings.
    await page.getByText('4 new, 0 changed, 0 as they are').waitFor();
    const row = page.getByRole('row', { name: /\/pets\/\{petId\}/ });
    expect(await row.innerText()).toMatch(/petstore-get-pet.*pets:read.*access_token.*new/s);
    await page.getByRole('alert').getByText('petstore-health').waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    expect(await call('/health')).toBe(404);
    await page.getByLabel('What for').fill('the first API');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'petstore is imported' }).waitFor();
    expect([await call('/health'), await call('/pets/17')]).toEqual([200, 401]);
  });

  test('its description is held against the traffic', async () => {
    const { page } = browser;
    await page.getByRole('link', { name: 'What differs from the traffic' }).click();
    await page.getByRole('heading', { level: 1, name: 'petstore: description and traffic' }).waitFor();
    await page.getByRole('row', { name: /GET \/pets\/\{petId\}/ }).waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    // What was called leads to its calls.
    const calls = page.getByRole('link', { name: 'Look at them: GET /health' });
    expect(await calls.getAttribute('href')).toMatch(/\/requests\?method=GET&pathPrefix=%2Fhealth$/);
    // Again: the same is no change, and a scope that the API does not know is added to it.
    await page.getByRole('link', { name: 'petstore', exact: true }).click();
    await page.getByRole('link', { name: 'Import again' }).click();
    await choose(DOCUMENT.replaceAll('pets:read', 'pets:see'));
    expect(await page.getByRole('combobox', { name: 'API', exact: true }).inputValue()).toBe('petstore');
    await page.getByRole('combobox', { name: 'Where requests go' }).fill(upstream.url);
    await page.getByLabel('Operations without security are meant to be open to everyone').check();
    await page.getByRole('button', { name: 'Look what would change' }).click();
    await page.getByText('0 new, 3 changed, 1 as they are').waitFor();
    await page.getByRole('button', { name: 'Every difference' }).click();
    await page.getByText("+    'pets:see': See pets").or(page.getByText('+    pets:see: See pets')).first().waitFor();
  });

  test('without a complaint of the browser but for what was refused on purpose', () => {
    expect(browser.complaints.filter((text) => !/status of 40[04]/.test(text))).toEqual([]);
  });
});
