import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#audit';
import {
  appCode,
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from '../signin-pages.fixture.ts';

let pages: Pages;
const email = 'ada@example.com';
beforeAll(async () => {
  pages = await openPages();
  await pages.addUser(email, ['administrator']);
});
afterAll(() => pages?.close());

async function givePassword(browser: TestBrowser = pages.browser()) {
  const answer = await browser.post('/sign-in', {
    ...hiddenFieldsOf(await browser.get('/sign-in')),
    email,
    password: PASSWORD,
  });
  return { browser, next: answer.headers.location };
}
const post = async (browser: TestBrowser, path: string) => {
  const { csrf_token = '' } = hiddenFieldsOf(await browser.get('/account/sessions'));
  return browser.post(path, { csrf_token });
};

test('devices that stand in for the second factor are listed, taken along, and forgotten by their person', async () => {
  const first = (await givePassword()).browser;
  const { secret } = await enrolTotp(pages, first);
  pages.clock.advance(60_000);
  const { browser } = await givePassword();
  const form = hiddenFieldsOf(await browser.get('/sign-in/flow'));
  expect((await browser.get('/account/sessions')).body).not.toContain('Devices that are remembered');
  await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret), remember: 'yes' });
  expect((await givePassword(browser)).next).toBe('/account');

  pages.clock.advance(60_000);
  const page = (await first.get('/account/sessions')).body;
  expect(page).toContain('Devices that are remembered');
  expect(page).toMatch(/Chrome on Linux[\s\S]*until/);
  const data = (await post(first, '/account/data/download')).json();
  expect(data).toMatchObject({
    rememberedDevices: [{ rememberedUntil: expect.any(Number) }],
    passkeys: [],
    groups: [],
  });

  expect((await post(first, '/account/sessions/forget-devices')).headers.location).toBe('/account/sessions');
  const after = (await first.get('/account/sessions')).body;
  expect(after).toContain('Every device is asked for your second factor again.');
  expect(after).not.toContain('Devices that are remembered');
  expect((await givePassword(browser)).next).toBe('/sign-in/flow');
  const { items } = await listEvents(pages.deps, { tenantId, type: 'user.devices_forgotten', limit: 5 });
  expect(items).toHaveLength(1);
});
