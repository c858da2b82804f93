/** Policies in the console, in a browser: why a call was denied and how to mend it; write, test, replay, activate, roll back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleBrowser, chromiumInstalled, openConsole } from './console-browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { type Program, startProgram } from './running-program.ts';

const OPEN = 'permit(principal, action == Action::"weather:read", resource is City);';

if (!chromiumInstalled) console.warn('SKIPPED: policies in the console, because there is no Chromium');

describe.skipIf(!chromiumInstalled)('policies in the console', { timeout: 60_000 }, () => {
  let upstream: EchoUpstream;
  let program: Program;
  let browser: ConsoleBrowser;
  let key: string;
  const call = async (city: string) =>
    (await fetch(`${program.gatewayUrl}/weather/${city}`, { headers: { authorization: `Bearer ${key}` } })).status;
  const answers = (city: string, status: number) =>
    program.until(async () => (await call(city)) === status, `${city} is answered with ${status}`);

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
kind: policy
name: weather
spec:
  cedar: permit(principal, action == Action::"weather:read", resource == City::"bern");
---
kind: route
name: weather
spec:
  match: {path: '/weather/{city}', methods: [GET]}
  authenticate: [api_key]
  authorize: {policies: required, action: 'weather:read', resource: {type: City, id: '{city}'}}
  upstream: {url: ${upstream.url}}
`,
    );
    key = (await program.issueKey({ scopes: [] })).key;
    await answers('bern', 200);
    await answers('rome', 403);
    browser = await openConsole(program);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await program?.remove();
    await upstream?.close();
  });

  const write = async (text: string) => {
    const editor = browser.page.getByRole('textbox', { name: 'Text of the policy' });
    await editor.click();
    await browser.page.keyboard.press('ControlOrMeta+A');
    await browser.page.keyboard.press('Backspace');
    // Pasted and not typed, since the editor closes brackets for who types.
    await browser.page.keyboard.insertText(text);
  };

  test('why a call was denied, and how it is mended', async () => {
    const { page } = browser;
    await browser.open('/requests?allowed=false');
    await page.getByRole('link', { name: 'GET /weather/rome' }).first().click();
    const trace = page.getByRole('dialog', { name: 'One call' });
    await trace.getByRole('button', { name: /^Policies.*stopped here/ }).waitFor();
    expect(await trace.getByText('resource == City::"bern"').count()).toBeGreaterThan(0);
    expect(await trace.getByText('City::"rome"').count()).toBeGreaterThan(0);
    expect(await browser.seriousFindings()).toEqual([]);
    // The explorer asks the same again, and what is only supposed is said to be.
    await trace.getByRole('button', { name: 'Ask again in the explorer' }).click();
    await page.getByRole('heading', { name: /may not do weather:read with City rome/ }).waitFor();
    await page.getByRole('link', { name: 'weather', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'weather' }).waitFor();
    await write(OPEN);
    await page.getByText('Nothing to complain about').waitFor();
    await page.getByRole('button', { name: 'Activate …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Activate weather' });
    await dialog.getByText(/Gain access: 1 principal/).waitFor();
    await dialog.getByLabel('What for').fill('Rome is open');
    await dialog.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('weather is in force').waitFor();
    await answers('rome', 200);
  });

  test('write, test, replay, activate and roll back', async () => {
    const { page } = browser;
    await program.call('PUT', '/policies/weather', { spec: { cedar: OPEN } }, { 'if-match': '*' });
    await answers('rome', 200);
    await browser.open('/policies');
    await page.getByRole('link', { name: 'weather', exact: true }).click();
    await page.getByRole('button', { name: 'Add a test' }).click();
    const form = page.getByRole('dialog', { name: 'Add a test' });
    await form.getByLabel('What must hold').fill('Nobody reads Oslo');
    await form.getByLabel('Id', { exact: true }).fill('ann');
    await form.getByLabel('Action').fill('weather:read');
    await form.getByLabel('Kind of resource').fill('City');
    await form.getByLabel('Which').fill('oslo');
    await form.getByText('denied', { exact: true }).click();
    await form.getByRole('button', { name: 'Done' }).click();
    await page.getByText('1 of 1 tests fail').waitFor();
    await write('permit(principal, action == Action::"weather:read", resource == City::"bern"');
    await page.getByText('1 error').waitFor();
    expect(await page.getByRole('button', { name: 'Activate …' }).isDisabled()).toBe(true);
    await write('permit(principal, action == Action::"weather:read", resource == City::"bern");');
    await page.getByText('The one test passes').waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await page.getByRole('tab', { name: 'Replay' }).click();
    await page.getByRole('button', { name: 'Replay the log' }).click();
    await page.getByText(/Lose access: 1 principal/).waitFor();
    await page.getByRole('button', { name: 'Activate …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
    await page.getByText('weather is in force').waitFor();
    await answers('rome', 403);

    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByText('Rome is open').waitFor();
    await page.getByRole('link', { name: 'Version 2' }).click();
    await page.getByRole('button', { name: 'Roll back to this …' }).click();
    // The test that came since forbids it, and that is said.
    const confirm = page.getByRole('dialog', { name: 'Back to version 2?' });
    await confirm.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/The policies fail 1 of their tests: weather: Nobody reads Oslo/).waitFor();
    await program.admin('DELETE', '/policy_tests/weather');
    await confirm.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('1 policy was put back').waitFor();
    await answers('rome', 200);
  });

  test('a schema is written, says which policy would break, and is put in force', async () => {
    const { page } = browser;
    await browser.open('/policies');
    await page.getByRole('link', { name: 'Schema' }).click();
    const editor = page.getByRole('textbox', { name: 'Policy schema in the Cedar schema language' });
    const put = page.getByRole('button', { name: 'Put in force …' });
    const rewrite = async (text: string) => {
      await editor.click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.press('Backspace');
      await page.keyboard.insertText(text);
    };
    await rewrite('entity City; entity ApiKey;');
    await page.getByRole('heading', { name: '1 policy would not fit' }).waitFor();
    expect(await page.getByRole('main').getByRole('link', { name: 'weather', exact: true }).count()).toBeGreaterThan(0);
    expect(await put.isDisabled()).toBe(true);
    expect(await browser.seriousFindings()).toEqual([]);
    await rewrite('entity City; entity ApiKey; action "weather:read" appliesTo { principal: Api');
    await page.getByText('1 error in the schema').waitFor();
    await rewrite('entity City; entity ApiKey; action "weather:read" appliesTo { principal: ApiKey, resource: City };');
    await page.getByText('A sound schema, and the one policy fits it.').waitFor();
    await put.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
    await page.getByText('The schema is in force').waitFor();
    expect(await program.admin('GET', '/policy_schemas/default')).toMatchObject({ version: 1 });
    // From now on the editor of policies holds them to it.
    await browser.open('/policies/weather');
    await write('permit(principal, action == Action::"weather:read", resource is City) when { resource.size > 3 };');
    await page.getByText('1 error').waitFor();
  });

  test('models of relationships: which is in force, who wrote it, and what differs between two', async () => {
    const { page } = browser;
    await browser.open('/relationships');
    await page.getByRole('button', { name: 'New store' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the store').fill('documents');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'documents' }).waitFor();
    await page.getByRole('tab', { name: 'Model' }).click();
    const editor = page.getByRole('textbox', { name: 'Model in the OpenFGA language' });
    const button = page.getByRole('button', { name: 'Write the model' });
    await button.click();
    await page.getByText('The model is written').waitFor();
    await editor.click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText('\n    define guest: [user]');
    await button.click();
    await page.getByText('2 models').waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    const newest = page.getByRole('row', { name: /In force/ });
    await newest.getByText('Ada Lovelace').waitFor();
    await page.getByText('define guest: [user]').first().waitFor();
    expect(await browser.seriousFindings()).toEqual([]);
    await newest.getByRole('radio', { name: /^Compare from/ }).check();
    await page.getByText('The two say the same.').waitFor();
  });

  test('without a complaint of the browser but for what was refused on purpose', () => {
    expect(browser.complaints.filter((text) => !/status of 400/.test(text))).toEqual([]);
  });
});
