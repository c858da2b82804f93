import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import { setEmailVerified } from '#directory';
import { signinMailHandlers } from '#signin';
import {
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from './signin-pages.fixture.ts';

const actor = systemPrincipal(tenantId, 'test');
const WITH_EMAIL = ['password', 'passkey', 'totp', 'recovery_code', 'email'];
let pages: Pages;
let email: string;
let count = 0;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages?.close());
beforeEach(() => {
  count += 1;
  email = `ada${count}@example.com`;
  pages.letters.length = 0;
  pages.waiting.length = 0;
  pages.setPolicy({ factors: WITH_EMAIL, secondFactor: { required: 'everyone' } });
});

async function add({ verified = true, roles = [] as string[] } = {}): Promise<void> {
  const { id } = await pages.addUser(email, roles);
  if (!verified) return;
  await pages.deps.store.transaction({ tenantId }, (tx) =>
    setEmailVerified(tx, pages.deps, { tenantId, id, email, actor }),
  );
}
async function signIn(): Promise<TestBrowser> {
  const browser = pages.browser({ remoteAddress: `198.51.100.${count}` });
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  expect((await browser.post('/sign-in', { ...form, email, password: PASSWORD })).headers.location).toBe(
    '/sign-in/flow',
  );
  return browser;
}
const post = async (browser: TestBrowser, path: string, fields: Record<string, string> = {}) =>
  browser.post(path, { ...hiddenFieldsOf(await browser.get('/sign-in/flow')), ...fields });
async function deliver() {
  const handlers = signinMailHandlers({ ...pages.deps, registrationPolicy: () => ({ mode: 'off' }) });
  for (const { kind, payload } of pages.waiting.splice(0)) {
    await pages.deps.store.transaction({ tenantId }, async (tx) => handlers[kind]?.(tx, { tenantId, payload }));
  }
  return pages.letters.findLast(({ template }) => template === 'sign_in_code')?.values ?? {};
}
async function sendCode(browser: TestBrowser) {
  expect((await post(browser, '/sign-in/flow/email')).headers.location).toBe('/sign-in/flow');
  return deliver();
}
const linkPath = (link = 'missing:') => new URL(link).pathname + new URL(link).search;
const isIn = async (browser: TestBrowser) => (await browser.get('/account')).statusCode === 200;

test('nothing is sent before it is asked for; the code is the second factor, once', async () => {
  await add();
  const browser = await signIn();
  await browser.get('/sign-in/flow');
  expect(pages.waiting).toEqual([]);
  const { code = '' } = await sendCode(browser);
  expect(
    (await post(browser, '/sign-in/flow/email/code', { code: code === '000000' ? '1' : '000000' })).statusCode,
  ).toBe(422);
  const flow = browser.cookies.get('gatehouse_flow') ?? '';
  const form = { ...hiddenFieldsOf(await browser.get('/sign-in/flow')), code };
  expect((await browser.post('/sign-in/flow/email/code', form)).headers.location).toBe('/account');
  expect(await isIn(browser)).toBe(true);
  browser.cookies.set('gatehouse_flow', flow);
  expect((await browser.post('/sign-in/flow/email/code', form)).headers.location).toBe('/sign-in/flow');
});

test('to the policy it is a second factor, to applications no aal2: they are asked for something better', async () => {
  await add();
  const browser = await signIn();
  const { code = '' } = await sendCode(browser);
  await post(browser, '/sign-in/flow/email/code', { code });
  expect(await isIn(browser)).toBe(true);
  const asked = await browser.get('/sign-in/step-up?acr_values=aal2&return_to=/account');
  expect(asked.headers.location).toBe('/sign-in/flow');
  const page = await browser.get('/sign-in/flow');
  expect(page.body).toContain('action="/sign-in/flow/totp"');
  expect(page.body).not.toContain('action="/sign-in/flow/email"');
  // The policy takes it back: who came in by it has to come in anew.
  pages.setPolicy({ secondFactor: { required: 'everyone' } });
  expect(await isIn(browser)).toBe(false);
});

test('the link signs in where the sign-in began; anywhere else it shows the code and signs nobody in', async () => {
  await add();
  const [browser, telephone] = [await signIn(), pages.browser()];
  const { link, code = 'missing' } = await sendCode(browser);
  expect((await telephone.get(linkPath(link))).headers.location).toBe('/sign-in/email');
  expect((await telephone.get('/sign-in/email')).body).toContain(code);
  expect((await telephone.post('/sign-in/email', {})).statusCode).toBe(404);
  await browser.get(linkPath(link));
  const page = await browser.get('/sign-in/email');
  // Opening it used nothing up: mail programs open links too.
  expect([page.body.includes(code), await isIn(browser)]).toEqual([false, false]);
  expect((await browser.post('/sign-in/email', { csrf_token: 'x' })).statusCode).toBe(403);
  expect((await browser.post('/sign-in/email', hiddenFieldsOf(page))).headers.location).toBe('/account');
  expect(await isIn(browser)).toBe(true);
});

test('a code of one sign-in is no good in another, not even of the same person', async () => {
  await add();
  const [here, there] = [await signIn(), await signIn()];
  const { code = '' } = await sendCode(here);
  await sendCode(there);
  expect((await post(there, '/sign-in/flow/email/code', { code })).statusCode).toBe(422);
  expect(await isIn(there)).toBe(false);
});

test('asked for again and again: 429, also in new sign-ins', async () => {
  await add();
  const statuses = [];
  for (let round = 0; round < 6; round += 1)
    statuses.push((await post(await signIn(), '/sign-in/flow/email')).statusCode);
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
});

describe('not to be had', () => {
  const refused = async (browser: TestBrowser) => {
    const page = await browser.get('/sign-in/flow');
    expect(page.body).not.toContain('action="/sign-in/flow/email"');
    const { csrf_token = '' } = hiddenFieldsOf(page);
    await browser.post('/sign-in/flow/email', { csrf_token });
    expect(pages.waiting).toEqual([]);
    expect(await isIn(browser)).toBe(false);
    return page;
  };

  test.each<[string, () => Promise<unknown>]>([
    [
      'where the policy says nothing of it',
      async () => [await add(), pages.setPolicy({ secondFactor: { required: 'everyone' } })],
    ],
    ['for an address that nobody confirmed', () => add({ verified: false })],
    ['for administrators', () => add({ roles: ['administrator'] })],
  ])('%s: something better is set up', async (_, prepare) => {
    await prepare();
    expect((await refused(await signIn())).body).toContain('action="/sign-in/flow/totp"');
  });

  test('for who has an app or a passkey', async () => {
    await add();
    pages.setPolicy({ secondFactor: { required: 'everyone' } });
    await enrolTotp(pages, await signIn());
    pages.setPolicy({ factors: WITH_EMAIL, secondFactor: { required: 'everyone' } });
    expect((await refused(await signIn())).body).toContain('action="/sign-in/flow/code"');
  });
});
