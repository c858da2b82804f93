import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import { createUser, findUserByEmail, setUserStatus } from '#directory';
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
  await pages.addUser(email, ['administrator']);
});

/** A browser that has given the password. */
async function withPassword(path = '/sign-in', browser = pages.browser({ remoteAddress: `198.51.100.${count}` })) {
  const form = hiddenFieldsOf(await browser.get(path));
  const answer = await browser.post('/sign-in', { ...form, email, password: PASSWORD });
  return { browser, answer };
}

/** Somebody with an app, who is asked for its code. */
async function atSecondFactor(path?: string) {
  const enrolled = await enrolTotp(pages, (await withPassword()).browser);
  pages.clock.advance(60_000);
  const { browser } = await withPassword(path);
  const form = hiddenFieldsOf(await browser.get('/sign-in/flow'));
  return { ...enrolled, browser, form };
}
const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).statusCode === 200;

test('who was disabled meanwhile begins anew, though they are let in again', async () => {
  const { browser, form, secret } = await atSecondFactor();
  const { deps, clock } = pages;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const { id = '' } = (await findUserByEmail(tx, { tenantId, email })) ?? {};
    const actor = systemPrincipal(tenantId, 'test');
    // Somebody has to be left who administers.
    await createUser(tx, deps, { tenantId, email: `b${email}`, name: 'Bo', roles: ['administrator'], actor });
    await setUserStatus(tx, deps, { tenantId, id, actor, status: 'disabled' });
    await setUserStatus(tx, deps, { tenantId, id, actor, status: 'active' });
  });
  clock.advance(1000);
  await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
  expect(await isSignedIn(browser)).toBe(false);
});

describe('who must use a second factor and has none', () => {
  test('sets it up on the way in, and is shown ten recovery codes once', async () => {
    const { browser, answer } = await withPassword();
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-in/flow']);
    expect(await isSignedIn(browser)).toBe(false);
    const { recoveryCodes, done } = await enrolTotp(pages, browser);
    expect(done.statusCode).toBe(200);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(recoveryCodes[0]).toMatch(/^([0-9a-z]{4}-){5}[0-9a-z]{4}$/);
    expect(await isSignedIn(browser)).toBe(true);
    expect(browser.cookies.has('gatehouse_flow')).toBe(false);
  });

  test.each([
    ['no code', ''],
    ['five digits', '12345'],
    ['a wrong one', '000000'],
    ['letters', 'abcdef'],
  ])('%s sets nothing up', async (_, code) => {
    const { browser } = await withPassword();
    const form = hiddenFieldsOf(await browser.get('/sign-in/flow'));
    const response = await browser.post('/sign-in/flow/totp', { ...form, code });
    expect(response.statusCode).toBe(422);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('sees the same secret when the page is loaded anew', async () => {
    const { browser } = await withPassword();
    const [first, second] = [await browser.get('/sign-in/flow'), await browser.get('/sign-in/flow')];
    expect(second.body).toBe(first.body);
  });
});

describe('who has one is asked for it', () => {
  test('the code of the app leads on to where they were going', async () => {
    const { browser, form, secret } = await atSecondFactor('/sign-in?return_to=/console');
    const done = await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/console']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('a code works once: not in another sign-in within its thirty seconds', async () => {
    const { browser, form, secret } = await atSecondFactor();
    const code = appCode(pages, secret);
    await browser.post('/sign-in/flow/code', { ...form, code });
    const other = (await withPassword()).browser;
    const again = hiddenFieldsOf(await other.get('/sign-in/flow'));
    expect((await other.post('/sign-in/flow/code', { ...again, code })).statusCode).toBe(422);
    expect(await isSignedIn(other)).toBe(false);
  });

  test('a recovery code, however it is typed, works once', async () => {
    const { browser, form, recoveryCodes } = await atSecondFactor();
    const typed = ` ${recoveryCodes[3]?.toUpperCase().replaceAll('-', ' ')} `;
    expect((await browser.post('/sign-in/flow/code', { ...form, code: typed })).statusCode).toBe(303);
    expect(await isSignedIn(browser)).toBe(true);
    const other = (await withPassword()).browser;
    const again = hiddenFieldsOf(await other.get('/sign-in/flow'));
    const replay = await other.post('/sign-in/flow/code', { ...again, code: recoveryCodes[3] ?? '' });
    expect(replay.statusCode).toBe(422);
  });

  test.each([
    ['of a step before last', -90_000],
    ['of the next but one', 90_000],
  ])('a code %s is refused', async (_, offset) => {
    const { browser, form, secret } = await atSecondFactor();
    pages.clock.advance(offset);
    const code = appCode(pages, secret);
    pages.clock.advance(-offset);
    expect((await browser.post('/sign-in/flow/code', { ...form, code })).statusCode).toBe(422);
  });

  test('of another person a recovery code is worth nothing', async () => {
    const { recoveryCodes } = await atSecondFactor();
    email = `eve${count}@example.com`;
    await pages.addUser(email);
    const { browser, form } = await atSecondFactorOf(email);
    expect((await browser.post('/sign-in/flow/code', { ...form, code: recoveryCodes[0] ?? '' })).statusCode).toBe(422);
  });

  async function atSecondFactorOf(who: string) {
    pages.setPolicy({ secondFactor: { required: 'everyone' } });
    email = who;
    const at = await atSecondFactor();
    pages.setPolicy({});
    return at;
  }

  test('a remembered device is not asked again, until the policy forgets devices', async () => {
    const { browser, form, secret } = await atSecondFactor();
    await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret), remember: 'yes' });
    const again = await withPassword('/sign-in', browser);
    expect(again.answer.headers.location).toBe('/account');
    expect(await isSignedIn(browser)).toBe(true);
    pages.setPolicy({ rememberedDevices: { days: 0 } });
    expect(await isSignedIn(browser)).toBe(false);
    expect((await withPassword('/sign-in', browser)).answer.headers.location).toBe('/sign-in/flow');
    pages.setPolicy({});
  });
});

