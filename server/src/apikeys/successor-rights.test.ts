/** Who takes the place of a key has what it had: not more, whoever replaces it, and however. */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Principal, systemPrincipal } from '#base';
import { openTestStore, type TestStore } from '#testing';
import { openApiKeySnapshot } from './api-key-snapshot.ts';
import { declareBreach } from './declare-breach.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import type { KeyOwners } from './key-owners.ts';
import { getApiKey } from './list-api-keys.ts';
import { offerRotations, pickUpKey, viewPickUp } from './pick-up-api-key.ts';
import { quarantineApiKey, releaseApiKey } from './quarantine-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { applyKeyPolicy, clock, deps, actor as elsewhere, keyring, migrations } from './sample-deps.fixture.ts';

const DAY = 86_400_000;
let store: TestStore;
let tenantId = '';
let admin: Principal;
let person: Principal;
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store?.close());
beforeEach(() => {
  tenants += 1;
  tenantId = `ten_${tenants}`;
  admin = { ...elsewhere, tenantId };
  person = { ...admin, id: 'usr_1' };
});

const policy = (spec: object) => applyKeyPolicy(store, tenantId, spec);
const issue = async (more: Partial<IssueApiKeyInput> = {}) =>
  (await issueApiKey({ ...deps, store }, { tenantId, actor: admin, name: 'demo', scopes: ['orders:write'], ...more }))
    .apiKey;
const rotate = (actor: Principal, id: string) =>
  rotateApiKey({ ...deps, store }, { tenantId, actor, id, overlapMilliseconds: DAY });
const linkFor = async () => {
  const links: string[] = [];
  await offerRotations(
    {
      ...deps,
      store,
      mailer: { queue: async () => 'queued' },
      mailAddressOf: async () => 'somebody@example.com',
      linkTo: (token) => {
        links.push(token);
        return token;
      },
    },
    { tenantId },
  );
  return links.at(-1) ?? '';
};

const REPLACED: Readonly<Record<string, (id: string) => Promise<string | undefined>>> = {
  'by an administrator': async (id) => (await rotate(admin, id)).key,
  'by its owner': async (id) => (await rotate(person, id)).key,
  'after a breach': async (id) =>
    (await declareBreach({ ...deps, store }, { tenantId, actor: admin, credential: id, reason: 'x', replace: true }))
      .replacement?.key,
  'by a link': async () => {
    clock.advance(80 * DAY);
    return (await pickUpKey({ ...deps, store }, { tenantId, token: await linkFor() }))?.key;
  },
};
const owner = { type: 'user' as const, id: 'usr_1' };

describe.for(Object.entries(REPLACED))('replaced %s', ([, replace]) => {
  test.for([
    ['a key that a person gave himself does no more than he may', 'usr_1', []],
    ['a key that an administrator gave goes on', 'usr_admin', ['orders:write']],
  ] as const)('%s', async ([, by, scopes]) => {
    await policy({ rotateEveryDays: 90, pickUp: {} });
    const { id } = await issue({ owner, actor: { ...admin, id: by } });
    // He has lost all that he could give.
    const owners: KeyOwners = {
      standing: async (places) => places.map(() => ({ roles: [], groups: [] })),
      narrow: (_place, _standing, key) => ({ roles: [], scopes: key.byOwner ? [] : key.scopes }),
      version: () => 0,
    };
    const text = (await replace(id)) ?? '';
    const snapshot = await openApiKeySnapshot({ store, keyring, clock, owners });
    onTestFinished(() => snapshot.close());
    expect(snapshot.verifyApiKey(text, clock.now())).toMatchObject({ ok: true, principal: { id: 'usr_1', scopes } });
  });

  test.for([
    ['a key without an end gets one', undefined, 90 * DAY],
    ['one that lived longer lives as long as may be', 400 * DAY, 90 * DAY],
    ['one that lived shorter lives as long as it did', 85 * DAY, 85 * DAY],
  ] as const)('and a policy that came later: %s', async ([, lifetime, expected]) => {
    const { id } = await issue({ owner, ...(lifetime === undefined ? {} : { expiresAt: clock.now() + lifetime }) });
    await policy({ lifetimeDaysMax: 90, rotateEveryDays: 84, pickUp: {} });
    expect(await replace(id)).toMatch(/^gh_live_/);
    const { replacedBy = '' } = await getApiKey({ store }, { tenantId, id });
    const { createdAt, expiresAt = 0 } = await getApiKey({ store }, { tenantId, id: replacedBy });
    expect(expiresAt - createdAt).toBe(expected);
  });
});

describe('a key that is set aside', () => {
  test.for([
    ['its owner', () => person, 'api_key_set_aside'],
    ['the program', () => systemPrincipal(tenantId, 'x'), 'api_key_set_aside'],
    ['an administrator', () => admin, undefined],
  ] as const)('is replaced by %s: %s', async ([, actor, code]) => {
    const { id } = await issue({ owner });
    await quarantineApiKey({ ...deps, store }, { tenantId, actor: admin, id, reason: 'seen' });
    const done = rotate(actor(), id);
    if (code === undefined) expect((await done).apiKey.replaces).toBe(id);
    else await expect(done).rejects.toMatchObject({ code });
  });

  test('nor does it replace itself', async () => {
    const { id } = await issue();
    await quarantineApiKey({ ...deps, store }, { tenantId, actor: admin, id, reason: 'seen' });
    await expect(rotate({ ...admin, type: 'api_key', id }, id)).rejects.toMatchObject({ code: 'api_key_set_aside' });
  });

  test('is not picked up by a link that was sent before, until it is released', async () => {
    await policy({ rotateEveryDays: 90, pickUp: {} });
    const { id } = await issue({ owner });
    clock.advance(80 * DAY);
    const link = { tenantId, token: await linkFor() };
    await quarantineApiKey({ ...deps, store }, { tenantId, actor: admin, id, reason: 'seen' });
    const tried = async () => [await viewPickUp({ ...deps, store }, link), await pickUpKey({ ...deps, store }, link)];
    expect(await tried()).toEqual([undefined, undefined]);
    await releaseApiKey({ ...deps, store }, { tenantId, actor: admin, id, reason: 'ours' });
    expect(await tried()).toMatchObject([{ name: 'demo' }, { name: 'demo' }]);
  });
});
