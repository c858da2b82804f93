import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '#testing';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { type ApiKeyState, listApiKeys } from './list-api-keys.ts';
import { quarantineApiKey } from './quarantine-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const tenantId = 'ten_find';
let store: TestStore;
const issued = new Map<string, { id: string; key: string }>();

beforeAll(async () => {
  store = await openTestStore(migrations);
  const issue = async (name: string, input: Partial<IssueApiKeyInput> = {}) => {
    const { key, apiKey } = await issueApiKey({ ...deps, store }, { tenantId, actor, name, ...input });
    issued.set(name, { id: apiKey.id, key });
    clock.advance(1);
    return { ...deps, store, input: { tenantId, actor, id: apiKey.id } };
  };
  await issue('Billing 100%', { tags: ['team:finance'], contactEmail: 'cash@example.com', scopes: ['ledger:write'] });
  await issue('shop', {
    description: 'Sells things_in Bern',
    owner: { type: 'user', id: 'usr_bern' },
    roles: ['desk'],
  });
  await issue('over', { expiresAt: clock.now() + 1000 });
  const aside = await issue('aside');
  await quarantineApiKey(aside, { ...aside.input, reason: 'seen in a log' });
  const ended = await issue('ended');
  await revokeApiKey(ended, ended.input);
  const old = await issue('turned');
  await rotateApiKey(old, { ...old.input, overlapMilliseconds: 60_000 });
  clock.advance(2000);
  await issueApiKey({ ...deps, store }, { tenantId: 'ten_other', actor, name: 'shop of others' });
});
afterAll(() => store.close());

const found = async (filter: object) =>
  (await listApiKeys({ store }, { tenantId, ...filter })).items.map(({ name }) => name);

test.for<[ApiKeyState, string[]]>([
  // Of a key that was rotated, the one that takes its place is active.
  ['active', ['turned', 'shop', 'Billing 100%']],
  ['rotated', ['turned']],
  ['expired', ['over']],
  ['quarantined', ['aside']],
  ['revoked', ['ended']],
])('keys that are %s', async ([state, names]) => {
  expect(await found({ state: { state, now: clock.now() } })).toEqual(names);
});

test('a rotated key is expired once it has ended', async () => {
  expect(await found({ state: { state: 'expired', now: clock.now() + 60_000 } })).toEqual(['turned', 'over']);
});

test.for<[string, string[]]>([
  ['billing', ['Billing 100%']],
  ['BILL', ['Billing 100%']],
  ['ILLING', ['Billing 100%']],
  ['finance', ['Billing 100%']],
  ['cash@', ['Billing 100%']],
  ['ledger:write', ['Billing 100%']],
  ['bern', ['shop']],
  ['sells usr_bern', ['shop']],
  ['sells billing', []],
  ['desk', ['shop']],
  // Neither stands for anything else.
  ['%', ['Billing 100%']],
  ['s_i', ['shop']],
  ["'", []],
  ['nothing of the kind', []],
  ['   ', ['turned', 'turned', 'ended', 'aside', 'over', 'shop', 'Billing 100%']],
  // What is beyond eight words is not looked for.
  ['billing bill bil illing finance ledger cash team nowhere', ['Billing 100%']],
])('%j finds %j', async ([search, names]) => {
  expect(await found({ search })).toEqual(names);
});

test('a key is found by its id, and by what is shown of it; not by what is not', async () => {
  const { id = '', key = '' } = issued.get('shop') ?? {};
  expect(await found({ search: id })).toEqual(['shop']);
  expect(await found({ search: `${key.slice(0, 12)}…${key.slice(-4)}` })).toEqual(['shop']);
  expect(await found({ search: key.slice(12, 20) })).toEqual([]);
});
