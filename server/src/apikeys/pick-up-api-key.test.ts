import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import type { Store } from '#store';
import { openSecondStore, openTestStore, type TestStore } from '#testing';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { keyPolicyKind } from './key-policy.ts';
import { getApiKey } from './list-api-keys.ts';
import { type OfferRotationsDeps, offerRotations, pickUpKey, prunePickUps, viewPickUp } from './pick-up-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const DAY = 86_400_000;
const POLICY = { rotateEveryDays: 90, pickUp: { daysBefore: 14, overlapDays: 7 } };
let store: TestStore;
let other: Store;
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore(migrations);
  other = await openSecondStore(store, migrations);
});
afterAll(async () => {
  await other?.close();
  await store?.close();
});

/** A tenant of its own for each test. */
async function world(policy: object = POLICY) {
  tenants += 1;
  const tenantId = `ten_pick_${tenants}`;
  const mails: { to: string; link: string; days: string }[] = [];
  const mailer: OfferRotationsDeps['mailer'] = {
    queue: async (_tx, { to, template, values }) => {
      if (template !== 'key_pick_up' || !('link' in values)) throw new TypeError(template);
      mails.push({ to, link: String(values.link), days: 'days' in values ? String(values.days) : '' });
      return 'queued';
    },
  };
  const documents = readPlainDocuments(kindRegistry([keyPolicyKind]), [
    { kind: 'key_policy', name: 'default', spec: policy },
  ]);
  await applyResources({ ...deps, store }, { caller: systemCaller(tenantId, 'test'), documents });
  const issue = async (more: Partial<IssueApiKeyInput> = {}) =>
    (
      await issueApiKey(
        { ...deps, store },
        { tenantId, actor, name: 'nightly', contactEmail: 'ops@example.com', scopes: ['a:read'], ...more },
      )
    ).apiKey;
  const offer = (on: Pick<Store, 'transaction'> = store) =>
    offerRotations(
      {
        ...deps,
        store: on,
        mailer,
        mailAddressOf: async (_tx, { userId }) => (userId === 'usr_gone' ? undefined : `${userId}@example.com`),
        linkTo: (token) => token,
      },
      { tenantId },
    );
  return {
    tenantId,
    mails,
    issue,
    offer,
    use: (token: string, on: Pick<Store, 'transaction'> = store) =>
      pickUpKey({ ...deps, store: on }, { tenantId, token }),
    view: (token: string) => viewPickUp({ ...deps, store }, { tenantId, token }),
    read: (id: string) => getApiKey({ store }, { tenantId, id }),
    /** A link for a key that is due. */
    due: async () => {
      const key = await issue();
      clock.advance(76 * DAY);
      await offer();
      return { key, link: mails.at(-1)?.link ?? '' };
    },
  };
}

test('a link fourteen days before a key is due, once, whoever sends it; the next for its successor', async () => {
  const { issue, offer, mails, use, tenantId } = await world();
  const key = await issue();
  clock.advance(76 * DAY - 1);
  expect(await offer()).toBe(0);
  clock.advance(1);
  expect((await Promise.all([offer(), offer(other), offer()])).toSorted()).toEqual([0, 0, 1]);
  expect(mails.map(({ to, days }) => [to, days])).toEqual([['ops@example.com', '14']]);
  const events = await listEvents({ store }, { tenantId, type: 'api_key.rotation_offered', targetId: key.id });
  expect(events.items).toHaveLength(1);
  expect(await use(mails[0]?.link ?? '')).toBeDefined();
  clock.advance(76 * DAY);
  expect(await offer()).toBe(1);
});

test('the new key may do the same, and the old one works for a week more', async () => {
  const { due, use, view, read } = await world();
  const { key, link } = await due();
  expect(await view(link)).toEqual({ name: 'nightly', display: expect.stringMatching(/^gh_live_.{4}….{4}$/) });
  const picked = await use(link);
  expect(picked).toEqual({ name: 'nightly', key: expect.stringMatching(/^gh_live_/), endsAt: clock.now() + 7 * DAY });
  const old = await read(key.id);
  expect(old).toMatchObject({ expiresAt: clock.now() + 7 * DAY, replacedBy: expect.stringMatching(/^key_/) });
  expect(await read(old.replacedBy ?? '')).toMatchObject({ scopes: ['a:read'], contactEmail: 'ops@example.com' });
  expect([await use(link), await view(link)]).toEqual([undefined, undefined]);
});

test('of many who follow a link at once, one has the key', async () => {
  const { due, use } = await world();
  const { link } = await due();
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => use(link, index % 2 === 0 ? store : other)));
  expect(all.filter((each) => each !== undefined)).toHaveLength(1);
});

test('no link opens what was ended, replaced or is over; nor anything of another tenant', async () => {
  const first = await world();
  const revoked = await first.due();
  await revokeApiKey({ ...deps, store }, { tenantId: first.tenantId, actor, id: revoked.key.id });
  const rotated = await first.due();
  await rotateApiKey(
    { ...deps, store },
    { tenantId: first.tenantId, actor, id: rotated.key.id, overlapMilliseconds: DAY },
  );
  const late = await first.due();
  const elsewhere = await (await world()).due();
  for (const { link } of [revoked, rotated, elsewhere]) expect(await first.use(link)).toBeUndefined();
  expect([await first.view(rotated.link), await first.view(elsewhere.link)]).toEqual([undefined, undefined]);
  expect(await first.use('gh_ln_made_up')).toBeUndefined();
  clock.advance(104 * DAY);
  expect([await first.view(late.link), await first.use(late.link)]).toEqual([undefined, undefined]);
});

test('to the person it acts for; and none to nobody, without the policy, or for a key that ends before', async () => {
  const { issue, offer, mails } = await world();
  const { contactEmail: _, ...nobody } = { contactEmail: undefined };
  await issue({ ...nobody, name: 'persons', contactEmail: 'x@example.com', owner: { type: 'user', id: 'usr_1' } });
  await store.transaction({ system: true }, (tx) =>
    sql`update api_keys set contact_email = null where name = 'persons'`.execute(tx),
  );
  await issue({ name: 'short', expiresAt: clock.now() + 80 * DAY });
  await issue({ name: 'gone', owner: { type: 'user', id: 'usr_gone' } });
  await store.transaction({ system: true }, (tx) =>
    sql`update api_keys set contact_email = null where name = 'gone'`.execute(tx),
  );
  const plain = await world({ rotateEveryDays: 90 });
  await plain.issue();
  clock.advance(77 * DAY);
  expect([await offer(), await plain.offer()]).toEqual([1, 0]);
  expect(mails.map(({ to }) => to)).toEqual(['usr_1@example.com']);
});

test('the database holds no link, and forgets old ones', async () => {
  const { due, tenantId } = await world();
  const { link } = await due();
  const rows = () =>
    store.transaction({ tenantId }, async (tx) => (await sql`select * from api_key_pick_ups`.execute(tx)).rows);
  const before = await rows();
  expect(before).toHaveLength(1);
  expect(JSON.stringify(before)).not.toContain(link);
  await prunePickUps({ store }, clock.now() + 30 * DAY);
  expect(await rows()).toEqual([]);
});
