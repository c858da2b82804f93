import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { signinMailHandlers } from '#signin';
import {
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from '../signin-pages.fixture.ts';

let pages: Pages;
let browser: TestBrowser;
let count = 0;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages?.close());
beforeEach(async () => {
  count += 1;
  pages.letters.length = 0;
  pages.waiting.length = 0;
  await pages.addUser(`old${count}@example.com`);
  browser = await signIn(`old${count}@example.com`);
});

async function signIn(email: string) {
  const fresh = pages.browser({ remoteAddress: `198.51.100.${count}` });
  await fresh.post('/sign-in', { ...hiddenFieldsOf(await fresh.get('/sign-in')), email, password: PASSWORD });
  return fresh;
}
async function send(path: string, fields: Record<string, string>) {
  const { csrf_token = '' } = hiddenFieldsOf(await browser.get('/account/sessions'));
  return browser.post(path, { csrf_token, ...fields });
}
async function deliver() {
  const handlers = signinMailHandlers(pages.deps);
  for (const { kind, payload } of pages.waiting.splice(0)) {
    await pages.deps.store.transaction({ tenantId }, async (tx) => handlers[kind]?.(tx, { tenantId, payload }));
  }
  return pages.letters.at(-1);
}
const challengeOf = (body: string) => /name="challenge" value="([^"]+)"/.exec(body)?.[1] ?? '';

test('asked for, proved by the code of the new mailbox, and told to the old one', async () => {
  expect((await browser.get('/account')).body).toContain('href="/account/email"');
  const email = `new${count}@example.com`;
  const challenge = challengeOf((await send('/account/email', { email })).body);
  const letter = await deliver();
  expect(letter).toMatchObject({ to: email, template: 'email_change_verify' });
  const code = letter?.values.code ?? '';
  const wrong = await send('/account/email/code', { challenge, code: code === '000000' ? '000001' : '000000' });
  expect([wrong.statusCode, challengeOf(wrong.body)]).toEqual([422, challenge]);
  expect((await browser.get('/account')).body).not.toContain(email);
  expect((await send('/account/email/code', { challenge, code })).headers.location).toBe('/account');
  expect((await browser.get('/account')).body).toContain(email);
  expect(pages.letters.at(-1)).toMatchObject({ to: `old${count}@example.com`, template: 'email_changed' });
  expect((await signIn(email)).cookies.has('gatehouse_session')).toBe(true);
});

test('a code that another session asked for changes nothing', async () => {
  const email = `new${count}@example.com`;
  const challenge = challengeOf((await send('/account/email', { email })).body);
  const code = (await deliver())?.values.code ?? '';
  browser = await signIn(`old${count}@example.com`);
  expect((await send('/account/email/code', { challenge, code })).statusCode).toBe(422);
});

test('an address of somebody else is answered alike, and gets no mail', async () => {
  await pages.addUser(`taken${count}@example.com`);
  const answer = await send('/account/email', { email: `taken${count}@example.com` });
  expect([answer.statusCode, challengeOf(answer.body)]).toEqual([200, expect.stringMatching(/\w/)]);
  expect(await deliver()).toBeUndefined();
});

test.each(['nobody', '', 'OLD'])('%j is refused at the field', async (email) => {
  const answer = await send('/account/email', { email: email === 'OLD' ? `old${count}@example.com` : email });
  expect([answer.statusCode, pages.waiting]).toEqual([422, []]);
});

test('after ten minutes a fresh proof comes first', async () => {
  pages.clock.advance(11 * 60_000);
  const answer = await send('/account/email', { email: `new${count}@example.com` });
  expect(answer.headers.location).toMatch(/^\/sign-in\/step-up\?/);
  expect(pages.waiting).toEqual([]);
});

test('the sign-in page leads to registration where it is open, and only there', async () => {
  expect((await pages.browser().get('/sign-in')).body).not.toContain('href="/register"');
  pages.registration.mode = 'open';
  expect((await pages.browser().get('/sign-in')).body).toContain('href="/register"');
  pages.registration.mode = 'off';
});
