import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hiddenFieldsOf, openPages, PASSWORD } from './signin-pages.fixture.ts';

let pages: Awaited<ReturnType<typeof openPages>>;
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
});

/** A browser of its own address, with the sign-in form open. */
async function openForm(path = '/sign-in') {
  const browser = pages.browser({ remoteAddress: `198.51.100.${count}` });
  const form = hiddenFieldsOf(await browser.get(path));
  return {
    browser,
    form,
    submit: (fields: Record<string, string> = {}, headers: Record<string, string | undefined> = {}) =>
      browser.post('/sign-in', { ...form, email, password: PASSWORD, ...fields }, headers),
  };
}

describe('signing in', () => {
  test('leads on with 303 and a new session cookie, and takes the form cookie away', async () => {
    const { browser, submit } = await openForm();
    const response = await submit();
    expect([response.statusCode, response.headers.location]).toEqual([303, '/account']);
    expect(response.cookies.find(({ name }) => name === 'gatehouse_session')).toMatchObject({
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    });
    expect([...browser.cookies.keys()]).toEqual(['gatehouse_session', 'gatehouse_device']);
    const account = await browser.get('/account');
    expect(account.statusCode).toBe(200);
    expect(account.body).toContain(email);
  });

  test('a session that the browser had before is not the one it has after (fixation)', async () => {
    const { browser, submit } = await openForm();
    await submit();
    const before = browser.cookies.get('gatehouse_session') ?? '';
    const again = hiddenFieldsOf(await browser.get('/sign-in'));
    await browser.post('/sign-in', { ...again, email, password: PASSWORD });
    expect(browser.cookies.get('gatehouse_session')).not.toBe(before);
    const thief = pages.browser();
    thief.cookies.set('gatehouse_session', before);
    expect((await thief.get('/account')).statusCode).toBe(303);
  });

  test('a planted session cookie is neither used nor kept', async () => {
    const { browser, submit } = await openForm();
    browser.cookies.set('gatehouse_session', 'gh_ss_planted');
    await submit();
    expect(browser.cookies.get('gatehouse_session')).toMatch(/^gh_ss_[0-9A-Za-z]{33}$/);
  });

  test('the form shows who is signed in already, and still asks', async () => {
    const { browser, submit } = await openForm();
    await submit();
    const page = await browser.get('/sign-in');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(`value="${email}"`);
  });
});

