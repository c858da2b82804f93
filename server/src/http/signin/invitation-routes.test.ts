import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import { createInvitation, findUserByEmail, organizationKind, revokeInvitation, roleKind } from '#directory';
import type { Mailer } from '#mail';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { mailPages } from './mail-pages.ts';
import { hiddenFieldsOf, openPages, PASSWORD, type Pages, type TestBrowser, tenantId } from './signin-pages.fixture.ts';

const NEW = 'nine quiet harbours glow';
const NEW_FIELDS = { name: 'Bea Burton', password: NEW, password_again: NEW };
const actor = systemPrincipal(tenantId, 'test');
const DAY = 24 * 3_600_000;

let pages: Pages;
let email: string;
let count = 0;

beforeAll(async () => {
  pages = await openPages();
  const mailer: Mailer = { queue: async () => 'queued', request: async () => undefined };
  // Whoever invites answers for it: that nobody may register by themselves is another matter.
  await pages.app.register(mailPages({ ...pages.deps, mailer, registrationPolicy: () => ({ mode: 'off' }) }));
  const member = { permissions: [], inOrganizations: true };
  const documents = readPlainDocuments(kindRegistry([roleKind, organizationKind]), [
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme Corporation' } },
    { kind: 'role', name: 'member', spec: member },
  ]);
  await applyResources(pages.deps, { caller: systemCaller(tenantId, 'test'), documents });
});
afterAll(() => pages?.close());
beforeEach(() => {
  count += 1;
  email = `guest${count}@example.com`;
});

const roles = { get: () => ({ spec: { permissions: [], inOrganizations: true } }) };
async function invite() {
  const post = { send: async (_: unknown, letter: { link: string }) => void links.push(letter.link) };
  const links: string[] = [];
  const deps = { ...pages.deps, roles, invitationPost: post };
  const { invitation } = await pages.deps.store.transaction({ tenantId }, (tx) =>
    createInvitation(tx, deps, { tenantId, actor, email, organization: 'acme', roles: ['member'] }),
  );
  const url = new URL(links[0] ?? 'missing:');
  return { id: invitation.id, path: url.pathname + url.search };
}
async function open(path: string, browser: TestBrowser = browse()) {
  // Out of the address bar at once.
  expect((await browser.get(path)).headers.location).toBe('/invitation');
  return browser;
}
const browse = () => pages.browser({ remoteAddress: `198.51.100.${count}` });
const send = async (
  browser: TestBrowser,
  fields: Readonly<Record<string, string>> = NEW_FIELDS,
  form = '/invitation',
) => browser.post(form, { ...hiddenFieldsOf(await browser.get(form)), ...fields });
const find = () =>
  pages.deps.store.transaction({ tenantId }, (tx) => findUserByEmail(tx, { tenantId, email }), { readOnly: true });

test('somebody new: who invites to what, a name and a password, and then the sign-in', async () => {
  const browser = await open((await invite()).path);
  const page = await browser.get('/invitation');
  for (const said of ['Acme Corporation', 'member', email]) expect(page.body).toContain(said);
  const joined = await send(browser);
  expect([joined.statusCode, browser.cookies.has('gatehouse_session')]).toEqual([200, false]);
  const user = await find();
  expect(user).toMatchObject({ name: 'Bea Burton', emailVerified: true });
  expect(user?.organizationIds).toHaveLength(1);
  expect((await send(browser, { email, password: NEW }, '/sign-in')).statusCode).toBe(303);
});

test('somebody with an account signs in and accepts with one press', async () => {
  await pages.addUser(email);
  const browser = await open((await invite()).path);
  const asked = await browser.get('/invitation');
  expect(asked.body).toContain('/sign-in?return_to=%2Finvitation');
  // There is no form, and what one would send makes no second account and sets no password.
  expect(
    (await browser.post('/invitation', { ...hiddenFieldsOf(await browser.get('/sign-in')), ...NEW_FIELDS })).body,
  ).toContain('/sign-in?return_to');
  const signedIn = await send(browser, { email, password: PASSWORD }, '/sign-in?return_to=%2Finvitation');
  expect(signedIn.headers.location).toBe('/invitation');
  expect((await browser.get('/invitation')).body).toContain('Accept the invitation');
  const accepted = await send(browser, {});
  expect(accepted.body).toContain('Acme Corporation');
  expect((await find())?.organizationIds).toHaveLength(1);
  expect((await browser.get('/invitation')).statusCode).toBe(404);
});

test('signed in as another: told so, and nothing happens to either account', async () => {
  const guest = email;
  await pages.addUser(guest);
  await pages.addUser(`other${count}@example.com`);
  const browser = browse();
  await send(browser, { email: `other${count}@example.com`, password: PASSWORD }, '/sign-in');
  await open((await invite()).path, browser);
  expect((await browser.get('/invitation')).body).toContain(`You are signed in as other${count}@example.com`);
  const { csrf_token = '' } = hiddenFieldsOf(await browser.get('/sign-in'));
  expect((await browser.post('/invitation', { csrf_token })).statusCode).toBe(200);
  expect((await find())?.organizationIds).toEqual([]);
});

test('in German', async () => {
  const browser = await open((await invite()).path);
  const { headers, body } = await pages.app.inject({
    url: '/invitation',
    headers: { 'accept-language': 'de', cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') },
  });
  expect(body).toContain('Sie sind eingeladen, sich Acme Corporation anzuschließen.');
  expect(headers['cache-control']).toBe('no-store');
});

describe('refused', () => {
  test('a link that was used, by one of many at once', async () => {
    const { path } = await invite();
    const forms = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const browser = await open(path);
        return { browser, form: hiddenFieldsOf(await browser.get('/invitation')) };
      }),
    );
    const answers = await Promise.all(
      forms.map(({ browser, form }) => browser.post('/invitation', { ...form, ...NEW_FIELDS })),
    );
    expect(answers.filter(({ body }) => body.includes('Your account is ready'))).toHaveLength(1);
    const late = await open(path);
    expect((await late.get('/invitation')).statusCode).toBe(404);
  });

  test.each([
    ['expired', async () => pages.clock.advance(8 * DAY)],
    [
      'revoked',
      async (id: string) =>
        pages.deps.store.transaction({ tenantId }, (tx) => revokeInvitation(tx, pages.deps, { tenantId, id, actor })),
    ],
  ] as const)('one that is %s says so', async (_, end) => {
    const { id, path } = await invite();
    await end(id);
    const page = await (await open(path)).get('/invitation');
    expect([page.statusCode, page.body.includes('it was used before, or is too old')]).toEqual([404, true]);
  });

  test.each([
    ['no name', { ...NEW_FIELDS, name: ' ' }, 422],
    ['a weak password', { ...NEW_FIELDS, password: 'short', password_again: 'short' }, 422],
    ['passwords that differ', { ...NEW_FIELDS, password_again: `${NEW}!` }, 422],
    ['no token of ours', { ...NEW_FIELDS, csrf_token: 'x' }, 403],
  ])('%s, and the link stays good', async (_, fields, status) => {
    const browser = await open((await invite()).path);
    expect((await send(browser, fields)).statusCode).toBe(status);
    expect(await find()).toBeUndefined();
    expect((await send(browser)).statusCode).toBe(200);
  });

  test('no link at all, and one that is none', async () => {
    for (const path of ['/invitation', '/invitation?link=x', '/invitation?link=gh_ln_x']) {
      expect((await browse().get(path)).statusCode, path).toBe(404);
    }
  });
});
