import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mailer, RequestHandlers } from '#mail';
import { type RegistrationPolicySpec, signinMailHandlers } from '#signin';
import { mailPages } from './mail-pages.ts';
import { hiddenFieldsOf, openPages, PASSWORD, tenantId } from './signin-pages.fixture.ts';

const NEW = 'nine quiet harbours glow';

let pages: Awaited<ReturnType<typeof openPages>>;
let handlers: RequestHandlers;
const policy: RegistrationPolicySpec = { mode: 'open' };
const waiting: { kind: string; payload: unknown }[] = [];
const letters: { template: string; values: Readonly<Record<string, string>> }[] = [];

beforeAll(async () => {
  pages = await openPages();
  const mailer: Mailer = {
    queue: async (_, mail) => {
      letters.push(mail);
      return 'queued';
    },
    request: async (_, request) => void waiting.push(request),
  };
  const deps = { ...pages.deps, mailer, registrationPolicy: () => policy };
  handlers = signinMailHandlers(deps);
  await pages.app.register(mailPages(deps));
});
afterAll(() => pages?.close());

type Browser = ReturnType<typeof pages.browser>;
let addresses = 0;
/** Each from an address of its own, so that nobody is slowed down. */
const browse = (): Browser => {
  addresses += 1;
  return pages.browser({ remoteAddress: `198.51.100.${addresses}` });
};
async function send(browser: Browser, path: string, fields: Record<string, string>, form = path) {
  return browser.post(path, { ...hiddenFieldsOf(await browser.get(form)), ...fields });
}
async function deliver() {
  for (const { kind, payload } of waiting.splice(0)) {
    await pages.deps.store.transaction({ tenantId }, async (tx) => handlers[kind]?.(tx, { tenantId, payload }));
  }
  return letters.at(-1);
}
const pathOf = (link = 'missing:') => new URL(link).pathname + new URL(link).search;

async function openRecovery(email: string): Promise<Browser> {
  const browser = browse();
  await send(browser, '/recover', { email });
  const link = pathOf((await deliver())?.values.link);
  const other = browse();
  const opened = await other.get(link);
  // Out of the address bar at once.
  expect(opened.headers.location).toBe('/recover/password');
  return other;
}

test('a forgotten password: asked for, mailed, set on another device; then the sign-in page', async () => {
  await pages.addUser('ada@example.com');
  const browser = await openRecovery('ada@example.com');
  const form = await browser.get('/recover/password');
  expect(form.body).toContain('ada@example.com');
  const set = await browser.post('/recover/password', {
    ...hiddenFieldsOf(form),
    password: NEW,
    password_again: NEW,
  });
  expect(set.statusCode).toBe(200);
  expect(browser.cookies.has('gatehouse_session')).toBe(false);
  expect((await send(browser, '/sign-in', { email: 'ada@example.com', password: PASSWORD })).statusCode).toBe(422);
  expect((await send(browser, '/sign-in', { email: 'ada@example.com', password: NEW })).statusCode).toBe(303);
  // Neither page nor link once more.
  expect((await browser.get('/recover/password')).statusCode).toBe(404);
});

describe('known and unknown names are answered alike', () => {
  const shape = (
    { statusCode, headers, body }: { statusCode: number; headers: object; body: string },
    email: string,
  ) => ({
    statusCode,
    headers: Object.entries(headers).filter(([name]) => !['date', 'set-cookie'].includes(name)),
    body: body
      .replaceAll(email, 'EMAIL')
      .replaceAll(/value="[^"]+"/g, '')
      .replaceAll(/\d{3,}/g, 'N'),
  });

  test.each(['/recover', '/register'])('%s', async (path) => {
    await pages.addUser(`known${path.length}@example.com`);
    const known = `known${path.length}@example.com`;
    const unknown = `nobod${path.length}@example.com`;
    const answers = [];
    for (const email of [known, unknown]) answers.push(shape(await send(browse(), path, { email }), email));
    expect(answers[0]).toEqual(answers[1]);
    await deliver();
  });
});