describe('where it leads', () => {
  test.each([
    ['a path of ours', '/console', '/console'],
    ['the authorization endpoint, by a page in between', '/oauth/authorize?client_id=a&x=b', undefined],
    ['another host', 'https://evil.example/', '/account'],
    ['another host without a scheme', '//evil.example', '/account'],
    ['another host by a backslash', '/\\evil.example', '/account'],
    ['another host by dot segments', '/a/..//evil.example', '/account'],
    ['a script', 'javascript:alert(1)', '/account'],
    ['a header', '/x\r\nset-cookie: a=b', '/account'],
  ])('%s', async (_, returnTo, expected) => {
    const { submit, form } = await openForm(`/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    const { headers } = await submit();
    expect(headers.location).toBe(expected ?? `/sign-in/continue?return_to=${encodeURIComponent(returnTo)}`);
    // The field of the form is no more believed than the address of the page was.
    const direct = await (await openForm()).submit({ return_to: returnTo });
    expect(direct.headers.location).toBe(headers.location);
    expect(form.return_to).toBe(expected ?? returnTo);
  });

  test('the page in between goes on by itself, only for someone who is signed in', async () => {
    const path = `/sign-in/continue?return_to=${encodeURIComponent('/oauth/authorize?client_id=a&x=b')}`;
    const { browser, submit } = await openForm();
    expect((await browser.get(path)).headers.location).toMatch(/^\/sign-in\?return_to=/);
    await submit();
    expect((await browser.get(path)).headers.refresh).toBe('0; url=/oauth/authorize?client_id=a&x=b');
    const evil = await browser.get('/sign-in/continue?return_to=//evil.example');
    expect(evil.headers.refresh).toBe('0; url=/account');
  });
});

describe('a form that is not believed changes nothing', () => {
  test.each([
    ['no token', { csrf_token: '' }, {}, true],
    ['a token of another browser', { csrf_token: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, {}, true],
    ['no form cookie', {}, { cookie: '' }, true],
    ['a form cookie of another browser', {}, { cookie: 'gatehouse_form=gh_cf_planted' }, true],
    ['another origin', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, false],
    ['another origin, by an old browser', {}, { origin: 'https://evil.example', 'sec-fetch-site': undefined }, false],
    ['a sibling site', {}, { 'sec-fetch-site': 'same-site' }, false],
    ['an opaque origin', {}, { origin: 'null' }, false],
    ['neither header', {}, { origin: undefined, 'sec-fetch-site': undefined }, false],
  ])('%s', async (_, fields, headers, emailKept) => {
    const { browser, submit } = await openForm();
    const response = await submit(fields, headers);
    expect(response.statusCode).toBe(403);
    expect(browser.cookies.has('gatehouse_session')).toBe(false);
    expect(response.body).toContain('This form was open for too long or came from another page.');
    expect(response.body.includes(email)).toBe(emailKept);
    expect(response.body).not.toContain(PASSWORD);
  });

  test('the form it shows instead works', async () => {
    const { browser, submit } = await openForm();
    const again = hiddenFieldsOf(await submit({ csrf_token: '' }));
    expect((await browser.post('/sign-in', { ...again, email, password: PASSWORD })).statusCode).toBe(303);
  });

  test.each([
    ['JSON', 'application/json', '{"email":"a"}', 415],
    ['plain text, which needs no preflight', 'text/plain', 'email=a', 415],
    ['a form with a boundary', 'multipart/form-data; boundary=x', '--x--', 415],
    ['a body out of bounds', 'application/x-www-form-urlencoded', `email=${'a'.repeat(70_000)}`, 413],
  ])('%s', async (_, type, payload, status) => {
    const response = await pages.app.inject({
      method: 'POST',
      url: '/sign-in',
      payload,
      headers: { 'content-type': type, origin: pages.issuer, 'sec-fetch-site': 'same-origin' },
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('an attempt that fails', () => {
  /** What an onlooker can compare: everything but what was typed and the random form token. */
  const visible = (response: { statusCode: number; headers: object; body: string }, typed: string) => ({
    status: response.statusCode,
    headers: Object.keys(response.headers).filter((name) => name !== 'date'),
    body: response.body.replaceAll(typed, '').replaceAll(/value="[^"]*"/g, ''),
  });

  test('looks the same for a known, an unknown, and a mistyped name', async () => {
    const { submit } = await openForm();
    const known = await submit({ password: 'wrong wrong wrong' });
    const unknown = await submit({ email: 'eve@example.com' });
    const mistyped = await submit({ email: 'no address' });
    expect(known.statusCode).toBe(422);
    expect(visible(unknown, 'eve@example.com')).toEqual(visible(known, email));
    expect(visible(mistyped, 'no address')).toEqual(visible(known, email));
  });

  test('keeps the address that was typed, never the password, and says so to screen readers', async () => {
    const { submit } = await openForm('/sign-in?return_to=/console');
    const response = await submit({ password: 'my almost right password' });
    expect(response.body).toContain(`value="${email}"`);
    expect(response.body).not.toContain('my almost right password');
    expect(response.body).toContain('role="alert"');
    expect(hiddenFieldsOf(response).return_to).toBe('/console');
  });

  test('is slowed after five, with Retry-After, for unknown names too', async () => {
    for (const name of [email, 'eve@example.com']) {
      const { submit } = await openForm();
      for (let attempt = 0; attempt < 5; attempt += 1) await submit({ email: name, password: 'wrong wrong wrong' });
      const response = await submit({ email: name });
      expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '1']);
      expect(response.body).toContain('Try again in a second.');
      expect(response.body).toContain(`value="${name}"`);
    }
  });

  test('shows what was typed as text', async () => {
    const { submit } = await openForm();
    const typed = '"><script>alert(1)</script>';
    const response = await submit({ email: typed });
    expect(response.body).not.toContain('<script>');
    expect(response.body).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  test('a field that comes twice counts as none', async () => {
    const { browser, form } = await openForm();
    const response = await browser.post(`/sign-in`, { ...form, password: PASSWORD });
    expect(response.statusCode).toBe(422);
  });
});

describe('every page', () => {
  test.each(['/sign-in', '/signed-out', '/setup', '/sign-in/continue'])('%s has the strict headers', async (path) => {
    const { browser, submit } = await openForm();
    if (path.endsWith('continue')) await submit();
    const { headers, body } = await browser.get(path);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'; style-src 'self'"),
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(body).not.toMatch(/<script(?! src=")|<style|\sstyle=|\son[a-z]+=/);
  });

  test('the stylesheet and the icon may be kept for ever, and have their own type', async () => {
    const { body } = await pages.browser().get('/sign-in');
    const paths = [...body.matchAll(/href="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(2);
    for (const path of paths) {
      const { statusCode, headers } = await pages.browser().get(path);
      expect(statusCode).toBe(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-type']).toMatch(/^(text\/css|image\/svg)/);
    }
  });
});

test('with an https issuer every cookie is __Host- and Secure', async () => {
  const secure = await openPages('https://auth.example.com');
  try {
    await secure.addUser('ada@example.com');
    const browser = secure.browser();
    const page = await browser.get('/sign-in');
    const form = hiddenFieldsOf(page);
    const response = await browser.post('/sign-in', { ...form, email: 'ada@example.com', password: PASSWORD });
    const written = [page, response].flatMap((each) => each.cookies);
    expect(written.map(({ name }) => name)).toEqual([
      '__Host-gatehouse_form',
      '__Host-gatehouse_session',
      '__Host-gatehouse_device',
      '__Host-gatehouse_flow',
      '__Host-gatehouse_form',
    ]);
    for (const cookie of written) {
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/' });
      expect(cookie).not.toHaveProperty('domain');
    }
  } finally {
    await secure.close();
  }
});
