import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { requestRecovery, signinMailHandlers } from '#signin';
import { hiddenFieldsOf, openPages, PASSWORD, tenantId } from './signin-pages.fixture.ts';

let pages: Awaited<ReturnType<typeof openPages>>;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());

const languageOf = ({ body }: { body: string }) => /<html lang="(\w+)">/.exec(body)?.[1];
const pageOf = ({ body }: { body: string }) => /name="page" value="([^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');

describe('the language switch', () => {
  test('comes back to the page, in the language, and stays', async () => {
    const browser = pages.browser();
    const first = await browser.get('/sign-in?return_to=%2Faccount%2Fsessions');
    expect([languageOf(first), pageOf(first)]).toEqual(['en', '/sign-in?return_to=%2Faccount%2Fsessions']);
    const switched = await browser.post('/language', { page: pageOf(first) ?? '', language: 'de' });
    expect([switched.statusCode, switched.headers.location]).toEqual([303, '/sign-in?return_to=%2Faccount%2Fsessions']);
    const second = await browser.get('/sign-in');
    expect([languageOf(second), second.headers['content-language']]).toEqual(['de', 'de']);
    expect(second.body).toContain('Anmelden');
    expect(languageOf(await browser.get('/setup'))).toBe('de');
  });

  test('outranks what the application asks for', async () => {
    const browser = pages.browser();
    const asking = `/sign-in?return_to=${encodeURIComponent('/oauth/authorize?client_id=a&ui_locales=de')}`;
    expect(languageOf(await browser.get(asking))).toBe('de');
    await browser.post('/language', { page: asking, language: 'en' });
    expect(languageOf(await browser.get(asking))).toBe('en');
  });

  test('what the application asked for holds on the pages that follow', async () => {
    const browser = pages.browser();
    expect(languageOf(await browser.get('/sign-in?ui_locales=fr%20de'))).toBe('de');
    expect(languageOf(await browser.get('/signed-out'))).toBe('de');
  });

  test.each([
    ['another host', 'https://evil.example/', 'de', '/account'],
    ['another host without a scheme', '//evil.example', 'de', '/account'],
    ['another host by a backslash', '/\\evil.example', 'de', '/account'],
    ['a header', '/a\r\nset-cookie: x=y', 'de', '/account'],
    ['a language that we do not speak', '/sign-in', 'xx', '/sign-in'],
    ['a cookie', '/sign-in', 'de; Domain=evil.example', '/sign-in'],
  ])('%s: is not followed', async (_, page, language, location) => {
    const response = await pages.browser().post('/language', { page, language });
    expect([response.statusCode, response.headers.location]).toEqual([303, location]);
    expect(String(response.headers['set-cookie'] ?? '')).not.toContain('evil');
  });

  test('another site can’t use it', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const response = await pages.browser().post('/language', { page: '/sign-in', language: 'de' }, headers);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  test('the answer to a form leads back to the page of the form', async () => {
    const browser = pages.browser();
    await browser.get('/sign-in');
    const at = (referer?: string) => browser.post('/sign-in', { email: 'a@example.com' }, { referer });
    expect(pageOf(await at('http://localhost:7700/sign-in?return_to=%2Fx'))).toBe('/sign-in?return_to=%2Fx');
    expect(pageOf(await at('https://evil.example/sign-in'))).toBe('/account');
    expect(pageOf(await at())).toBe('/account');
  });
});

describe('somebody’s own language', () => {
  const email = 'ada@example.com';
  async function signIn() {
    const browser = pages.browser();
    const form = hiddenFieldsOf(await browser.get('/sign-in'));
    await browser.post('/sign-in', { ...form, email, password: PASSWORD });
    return browser;
  }

  test('is kept with the account: in other browsers, and for mails', async () => {
    const { id } = await pages.addUser(email);
    const here = await signIn();
    await here.post('/language', { ...hiddenFieldsOf(await here.get('/account')), language: 'de' });
    const there = await signIn();
    expect(languageOf(await there.get('/account'))).toBe('de');
    // What is chosen in a browser goes first in it.
    there.cookies.set('gatehouse_language', 'en');
    expect(languageOf(await there.get('/account'))).toBe('en');
    const events = await listEvents(pages.deps, { tenantId, targetId: id, type: 'user.updated' });
    expect(events.items).toMatchObject([{ detail: { fields: ['locale'] } }]);
    await requestRecovery(pages.deps, { tenantId, email, address: '198.51.100.1', locale: 'en' });
    const handlers = signinMailHandlers({ ...pages.deps, registrationPolicy: () => ({ mode: 'off' }) });
    for (const { kind, payload } of pages.waiting.splice(0)) {
      await pages.deps.store.transaction({ tenantId }, async (tx) => handlers[kind]?.(tx, { tenantId, payload }));
    }
    expect(pages.letters.at(-1)).toMatchObject({ template: 'password_recovery', locale: 'de' });
  });

  test('is not changed by another site', async () => {
    const browser = await signIn();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    await browser.post('/language', { page: '/account', language: 'en' }, headers);
    expect(languageOf(await browser.get('/account'))).toBe('de');
  });
});
