import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueApiKey, listApiKeys, quarantineApiKey } from '#apikeys';
import { listEvents } from '#audit';
import { systemPrincipal } from '#base';
import {
  hiddenFieldsOf,
  openPages,
  PASSWORD,
  type Pages,
  type TestBrowser,
  tenantId,
} from '../signin-pages.fixture.ts';

const KEYS = '/account/keys';
const MINUTE = 60_000;
const DAY = 86_400_000;
const actor = systemPrincipal(tenantId, 'test');
let pages: Pages;
let browser: TestBrowser;
let userId: string;
let email: string;
let count = 0;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages?.close());
beforeEach(async () => {
  count += 1;
  email = `ada${count}@example.com`;
  userId = (await pages.addUser(email)).id;
  browser = await signedIn(email);
});

async function signedIn(as: string): Promise<TestBrowser> {
  const one = pages.browser({ remoteAddress: `198.51.100.${count}` });
  await one.post('/sign-in', { ...hiddenFieldsOf(await one.get('/sign-in')), email: as, password: PASSWORD });
  return one;
}
const post = async (path: string, fields: Record<string, string> = {}, as = browser) => {
  const { csrf_token = '' } = hiddenFieldsOf(await as.get('/account/sessions'));
  return as.post(path, { csrf_token, ...fields });
};
const issue = async (name: string, more: { expiresAt?: number } = {}, of = userId) => {
  const owner = { type: 'user', id: of } as const;
  const { apiKey } = await issueApiKey(pages.deps, { tenantId, actor, name, owner, scopes: ['own'], ...more });
  return apiKey.id;
};
const mine = async () => (await listApiKeys(pages.deps, { tenantId, ownerId: userId })).items;
const shown = async () => (await browser.get(KEYS)).body;
const secretIn = (body: string) => /value="(gh_live_\w+)"/.exec(body)?.[1];

describe('a key of one’s own is replaced', () => {
  test('after a question: the new one is shown once and may do the same, the old one works for a day', async () => {
    const id = await issue('nightly', { expiresAt: pages.clock.now() + 90 * DAY });
    const asked = await browser.get(`${KEYS}/${id}/replace`);
    expect([asked.statusCode, (await mine()).length]).toEqual([200, 1]);
    expect(asked.body).toContain('Replace the key “nightly”?');
    const done = await post(`${KEYS}/${id}/replace`);
    expect(done.statusCode).toBe(200);
    expect(done.headers['cache-control']).toContain('no-store');
    expect(secretIn(done.body)).toBeDefined();
    expect(done.body).toContain('The old key works until');
    const keys = await mine();
    const successor = keys.find(({ replaces }) => replaces === id);
    expect(successor).toMatchObject({ name: 'nightly', scopes: ['own'], owner: { id: userId } });
    expect(keys.find((key) => key.id === id)).toMatchObject({
      replacedBy: successor?.id,
      expiresAt: pages.clock.now() + DAY,
    });
    const body = await shown();
    expect(body).not.toContain(secretIn(done.body) ?? '');
    expect(body).toMatch(/nightly[\s\S]*Replaced/);
    const { items } = await listEvents(pages.deps, { tenantId, type: 'api_key.rotated', targetId: id });
    expect(items).toMatchObject([{ actor: { id: userId } }]);
    // Once it is over it stands there no more.
    pages.clock.advance(DAY + MINUTE);
    browser = await signedIn(email);
    expect(await shown()).not.toContain('Replaced');
  });

  test('once: the second time it is said that it was', async () => {
    const id = await issue('nightly');
    const [first, second] = await Promise.all([post(`${KEYS}/${id}/replace`), post(`${KEYS}/${id}/replace`)]);
    const statuses = [first.statusCode, second.statusCode].sort();
    expect(statuses).toEqual([200, 409]);
    expect(await mine()).toHaveLength(2);
  });

  test.each(['replace', 'end'])('somebody else’s is not there (%s)', async (what) => {
    const other = await pages.addUser(`other-${what}${count}@example.com`);
    const id = await issue('theirs', {}, other.id);
    for (const path of [`${KEYS}/${id}/${what}`, `${KEYS}/key_00000000000000000000000000/${what}`]) {
      expect((await browser.get(path)).statusCode).toBe(404);
      expect((await post(path)).statusCode).toBe(404);
    }
    const { items } = await listApiKeys(pages.deps, { tenantId, ownerId: other.id });
    expect(items).toMatchObject([{ id, name: 'theirs' }]);
    expect(items[0]?.revokedAt).toBeUndefined();
  });

  test('not by a form from elsewhere, nor without a sign-in', async () => {
    const id = await issue('nightly');
    await browser.post(`${KEYS}/${id}/replace`, { csrf_token: 'x' });
    expect((await pages.browser().post(`${KEYS}/${id}/replace`, {})).statusCode).toBe(303);
    expect(await mine()).toHaveLength(1);
  });

  test('only soon after a sign-in', async () => {
    const id = await issue('nightly');
    pages.clock.advance(15 * MINUTE);
    const asked = await browser.get(`${KEYS}/${id}/replace`);
    const sent = await post(`${KEYS}/${id}/replace`);
    expect([asked.statusCode, sent.statusCode]).toEqual([303, 303]);
    expect(asked.headers.location).toMatch(/^\/sign-in|^\/confirm|^\/step-up/);
    expect(await mine()).toHaveLength(1);
  });
});

test('when it was used, and from where', async () => {
  const id = await issue('nightly');
  expect(await shown()).toContain('never used');
  const at = pages.clock.now() - 3 * DAY;
  await pages.deps.store.transaction({ tenantId }, (tx) =>
    sql`insert into api_key_last_use (tenant_id, key_id, at, address, route) values (${tenantId}, ${id}, ${at}, '192.0.2.77', 'things')`.execute(
      tx,
    ),
  );
  expect(await shown()).toContain('used 3 days ago from 192.0.2.77');
});

test('one that was set aside is said to be, and can be ended but not replaced', async () => {
  const id = await issue('found in a log');
  await quarantineApiKey(pages.deps, { tenantId, id, actor, reason: 'seen in a log' });
  const body = await shown();
  expect(body).toContain('Set aside: refused for now');
  expect(body).not.toContain(`${KEYS}/${id}/replace`);
  expect(body).toContain(`${KEYS}/${id}/end`);
});
