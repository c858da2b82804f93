import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enrolTotp, hiddenFieldsOf, openPages, PASSWORD } from './signin-pages.fixture.ts';

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', password: PASSWORD, password_again: PASSWORD };
let pages: Awaited<ReturnType<typeof openPages>>;

beforeEach(async () => {
  pages = await openPages();
});
afterEach(() => pages.close());

async function openForm() {
  const browser = pages.browser();
  const first = await browser.get(await pages.setupPath());
  const form = await browser.get('/setup');
  const submit = (fields: Record<string, string> = {}, headers: Record<string, string | undefined> = {}) =>
    browser.post('/setup', { ...hiddenFieldsOf(form), ...ADA, ...fields }, headers);
  return { browser, first, form, submit };
}

describe('the first administrator', () => {
  test('comes by the link, which leaves the address at once', async () => {
    const { first, form } = await openForm();
    expect([first.statusCode, first.headers.location]).toEqual([303, '/setup']);
    expect(form.statusCode).toBe(200);
    expect(form.body).not.toContain('gh_ln_');
  });

  test('sets up a second factor, is signed in, and the link is used up', async () => {
    const { browser, submit } = await openForm();
    const response = await submit();
    expect([response.statusCode, response.headers.location]).toEqual([303, '/sign-in/flow']);
    expect([...browser.cookies.keys()]).toEqual(['gatehouse_flow']);
    expect((await browser.get('/account')).statusCode).toBe(303);
    await enrolTotp(pages, browser);
    const account = await browser.get('/account');
    expect(account.body).toContain('administrator');
  });

  test('fifty browsers with one link: exactly one gets in', async () => {
    const path = await pages.setupPath();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const browser = pages.browser();
        await browser.get(path);
        const form = hiddenFieldsOf(await browser.get('/setup'));
        return browser.post('/setup', { ...form, ...ADA, email: `ada${index}@example.com` });
      }),
    );
    const statuses = outcomes.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(49);
  });
});

describe('a link that is refused', () => {
  test.each([
    ['none', '/setup'],
    ['mistyped', '/setup?link=gh_ln_nonsense'],
    ['twice', '/setup?link=a&link=b'],
    ['empty', '/setup?link='],
  ])('%s', async (_, path) => {
    await pages.setupPath();
    const response = await pages.browser().get(path);
    expect(response.statusCode).toBe(404);
    expect(response.body).toContain('This link can’t be used');
  });

  test.each(['used', 'replaced', 'expired'])('%s', async (how) => {
    const path = await pages.setupPath();
    if (how === 'used') {
      const other = pages.browser();
      await other.get(path);
      await other.post('/setup', { ...hiddenFieldsOf(await other.get('/setup')), ...ADA });
    }
    if (how === 'replaced') await pages.setupPath();
    if (how === 'expired') pages.clock.advance(24 * 3_600_000);
    const browser = pages.browser();
    await browser.get(path);
    expect((await browser.get('/setup')).statusCode).toBe(404);
    expect([...browser.cookies.keys()]).toEqual([]);
  });
});

describe('a form that is refused keeps what was typed, but the passwords', () => {
  test.each([
    ['no name', { name: ' ' }, 422, 'name'],
    ['no e-mail address', { email: 'ada' }, 422, 'email'],
    ['a common password', { password: 'Password123!', password_again: 'Password123!' }, 422, 'password'],
    ['a short password', { password: 'vq8$Lm2', password_again: 'vq8$Lm2' }, 422, 'password'],
    ['two different passwords', { password_again: 'violet kettle marches south' }, 422, 'password_again'],
  ])('%s', async (_, fields, status, field) => {
    const { submit } = await openForm();
    const response = await submit(fields);
    expect(response.statusCode).toBe(status);
    expect(response.body).toMatch(new RegExp(`<input id="${field}"[^>]* aria-invalid="true"`));
    expect(response.body).toMatch(new RegExp(`<input id="${field}"[^>]* aria-describedby="${field}-error`));
    expect(response.body).toContain(`id="${field}-error"`);
    for (const typed of [PASSWORD, 'Password123!', 'vq8$Lm2', 'south']) expect(response.body).not.toContain(typed);
    expect((await submit()).statusCode).toBe(303);
  });

  test.each([
    ['no token', { csrf_token: '' }, {}, 422],
    ['another origin', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 404],
    ['no cookies', {}, { cookie: '' }, 404],
  ])('%s', async (_, fields, headers, status) => {
    const { browser, submit } = await openForm();
    expect((await submit(fields, headers)).statusCode).toBe(status);
    expect(browser.cookies.has('gatehouse_session')).toBe(false);
  });

  test('an administrator made meanwhile: says so', async () => {
    const { submit } = await openForm();
    await pages.addUser('eve@example.com', ['administrator']);
    const response = await submit();
    expect(response.statusCode).toBe(409);
    expect(response.body).toContain('Everything is set up already');
  });
});
