import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  appCode,
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
} from '../signin-pages.fixture.ts';

const MINUTE = 60_000;
const CHANGE = '/account/security/password';
const NEW_PASSWORD = 'lantern orbit thimble gravel';
const COOKIE = 'gatehouse_session';

let pages: Pages;
let email: string;
let count = 0;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(async () => {
  count += 1;
  email = `ada${count}@example.com`;
  pages.setPolicy({ secondFactor: { required: 'nobody' } });
  await pages.addUser(email);
});

async function signIn(browser = pages.browser({ remoteAddress: `198.51.100.${count}` }), password = PASSWORD) {
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email, password });
  return browser;
}

async function change(browser: TestBrowser, more: Record<string, string> = {}) {
  const form = hiddenFieldsOf(await browser.get('/account/security'));
  const fields = { current_password: PASSWORD, password: NEW_PASSWORD, password_again: NEW_PASSWORD, ...more };
  return browser.post(CHANGE, { ...form, ...fields });
}

/** Whether somebody with this token, and nothing else, is signed in. */
async function isSignedIn(token: string | undefined): Promise<boolean> {
  const browser = pages.browser();
  browser.cookies.set(COOKIE, token ?? '');
  return (await browser.get('/account')).statusCode === 200;
}

describe('a changed password', () => {
  test('gives the session a new name: the old one is worth nothing any more', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const before = here.cookies.get(COOKIE);
    expect((await change(here)).statusCode).toBe(303);
    const after = here.cookies.get(COOKIE);
    expect(after).not.toBe(before);
    expect([await isSignedIn(before), await isSignedIn(after)]).toEqual([false, true]);
    // Another one stands, unless it was asked to end.
    expect(await isSignedIn(there.cookies.get(COOKIE))).toBe(true);
    expect((await here.get('/account/security')).body).toContain('password');
  });

  test('ends the others when asked, and stays itself', async () => {
    const [here, there] = [await signIn(), await signIn()];
    await change(here, { end_others: 'yes' });
    expect(await isSignedIn(here.cookies.get(COOKIE))).toBe(true);
    expect(await isSignedIn(there.cookies.get(COOKIE))).toBe(false);
  });

  test.each([
    ['the current password is wrong', { current_password: 'violet kettle marches south' }],
    ['the new one is refused', { password: 'password', password_again: 'password' }],
    ['the new ones differ', { password_again: 'lantern orbit thimble grave' }],
  ])('that was refused changes no name: %s', async (_, more) => {
    const browser = await signIn();
    const before = browser.cookies.get(COOKIE);
    expect((await change(browser, more)).statusCode).toBeGreaterThanOrEqual(400);
    expect(browser.cookies.get(COOKIE)).toBe(before);
    expect(await isSignedIn(before)).toBe(true);
  });

  test('no device stands in for the second factor any more', async () => {
    pages.setPolicy({ secondFactor: { required: 'everyone' }, rememberedDevices: { days: 30 } });
    const browser = await signIn();
    const { secret } = await enrolTotp(pages, browser);
    pages.clock.advance(MINUTE);
    const flow = hiddenFieldsOf(await (await signIn(browser)).get('/sign-in/flow'));
    await browser.post('/sign-in/flow/code', { ...flow, code: appCode(pages, secret), remember: 'yes' });
    pages.clock.advance(MINUTE);
    // Remembered: the password alone is enough.
    browser.cookies.delete(COOKIE);
    await signIn(browser);
    expect(browser.cookies.has(COOKIE)).toBe(true);

    // Something sensitive asks for the code all the same; then the password is changed.
    const asked = await change(browser);
    expect(asked.headers.location).toMatch(/^\/sign-in\/step-up/);
    await browser.get(String(asked.headers.location));
    const stepUp = hiddenFieldsOf(await browser.get('/sign-in/flow'));
    await browser.post('/sign-in/flow/code', { ...stepUp, code: appCode(pages, secret) });
    expect((await change(browser)).headers.location).toBe('/account/security');
    browser.cookies.delete(COOKIE);
    await signIn(browser, NEW_PASSWORD);
    expect([browser.cookies.has(COOKIE), (await browser.get('/sign-in/flow')).statusCode]).toEqual([false, 200]);
  });
});