test('an account of one’s own: address, code, name and password, sign-in', async () => {
  const browser = browse();
  const asked = await send(browser, '/register', { email: 'grace@example.com' });
  const code = (await deliver())?.values.code ?? '';
  const proved = await browser.post('/register/code', { ...hiddenFieldsOf(asked), code });
  expect(proved.headers.location).toBe('/register/account');
  const made = await send(browser, '/register/account', { name: 'Grace', password: NEW, password_again: NEW });
  expect(made.statusCode).toBe(200);
  expect((await send(browser, '/sign-in', { email: 'grace@example.com', password: NEW })).statusCode).toBe(303);
});

test('made on the way to an application: the form carries where to go, as far as the code is typed in the same browser', async () => {
  const browser = browse();
  const asked = await send(browser, '/register?return_to=%2Foauth%2Fauthorize%3Fa%3Db', {
    email: 'hopper@example.com',
  });
  const code = (await deliver())?.values.code ?? '';
  const proved = await browser.post('/register/code', { ...hiddenFieldsOf(asked), code });
  const account = String(proved.headers.location);
  expect(account).toBe('/register/account?return_to=%2Foauth%2Fauthorize%3Fa%3Db');
  const made = await send(browser, account, { name: 'Grace', password: NEW, password_again: NEW });
  expect(made.body).toContain('/sign-in?return_to=%2Foauth%2Fauthorize%3Fa%3Db');
});

test.each(['//evil.example', 'https://evil.example/', '/\\\\evil.example'])('never to %s', async (place) => {
  const page = await browse().get(`/register?return_to=${encodeURIComponent(place)}`);
  expect(page.statusCode).toBe(200);
  expect(hiddenFieldsOf(page).return_to).toBe('/account');
  expect(page.body).toContain('href="/sign-in"');
});

describe('refused', () => {
  test.each(['/recover', '/register', '/recover/password', '/register/account', '/register/code'])(
    'a form from elsewhere: %s',
    async (path) => {
      const browser = await openRecovery('ada@example.com');
      const before = letters.length;
      const fields = { email: 'ada@example.com', password: NEW, password_again: NEW, code: '000000', challenge: 'x' };
      const answer = await browser.post(path, fields, {
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      });
      expect([403, 404, 422]).toContain(answer.statusCode);
      await deliver();
      expect(letters).toHaveLength(before);
    },
  );

  test.each([
    ['passwords that differ', { password: NEW, password_again: `${NEW}!` }, 422],
    ['a weak password', { password: 'short', password_again: 'short' }, 422],
    ['a stale form', { password: NEW, password_again: NEW, csrf_token: 'x' }, 403],
  ])('%s, and the link stays good', async (_, fields, status) => {
    await pages.addUser(`p${status}${fields.password.length}@example.com`);
    const browser = await openRecovery(`p${status}${fields.password.length}@example.com`);
    expect((await send(browser, '/recover/password', fields)).statusCode).toBe(status);
    expect((await browser.get('/recover/password')).statusCode).toBe(200);
  });

  test('a link that is none, and one that was made for something else', async () => {
    const browser = browse();
    expect((await browser.get('/recover/password?link=x')).statusCode).toBe(404);
    await send(browser, '/register', { email: 'other@example.com' });
    const token = new URL((await deliver())?.values.link ?? '').searchParams.get('link');
    await browser.get(`/recover/password?link=${token}`);
    expect((await browser.get('/recover/password')).statusCode).toBe(404);
    expect((await browser.get('/register/account')).statusCode).toBe(200);
  });

  test('asking again and again: 429 with Retry-After, for names that do not exist too', async () => {
    const browser = browse();
    const answers = [];
    for (let round = 0; round < 6; round += 1)
      answers.push(await send(browser, '/recover', { email: 'no@example.com' }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('registration where it is off', async () => {
    policy.mode = 'off';
    const browser = browse();
    expect((await browser.get('/register')).statusCode).toBe(403);
    policy.mode = 'open';
  });
});
