import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  enrolTotp,
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
} from './signin-pages.fixture.ts';
import { type Habits, VirtualAuthenticator } from './virtual-authenticator.fixture.ts';

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

const newBrowser = () => pages.browser({ remoteAddress: `198.51.100.${count}` });
const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).statusCode === 200;

async function withPassword(browser = newBrowser()) {
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email, password: PASSWORD });
  return { browser, form: hiddenFieldsOf(await browser.get('/sign-in/flow')) };
}

/** Sets a passkey up on the way in. */
async function enrol(habits: Habits = {}, device = new VirtualAuthenticator(pages.issuer)) {
  const { browser, form } = await withPassword();
  const options = (await browser.post('/sign-in/flow/enrol-passkey/options', form)).json();
  const response = device.create(options, habits);
  const done = await browser.post('/sign-in/flow/enrol-passkey', { ...form, response });
  return { browser, form, options, device, done };
}

/** The sign-in page, with what its script asked for. */
async function atSignIn(browser = newBrowser()) {
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  const answer = await browser.post('/sign-in/passkey/options', form);
  const send = (response: string, fields: Record<string, string> = {}) =>
    browser.post('/sign-in/passkey', { ...form, response, ...fields });
  return { browser, form, options: answer.json(), send };
}

describe('setting one up', () => {
  test('asks for one of this host, for this person, and leads in with recovery codes', async () => {
    const { browser, options, done } = await enrol();
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      user: { name: email },
      attestation: 'none',
      excludeCredentials: [],
    });
    expect(done.body.match(/<li><code>/g)).toHaveLength(10);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test.each<[string, Habits]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another host', { rpId: 'evil.example' }],
    ['for another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['of the other ceremony', { type: 'webauthn.get' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['that nobody touched', { userPresent: false }],
  ])('one %s is refused', async (_, habits) => {
    const { browser, done } = await enrol(habits);
    expect(done.statusCode).toBe(422);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no response', '{"id":"a","rawId":"a","type":"public-key"}'],
    ['prose for bytes', '{"id":"a","rawId":"a","type":"public-key","response":{"clientDataJSON":"{}"}}'],
    ['out of bounds', JSON.stringify({ id: 'a'.repeat(30_000) })],
  ])('%s for an answer is refused', async (_, response) => {
    const { browser, form } = await withPassword();
    await browser.post('/sign-in/flow/enrol-passkey/options', form);
    expect((await browser.post('/sign-in/flow/enrol-passkey', { ...form, response })).statusCode).toBe(422);
  });

  test('the id of a passkey that there is, whosever, is refused', async () => {
    const first = await enrol();
    const taken = first.device.credentials[0]?.id ?? '';
    email = `eve${count}@example.com`;
    await pages.addUser(email, ['administrator']);
    const { done } = await enrol({ credentialId: taken });
    expect(done.statusCode).toBe(422);
  });

  test('a challenge is answered once', async () => {
    const { browser, form } = await withPassword();
    const options = (await browser.post('/sign-in/flow/enrol-passkey/options', form)).json();
    const device = new VirtualAuthenticator(pages.issuer);
    await browser.post('/sign-in/flow/enrol-passkey', { ...form, response: device.create(options, { rpId: 'x' }) });
    const again = await browser.post('/sign-in/flow/enrol-passkey', { ...form, response: device.create(options) });
    expect(again.statusCode).toBe(422);
  });
});

