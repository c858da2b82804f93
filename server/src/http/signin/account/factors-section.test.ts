import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  appCode,
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  totpSecretOf,
} from '../signin-pages.fixture.ts';
import { type Habits, VirtualAuthenticator } from '../virtual-authenticator.fixture.ts';

const MINUTE = 60_000;
const FACTORS = '/account/factors';
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

async function signIn(browser = pages.browser({ remoteAddress: `198.51.100.${count}` })) {
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email, password: PASSWORD });
  return browser;
}
const formOf = async (browser: TestBrowser) => ({
  csrf_token: /name="csrf_token" value="([^"]+)"/.exec((await browser.get('/account/sessions')).body)?.[1] ?? '',
});
const post = async (browser: TestBrowser, path: string, fields: Record<string, string> = {}) =>
  browser.post(`${FACTORS}${path}`, { ...(await formOf(browser)), ...fields });
const passkeyIds = async (browser: TestBrowser) =>
  [...(await browser.get(FACTORS)).body.matchAll(/passkeys\/(psk_\w+)\/remove/g)].map(([, id = '']) => id);

async function addPasskey(browser: TestBrowser, habits: Habits = {}, device = new VirtualAuthenticator(pages.issuer)) {
  const answer = await post(browser, '/passkeys/options');
  const done = await post(browser, '/passkeys', { response: device.create(answer.json(), habits) });
  return { device, done };
}

describe('an authenticator app', () => {
  test('is set up with a code, brings recovery codes, and is asked for from then on', async () => {
    const browser = await signIn();
    const secret = totpSecretOf(await browser.get(`${FACTORS}/totp`));
    expect((await post(browser, '/totp', { code: '000000' })).statusCode).toBe(401);
    const done = await post(browser, '/totp', { code: appCode(pages, secret) });
    expect(done.body.match(/<li><code>/g)).toHaveLength(10);
    const other = await signIn();
    expect((await other.get('/account')).statusCode).toBe(303);
    expect((await other.get('/sign-in/flow')).statusCode).toBe(200);
  });
});

describe('passkeys', () => {
  test('several, each by a name of its own, removed one by one', async () => {
    const browser = await signIn();
    await addPasskey(browser, { aaguid: 'ee882879-721c-4913-9775-3dfcce97072a' });
    await addPasskey(browser);
    const ids = await passkeyIds(browser);
    expect(ids).toHaveLength(2);
    expect((await browser.get(FACTORS)).body).toContain('YubiKey 5');
    await post(browser, `/passkeys/${ids[1]}/rename`, { [`name-${ids[1]}`]: ' My <phone>\u0007 ' });
    expect((await browser.get(FACTORS)).body).toContain('My &lt;phone&gt;');
    expect((await post(browser, `/passkeys/${ids[0]}/remove`)).statusCode).toBe(303);
    expect(await passkeyIds(browser)).toEqual([ids[1]]);
  });

  test('a session that began before them must prove more before it takes one away', async () => {
    const [weak, browser] = [await signIn(), await signIn()];
    const before = browser.cookies.get('gatehouse_session');
    await addPasskey(browser);
    // What was proved is more than before: the session goes on under another name.
    expect(browser.cookies.get('gatehouse_session')).not.toBe(before);
    const [id = ''] = await passkeyIds(weak);
    const refused = await post(weak, `/passkeys/${id}/remove`);
    expect(refused.headers.location).toMatch(/^\/sign-in\/step-up\?acr_values=aal2/);
    expect(await passkeyIds(weak)).toEqual([id]);
  });

  test('after each change all other sessions can be ended, where there are any (ASVS 7.4.3)', async () => {
    const [browser, other] = [await signIn(), await signIn()];
    const offered = async () => (await browser.get(FACTORS)).body.includes('action="/account/sessions/end-others"');
    expect(await offered()).toBe(false);
    await addPasskey(browser);
    expect(await offered()).toBe(true);
    // Told once.
    expect(await offered()).toBe(false);
    await browser.post('/account/sessions/end-others', await formOf(browser));
    expect((await other.get('/account')).statusCode).toBe(303);
    const [id] = await passkeyIds(browser);
    await post(browser, `/passkeys/${id}/remove`);
    expect(await offered()).toBe(false);
  });

  test('a challenge of one session is no good in another', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const options = (await post(here, '/passkeys/options')).json();
    const response = new VirtualAuthenticator(pages.issuer).create(options);
    expect((await post(there, '/passkeys', { response })).statusCode).toBe(401);
    expect((await post(here, '/passkeys', { response })).statusCode).toBe(200);
  });

  test('an answer of another origin adds nothing, and uses the challenge up', async () => {
    const browser = await signIn();
    const options = (await post(browser, '/passkeys/options')).json();
    const device = new VirtualAuthenticator(pages.issuer);
    const bad = device.create(options, { origin: 'https://evil.example' });
    expect((await post(browser, '/passkeys', { response: bad })).statusCode).toBe(401);
    expect((await post(browser, '/passkeys', { response: device.create(options) })).statusCode).toBe(401);
    expect(await passkeyIds(browser)).toEqual([]);
  });

  test.each(['psk_01h455vb4pex5vsknk084sn02q', 'nonsense'])('one that is not theirs (%s) is not found', async (id) => {
    const browser = await signIn();
    expect((await post(browser, `/passkeys/${id}/remove`)).statusCode).toBe(404);
    expect((await post(browser, `/passkeys/${id}/rename`, { [`name-${id}`]: 'x' })).statusCode).toBe(404);
  });
});

describe('who must have a second factor', () => {
  /** Signed in strongly, with an app and a passkey. */
  async function withBoth() {
    pages.setPolicy({ secondFactor: { required: 'everyone' } });
    const browser = await signIn();
    const { secret } = await enrolTotp(pages, browser);
    await addPasskey(browser);
    return { browser, secret };
  }

  test('can remove one, and not the last', async () => {
    const { browser } = await withBoth();
    const [id = ''] = await passkeyIds(browser);
    expect((await post(browser, `/passkeys/${id}/remove`)).statusCode).toBe(303);
    const last = await post(browser, '/totp/remove');
    expect(last.statusCode).toBe(409);
    expect(last.body).toContain('this is the last one');
  });

  test('of two removed at the same moment one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { browser } = await withBoth();
      const [id = ''] = await passkeyIds(browser);
      const answers = await Promise.all([post(browser, '/totp/remove'), post(browser, `/passkeys/${id}/remove`)]);
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 409]);
      count += 1;
      email = `ada${count}-${round}@example.com`;
      await pages.addUser(email);
    }
  });

  test('is asked again after ten minutes, for everything that changes factors or ends sessions', async () => {
    const { browser } = await withBoth();
    const form = await formOf(browser);
    pages.clock.advance(11 * MINUTE);
    for (const path of [
      `${FACTORS}/totp/remove`,
      `${FACTORS}/recovery-codes`,
      `${FACTORS}/passkeys`,
      `${FACTORS}/totp`,
      '/account/security/password',
      '/account/sessions/end-others',
    ]) {
      const { headers } = await browser.post(path, form);
      expect(headers.location, path).toMatch(/^\/sign-in\/step-up\?acr_values=aal2&max_age=600&return_to=%2Faccount/);
    }
    expect((await browser.post(`${FACTORS}/passkeys/options`, form)).statusCode).toBe(403);
  });
});

test('recovery codes alone are none, and go with the last factor', async () => {
  const browser = await signIn();
  expect((await post(browser, '/recovery-codes')).statusCode).toBe(403);
});
