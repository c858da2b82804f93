import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordEvent } from '#audit';
import { systemPrincipal } from '#base';
import { organizationKind, putMembership, roleKind } from '#directory';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import {
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from '../signin-pages.fixture.ts';
import { VirtualAuthenticator } from '../virtual-authenticator.fixture.ts';

const NEW = 'nine quiet harbours glow';
const actor = systemPrincipal(tenantId, 'test');
let pages: Pages;
let userId: string;
let email: string;
let browser: TestBrowser;
let count = 0;

beforeAll(async () => {
  pages = await openPages();
  const documents = readPlainDocuments(kindRegistry([roleKind, organizationKind]), [
    { kind: 'organization', name: 'acme', spec: { displayName: 'Acme Corporation' } },
    { kind: 'role', name: 'packer', spec: { permissions: [], inOrganizations: true } },
  ]);
  await applyResources(pages.deps, { caller: systemCaller(tenantId, 'test'), documents });
});
afterAll(() => pages?.close());
beforeEach(async () => {
  count += 1;
  email = `ada${count}@example.com`;
  userId = (await pages.addUser(email)).id;
  browser = pages.browser({ remoteAddress: `198.51.100.${count}` });
  await browser.post('/sign-in', { ...hiddenFieldsOf(await browser.get('/sign-in')), email, password: PASSWORD });
  pages.letters.length = 0;
});

const post = async (path: string, fields: Record<string, string> = {}) => {
  const { csrf_token = '' } = hiddenFieldsOf(await browser.get('/account/sessions'));
  return browser.post(path, { csrf_token, ...fields });
};

test('a factor that is removed: its owner hears of it, and from where', async () => {
  const options = (await post('/account/factors/passkeys/options')).json();
  await post('/account/factors/passkeys', { response: new VirtualAuthenticator(pages.issuer).create(options) });
  const [, id = ''] = /passkeys\/(psk_\w+)\/remove/.exec((await browser.get('/account/factors')).body) ?? [];
  expect((await post(`/account/factors/passkeys/${id}/remove`)).statusCode).toBe(303);
  expect(pages.letters.map(({ template }) => template)).toEqual(['factor_added', 'factor_removed']);
  expect(pages.letters[0]).toMatchObject({ to: email, values: { device: 'Chrome on Linux', factor: 'Passkey' } });
  expect(pages.letters[1]).toMatchObject({ to: email, values: { device: 'Chrome on Linux', factor: 'Passkey' } });
  // What was not there is told to nobody.
  await post(`/account/factors/passkeys/${id}/remove`);
  expect(pages.letters).toHaveLength(2);
});

test('a password that is changed: its owner hears of it; one that is refused is told to nobody', async () => {
  const change = (current_password: string) =>
    post('/account/security/password', { current_password, password: NEW, password_again: NEW });
  await change('not the password');
  expect(pages.letters).toEqual([]);
  expect((await change(PASSWORD)).statusCode).toBe(303);
  expect(pages.letters).toMatchObject([
    { to: email, template: 'password_changed', values: { device: 'Chrome on Linux' } },
  ]);
});

test('a first password, for who signs in without one: no current one is asked for, and its owner hears of it', async () => {
  await pages.deps.store.transaction({ tenantId }, (tx) =>
    sql`delete from password_credentials where user_id = ${userId}`.execute(tx),
  );
  expect((await browser.get('/account/security')).body).not.toContain('name="current_password"');
  const set = { password: NEW, password_again: NEW };
  expect((await post('/account/security/password', { ...set, password_again: 'another' })).statusCode).toBe(422);
  expect((await post('/account/security/password', set)).statusCode).toBe(303);
  expect(pages.letters.map(({ template }) => template)).toEqual(['password_changed']);
  // From now on it is asked for.
  expect((await post('/account/security/password', set)).statusCode).toBe(422);
});

test('what one takes along holds every event, not a page of them', async () => {
  const rounds = 510;
  await pages.deps.store.transaction({ tenantId }, async (tx) => {
    for (let round = 0; round < rounds; round += 1) {
      const target = { type: 'user', id: userId };
      await recordEvent(tx, pages.deps, { tenantId, type: 'user.updated', actor, target, detail: { round } });
    }
  });
  const { aboutYou } = (await post('/account/data/download')).json() as { aboutYou: { detail?: { round?: number } }[] };
  expect(new Set(aboutYou.flatMap(({ detail }) => detail?.round ?? [])).size).toBe(rounds);
});

test('a key can carry the roles that its maker has in the organization they act in', async () => {
  expect((await browser.get('/account/keys')).body).not.toContain('packer');
  const deps = { ...pages.deps, roles: { get: () => ({ spec: { permissions: [] } }) } };
  await pages.deps.store.transaction({ tenantId }, (tx) =>
    putMembership(tx, deps, { tenantId, organization: 'acme', userId, roles: ['packer'], actor }),
  );
  expect((await browser.get('/account/keys')).body).toContain('value="packer"');
  const issued = await post('/account/keys', { name: 'Scanner', days: '30', roles: 'packer', scopes: 'own' });
  expect(issued.statusCode).toBe(200);
  expect((await browser.get('/account/keys')).body).toMatch(/Scanner[\s\S]*packer/);
});