describe('signing in with a passkey alone', () => {
  test('needs no name, reaches the strongest level, and asks for user verification', async () => {
    const { device } = await enrol();
    const { browser, options, send } = await atSignIn();
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(options.allowCredentials).toBeUndefined();
    const done = await send(device.get(options), { return_to: '/console' });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/console']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test.each<[string, Habits]>([
    ['of another origin', { origin: 'http://localhost:7701' }],
    ['of another host', { rpId: 'evil.example' }],
    ['of another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['of the other ceremony', { type: 'webauthn.create' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['without user verification', { userVerified: false }],
    ['without user presence', { userPresent: false }],
    ['by another key', { forge: true }],
    ['that names another person', { userHandle: Buffer.from('usr_00000000000000000000000000').toString('base64url') }],
  ])('a signature %s is refused', async (_, habits) => {
    const { device } = await enrol();
    const { browser, options, send } = await atSignIn();
    const done = await send(device.get(options, habits));
    expect(done.statusCode).toBe(422);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('a passkey that nobody has set up is refused in the same words', async () => {
    const { device } = await enrol();
    const stranger = new VirtualAuthenticator(pages.issuer);
    stranger.create({ challenge: 'x', rp: { id: 'localhost' }, user: { id: 'x' } });
    const known = await atSignIn();
    const refused = await known.send(device.get(known.options, { forge: true }));
    const unknown = await atSignIn();
    const other = await unknown.send(stranger.get(unknown.options, { userHandle: null }));
    const words = (body: string) => body.replaceAll(/value="[^"]*"/g, '');
    expect([other.statusCode, words(other.body)]).toEqual([refused.statusCode, words(refused.body)]);
  });

  test('a signature is good once, and only in the browser that asked', async () => {
    const { device } = await enrol();
    const asked = await atSignIn();
    const response = device.get(asked.options);
    const thief = await atSignIn();
    expect((await thief.send(response)).statusCode).toBe(422);
    expect((await asked.send(response)).statusCode).toBe(303);
    const again = await atSignIn(asked.browser);
    expect((await again.send(response)).statusCode).toBe(422);
  });

  test('a challenge is good for five minutes', async () => {
    const { device } = await enrol();
    const { options, send } = await atSignIn();
    pages.clock.advance(5 * 60_000);
    expect((await send(device.get(options))).statusCode).toBe(422);
  });

  test('a counter that does not go up is refused: the key was copied', async () => {
    const { device } = await enrol();
    const answers = [];
    for (const counter of [5, 5, 4, 6, 0]) {
      const { options, send } = await atSignIn();
      answers.push((await send(device.get(options, { counter }))).statusCode);
    }
    expect(answers).toEqual([303, 422, 422, 303, 422]);
  });

  test('of thirty answers to one challenge exactly one gets in', async () => {
    const { device } = await enrol();
    const { options, send } = await atSignIn();
    const response = device.get(options);
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(response)));
    expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1);
  });

  test('where the policy leaves passkeys out, none gets in', async () => {
    const { device } = await enrol();
    pages.setPolicy({ factors: ['password', 'totp', 'recovery_code'] });
    const { options, send } = await atSignIn();
    expect((await send(device.get(options))).statusCode).toBe(422);
    pages.setPolicy({});
  });

  test.each([
    ['no token', { csrf_token: '' }, {}],
    ['another origin', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ])('with %s no challenge is made', async (_, fields, headers) => {
    const browser = newBrowser();
    const form = hiddenFieldsOf(await browser.get('/sign-in'));
    const answer = await browser.post('/sign-in/passkey/options', { ...form, ...fields }, headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).not.toContain('challenge"');
  });
});

describe('as second factor', () => {
  test.each<[string, Habits, number]>([
    ['a passkey', {}, 303],
    ['a security key without a PIN', { userVerified: false }, 303],
    ['one of another origin', { origin: 'https://evil.example' }, 422],
    ['a forged signature', { forge: true }, 422],
  ])('%s', async (_, habits, status) => {
    const { device } = await enrol();
    const { browser, form } = await withPassword();
    const options = (await browser.post('/sign-in/flow/passkey/options', form)).json();
    expect(options.allowCredentials).toMatchObject([
      { id: device.credentials[0]?.id, transports: ['hybrid', 'internal'] },
    ]);
    const done = await browser.post('/sign-in/flow/passkey', { ...form, response: device.get(options, habits) });
    expect(done.statusCode).toBe(status);
    expect(await isSignedIn(browser)).toBe(status === 303);
  });

  test("another person's passkey is none", async () => {
    const eve = await enrol();
    email = `bob${count}@example.com`;
    await pages.addUser(email, ['administrator']);
    await enrol();
    const { browser, form } = await withPassword();
    const options = (await browser.post('/sign-in/flow/passkey/options', form)).json();
    const response = eve.device.get(options, { userHandle: null });
    expect((await browser.post('/sign-in/flow/passkey', { ...form, response })).statusCode).toBe(422);
  });

  test('an answer that was asked for at sign-in is none here', async () => {
    const { device } = await enrol();
    const { browser, form } = await withPassword();
    const other = await atSignIn();
    const response = device.get(other.options);
    expect((await browser.post('/sign-in/flow/passkey', { ...form, response })).statusCode).toBe(422);
  });

  test('is not asked for where there is none', async () => {
    const { browser } = await withPassword();
    await enrolTotp(pages, browser);
    const next = await withPassword();
    const page = await next.browser.get('/sign-in/flow');
    expect(page.body).not.toContain('data-passkey');
  });
});
