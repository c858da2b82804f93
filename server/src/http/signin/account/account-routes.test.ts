import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT_PATHS } from '#signin';
import { hiddenFieldsOf, openPages, PASSWORD } from '../signin-pages.fixture.ts';

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

async function signIn(as = email) {
  const browser = pages.browser({ remoteAddress: `198.51.100.${count}` });
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email: as, password: PASSWORD });
  const account = await browser.get('/account/sessions');
  return { browser, form: hiddenFieldsOf(account), account };
}
const sessionIds = (body: string) =>
  [...body.matchAll(/\/account\/sessions\/(ses_\w+)\/end/g)].map(([, id = '']) => id);

describe('/account', () => {
  test('sends someone without a session to sign in and back', async () => {
    const response = await pages.browser().get('/account');
    expect([response.statusCode, response.headers.location]).toEqual([303, '/sign-in']);
  });

  test('shows the other session, and ends it at once', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const [id = ''] = sessionIds((await here.browser.get('/account/sessions')).body);
    const response = await here.browser.post(`/account/sessions/${id}/end`, here.form);
    expect([response.statusCode, response.headers.location]).toEqual([303, '/account/sessions']);
    expect((await there.browser.get('/account')).statusCode).toBe(303);
    expect((await here.browser.get('/account')).statusCode).toBe(200);
  });

  test('ends all others', async () => {
    const [here, there, elsewhere] = [await signIn(), await signIn(), await signIn()];
    expect((await here.browser.post('/account/sessions/end-others', here.form)).statusCode).toBe(303);
    expect((await there.browser.get('/account')).statusCode).toBe(303);
    expect((await elsewhere.browser.get('/account')).statusCode).toBe(303);
    expect(sessionIds((await here.browser.get('/account/sessions')).body)).toEqual([]);
  });

  test.each([
    [
      "another person's",
      async () => {
        await pages.addUser(`eve${count}@example.com`);
        await signIn(`eve${count}@example.com`);
        const eve = await signIn(`eve${count}@example.com`);
        return sessionIds(eve.account.body)[0] ?? '';
      },
    ],
    ['no id', () => 'nonsense'],
    ['an id of nothing', () => 'ses_01h455vb4pex5vsknk084sn02q'],
    ['a script', () => encodeURIComponent('<script>alert(1)</script>')],
  ])('a session that is %s: not found', async (_, choose) => {
    const id = await choose();
    expect(id).not.toBe('');
    const here = await signIn();
    const response = await here.browser.post(`/account/sessions/${id}/end`, here.form);
    expect(response.statusCode).toBe(404);
    expect(response.body).not.toContain('<script>');
  });
});

describe('signing out', () => {
  test('ends the session, takes the cookie, and says goodbye', async () => {
    const { browser, form } = await signIn();
    const token = browser.cookies.get('gatehouse_session') ?? '';
    const response = await browser.post('/sign-out', form);
    expect([response.statusCode, response.headers.location]).toEqual([303, '/signed-out']);
    expect([...browser.cookies.keys()]).toEqual(['gatehouse_device']);
    browser.cookies.set('gatehouse_session', token);
    expect((await browser.get('/account')).statusCode).toBe(303);
  });

  test('without a session leads to sign-in', async () => {
    const response = await pages.browser().post('/sign-out', {});
    expect([response.statusCode, response.headers.location]).toEqual([303, '/sign-in']);
  });

  test('a link or an image can’t do it', async () => {
    const { browser } = await signIn();
    expect((await browser.get('/sign-out')).statusCode).toBe(404);
    expect((await browser.get('/account')).statusCode).toBe(200);
  });
});

describe('a form that is not believed changes nothing', () => {
  const forms = ['/sign-out', '/account/sessions/end-others', '/account/sessions/OTHER/end'];
  const lies = [
    ['no token', { csrf_token: '' }, {}],
    ['a token of another session', { csrf_token: 'OTHER' }, {}],
    ['another origin', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', {}, { 'sec-fetch-site': 'same-site', origin: 'http://app.localhost:7700' }],
    ['neither header', {}, { origin: undefined, 'sec-fetch-site': undefined }],
  ] as const;
  test.each(forms.flatMap((path) => lies.map(([name, fields, headers]) => ({ path, name, fields, headers }))))(
    '$path: $name',
    async ({ path, fields, headers }) => {
      const [here, there] = [await signIn(), await signIn()];
      const [id = ''] = sessionIds((await here.browser.get('/account/sessions')).body);
      const lie =
        'csrf_token' in fields && fields.csrf_token === 'OTHER' ? { csrf_token: there.form.csrf_token ?? '' } : fields;
      const response = await here.browser.post(path.replace('OTHER', id), { ...here.form, ...lie }, headers);
      expect(response.statusCode).toBe(403);
      expect((await here.browser.get('/account')).statusCode).toBe(200);
      expect((await there.browser.get('/account')).statusCode).toBe(200);
    },
  );
});

test('the guide names every page', () => {
  const guide = readFileSync(
    new URL('../../../../../docs/guides/people-and-organizations.md', import.meta.url),
    'utf8',
  );
  const named = [...guide.matchAll(/^\| `(\/account[a-z/]*)` \|/gm)].map(([, path]) => path);
  expect(named).toEqual(Object.values(ACCOUNT_PATHS));
});