describe('five wrong codes end the flow', () => {
  test('and the right one comes too late', async () => {
    const { browser, form, secret } = await atSecondFactor();
    for (let wrong = 0; wrong < 4; wrong += 1) {
      expect((await browser.post('/sign-in/flow/code', { ...form, code: '000000' })).statusCode).toBe(422);
    }
    expect((await browser.post('/sign-in/flow/code', { ...form, code: '000000' })).statusCode).toBe(303);
    const late = await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    expect(await isSignedIn(browser)).toBe(false);
    expect(late.statusCode).toBe(303);
  });

  test('beginning again does not bring more tries: they are counted for the person', async () => {
    const { form, browser } = await atSecondFactor();
    for (let wrong = 0; wrong < 5; wrong += 1) await browser.post('/sign-in/flow/code', { ...form, code: '000000' });
    const next = (await withPassword()).browser;
    const again = hiddenFieldsOf(await next.get('/sign-in/flow'));
    const response = await next.post('/sign-in/flow/code', { ...again, code: '000000' });
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '1']);
  });
});

describe('no step is skipped, repeated, or answered for another', () => {
  test.each([
    ['the code of the app, where one is to be set up', '/sign-in/flow/code', { code: '123456' }],
    ['the password, which was given', '/sign-in/flow/password', { password: PASSWORD }],
  ])('%s', async (_, path, fields) => {
    const { browser } = await withPassword();
    const form = hiddenFieldsOf(await browser.get('/sign-in/flow'));
    const response = await browser.post(path, { ...form, ...fields });
    expect([response.statusCode, response.headers.location]).toEqual([303, '/sign-in/flow']);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('nobody who has a factor sets another up with the password alone', async () => {
    const { browser, form } = await atSecondFactor();
    const response = await browser.post('/sign-in/flow/totp', { ...form, code: '123456' });
    expect(response.headers.location).toBe('/sign-in/flow');
    expect((await browser.get('/sign-in/flow')).body).not.toContain('<svg class="qr"');
  });

  test('a flow is used up when it is done', async () => {
    const { browser, form, secret } = await atSecondFactor();
    const flow = browser.cookies.get('gatehouse_flow') ?? '';
    await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    const thief = pages.browser();
    thief.cookies.set('gatehouse_flow', flow);
    pages.clock.advance(30_000);
    await thief.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    expect((await thief.get('/sign-in/flow')).headers.location).toBe('/sign-in');
    expect(await isSignedIn(thief)).toBe(false);
  });

  test.each([
    ['a flow that nobody began', 'gh_fl_planted'],
    ['a credential of another kind', 'gh_ss_000000000000000000000000000000000'],
  ])('%s is none', async (_, value) => {
    const browser = pages.browser();
    browser.cookies.set('gatehouse_flow', value);
    const response = await browser.get('/sign-in/flow');
    expect([response.statusCode, response.headers.location]).toEqual([303, '/sign-in']);
  });

  test('a flow is over after a quarter of an hour', async () => {
    const { browser, form, secret } = await atSecondFactor();
    pages.clock.advance(15 * 60_000);
    await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('a planted flow is not gone on with: giving the password begins one of its own (fixation)', async () => {
    const planted = (await withPassword()).browser.cookies.get('gatehouse_flow') ?? '';
    const victim = pages.browser();
    victim.cookies.set('gatehouse_flow', planted);
    await withPassword('/sign-in', victim);
    expect(victim.cookies.get('gatehouse_flow')).not.toBe(planted);
  });

  test('starting over ends it', async () => {
    const { browser, form, secret } = await atSecondFactor('/sign-in?return_to=/console');
    const flow = browser.cookies.get('gatehouse_flow') ?? '';
    const response = await browser.post('/sign-in/flow/cancel', form);
    expect(response.headers.location).toBe('/sign-in?return_to=%2Fconsole');
    browser.cookies.set('gatehouse_flow', flow);
    await browser.post('/sign-in/flow/code', { ...form, code: appCode(pages, secret) });
    expect(await isSignedIn(browser)).toBe(false);
  });

  test.each([
    ['no token', { csrf_token: '' }, {}],
    ['a token of another flow', { csrf_token: 'A'.repeat(43) }, {}],
    ['another origin', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['neither header', {}, { origin: undefined, 'sec-fetch-site': undefined }],
  ])('a form with %s changes nothing', async (_, fields, headers) => {
    const { browser, form, secret } = await atSecondFactor();
    const code = appCode(pages, secret);
    const response = await browser.post('/sign-in/flow/code', { ...form, code, ...fields }, headers);
    expect(response.statusCode).toBe(403);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.post('/sign-in/flow/code', { ...form, code })).statusCode).toBe(303);
  });
});
