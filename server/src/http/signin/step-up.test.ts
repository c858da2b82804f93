import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cookiesFor, createSessionPort } from '#signin';
import {
  appCode,
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from './signin-pages.fixture.ts';

const MINUTE = 60_000;
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
  await pages.addUser(email);
  pages.setPolicy({ secondFactor: { required: 'nobody' } });
});

async function signIn(browser = pages.browser({ remoteAddress: `198.51.100.${count}` })) {
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email, password: PASSWORD });
  return browser;
}
/** Somebody with an app, signed in by password and code. */
async function signInWithApp() {
  pages.setPolicy({ secondFactor: { required: 'everyone' } });
  const browser = await signIn();
  const { secret } = await enrolTotp(pages, browser);
  pages.setPolicy({ secondFactor: { required: 'nobody' } });
  pages.clock.advance(MINUTE);
  return { browser, secret };
}
const port = () => createSessionPort({ ...pages.deps, cookies: cookiesFor(pages.issuer) }, { tenantId });
const cookieOf = (browser: TestBrowser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const ask = (browser: TestBrowser, demand: object) => port().requireStrength(cookieOf(browser), demand, '/console');

async function answer(browser: TestBrowser, path: string, fields: Record<string, string>) {
  return browser.post(path, { ...hiddenFieldsOf(await browser.get('/sign-in/flow')), ...fields });
}

describe('requireStrength', () => {
  test.each([
    ['nothing', {}, true],
    ['what the session has', { acrValues: ['aal1'] }, true],
    ['what it has or better', { acrValues: ['phr', 'aal1'] }, true],
    ['an hour, and it is new', { maxAgeSeconds: 3600 }, true],
    ['more than it has', { acrValues: ['aal2'] }, false],
    ['a word that we don’t know, or what it has', { acrValues: ['urn:example:gold', 'aal1'] }, true],
  ])('asked for %s', async (_, demand, met) => {
    expect((await ask(await signIn(), demand)).met).toBe(met);
  });

  test.each([
    ['a stranger', 'signed_out', { acrValues: ['aal2'] }, '/sign-in?return_to=%2Fconsole'],
    ['only words we don’t know', 'unknown_acr', { acrValues: ['urn:example:gold'] }, undefined],
  ])('%s: %s', async (name, reason, demand, path) => {
    const browser = name === 'a stranger' ? pages.browser() : await signIn();
    const strength = await ask(browser, demand);
    expect(strength).toMatchObject({ met: false, reason, ...(path === undefined ? {} : { path }) });
  });

  test('the age of a session counts in whole seconds', async () => {
    const browser = await signIn();
    pages.clock.advance(60_000);
    expect((await ask(browser, { maxAgeSeconds: 60 })).met).toBe(true);
    expect((await ask(browser, { maxAgeSeconds: 59 })).met).toBe(false);
  });
});

describe('the page it leads to', () => {
  test('asks for the code alone when the password is fresh, and the session goes on under a new name', async () => {
    const { browser, secret } = await signInWithApp();
    const weak = pages.browser({ remoteAddress: `198.51.100.${count}` });
    // Remembered devices are how a session of somebody with an app stays weak.
    for (const [name, value] of browser.cookies) if (name !== 'gatehouse_session') weak.cookies.set(name, value);
    await signIn(weak);
    await answer(weak, '/sign-in/flow/code', { code: appCode(pages, secret), remember: 'yes' });
    await signIn(weak);
    const before = weak.cookies.get('gatehouse_session');
    const strength = await ask(weak, { acrValues: ['aal2'] });
    if (strength.met) throw new TypeError('the session is strong already');
    expect((await weak.get(strength.path)).headers.location).toBe('/sign-in/flow');
    pages.clock.advance(MINUTE);
    const done = await answer(weak, '/sign-in/flow/code', { code: appCode(pages, secret) });
    expect(done.headers.location).toBe('/console');
    expect(weak.cookies.get('gatehouse_session')).not.toBe(before);
    expect(await ask(weak, { acrValues: ['aal2'] })).toMatchObject({ met: true, session: { acr: 'aal2' } });
  });

  test('asks for everything again when it was too long ago', async () => {
    const { browser, secret } = await signInWithApp();
    pages.clock.advance(20 * MINUTE);
    const strength = await ask(browser, { acrValues: ['aal2'], maxAgeSeconds: 600 });
    if (strength.met) throw new TypeError('the session is fresh');
    await browser.get(strength.path);
    expect((await answer(browser, '/sign-in/flow/code', { code: appCode(pages, secret) })).headers.location).toBe(
      '/sign-in/flow',
    );
    expect((await answer(browser, '/sign-in/flow/password', { password: 'wrong wrong wrong' })).statusCode).toBe(422);
    expect((await answer(browser, '/sign-in/flow/password', { password: PASSWORD })).headers.location).toBe(
      '/sign-in/flow',
    );
    expect((await ask(browser, { maxAgeSeconds: 600 })).met).toBe(false);
    await answer(browser, '/sign-in/flow/code', { code: appCode(pages, secret) });
    expect((await ask(browser, { acrValues: ['aal2'], maxAgeSeconds: 600 })).met).toBe(true);
  });

  test('who has no strong factor sets one up for it', async () => {
    const browser = await signIn();
    const strength = await ask(browser, { acrValues: ['aal2'] });
    await browser.get(strength.met ? '' : strength.path);
    await enrolTotp(pages, browser);
    expect((await ask(browser, { acrValues: ['aal2'] })).met).toBe(true);
  });

  test.each([
    ['asks for nothing', '/sign-in/step-up?return_to=/console', '/console'],
    ['asks for less than there is', '/sign-in/step-up?acr_values=aal1&return_to=/console', '/console'],
    ['comes back to another host', '/sign-in/step-up?return_to=https://evil.example', '/account'],
    ['comes back to another host without a scheme', '/sign-in/step-up?return_to=//evil.example', '/account'],
    ['names an age twice', '/sign-in/step-up?max_age=1&max_age=2', '/account'],
    ['names no number', '/sign-in/step-up?max_age=-1', '/account'],
  ])('an address that %s', async (_, path, location) => {
    const browser = await signIn();
    const response = await browser.get(path);
    expect([response.statusCode, response.headers.location]).toEqual([303, location]);
    expect((await pages.browser().get(path)).headers.location).toMatch(/^\/sign-in(\?return_to=%2Fconsole)?$/);
  });
});
