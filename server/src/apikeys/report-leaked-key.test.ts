import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { systemPrincipal, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import type { Mailer } from '#mail';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { openTestStore, type TestStore } from '#testing';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { keyPolicyKind } from './key-policy.ts';
import { getApiKey } from './list-api-keys.ts';
import { releaseApiKey } from './quarantine-api-key.ts';
import { reportLeakedKey } from './report-leaked-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
const QUARANTINES = 'ten_2';
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
  const documents = readPlainDocuments(kindRegistry([keyPolicyKind]), [
    { kind: 'key_policy', name: 'default', spec: { leaked: 'quarantine' } },
  ]);
  await applyResources({ ...deps, store }, { caller: systemCaller(QUARANTINES, 'test'), documents });
});
afterAll(() => store.close());

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input });

function reporter(fails = false) {
  const mails: object[] = [];
  const mailer: Mailer = {
    queue: async (_tx, mail) => {
      if (fails) throw new Error('the outbox is out of order');
      mails.push(mail);
      return 'queued';
    },
    request: async () => undefined,
  };
  const mailAddressOf = async (_tx: unknown, { userId }: { userId: string }) => `${userId}@example.com`;
  const report = async (
    text: string,
    within?: { tenantId: string; organizationId?: string },
    where: { url?: string; file?: string; place?: string } = { url: 'https://github.test/x' },
  ) =>
    reportLeakedKey(
      { ...deps, store, mailer, mailAddressOf },
      { text, source: 'github', ...where },
      { actor: (tenant) => systemPrincipal(tenant, 'test'), ...(within === undefined ? {} : { within }) },
    );
  return { mails, report };
}

describe('a key that leaked', () => {
  test('is revoked, its contact told, and all of it is written down', async () => {
    const { key, apiKey } = await issue({ contactEmail: 'ops@example.com' });
    const { report, mails } = reporter();
    expect((await report(key)).outcome).toBe('revoked');
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toMatchObject({
      revokedAt: clock.now(),
      revokeReason: 'leaked, reported by github',
    });
    expect(mails).toMatchObject([
      {
        to: 'ops@example.com',
        template: 'leaked_key_revoked',
        values: { key: 'demo', display: `${key.slice(0, 12)}…${key.slice(-4)}`, place: 'https://github.test/x' },
      },
    ]);
    expect(JSON.stringify(mails)).not.toContain(key);
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id });
    expect(items.map(({ type }) => type)).toEqual(['api_key.revoked', 'api_key.leaked', 'api_key.issued']);
    expect((await report(key)).outcome).toBe('ended');
    expect((await listEvents({ store }, { tenantId, targetId: apiKey.id })).items).toHaveLength(3);
    expect(mails).toHaveLength(1);
  });

  test('is set aside where the policy says so', async () => {
    const { key, apiKey } = await issue({ tenantId: QUARANTINES, owner: { type: 'user', id: 'usr_1' } });
    const { report, mails } = reporter();
    expect((await report(key)).outcome).toBe('quarantined');
    expect((await report(key)).outcome).toBe('aside');
    const kept = await getApiKey({ store }, { tenantId: QUARANTINES, id: apiKey.id });
    expect([kept.quarantinedAt, kept.revokedAt]).toEqual([clock.now(), undefined]);
    expect(mails).toMatchObject([{ to: 'usr_1@example.com', template: 'leaked_key_set_aside' }]);
  });

  test('and was looked at and released is not set aside anew by a report that is known', async () => {
    const { key, apiKey } = await issue({ tenantId: QUARANTINES, contactEmail: 'ops@example.com' });
    const which = { tenantId: QUARANTINES, actor, id: apiKey.id };
    const { report, mails } = reporter();
    const at = (url: string) => report(key, undefined, { url }).then(({ outcome }) => outcome);
    const release = () => releaseApiKey({ ...deps, store }, { ...which, reason: 'an example' });
    expect(await at('https://github.test/x')).toBe('quarantined');
    expect(await at('https://github.test/y')).toBe('aside');
    await release();
    expect([await at('https://github.test/x'), await at('https://github.test/y')]).toEqual(['released', 'released']);
    expect((await getApiKey({ store }, which)).quarantinedAt).toBeUndefined();
    expect(mails).toHaveLength(1);
    const leaks = await listEvents({ store }, { tenantId: QUARANTINES, targetId: apiKey.id, type: 'api_key.leaked' });
    expect(leaks.items.map(({ detail }) => detail?.url)).toEqual(['https://github.test/y', 'https://github.test/x']);
    expect(await at('https://github.test/z'), 'found elsewhere').toBe('quarantined');
    await release();
    const unplaced = (where: { place?: string }) => report(key, undefined, where).then(({ outcome }) => outcome);
    expect(await unplaced({ place: 'the same text' })).toBe('quarantined');
    await release();
    expect([await unplaced({ place: 'the same text' }), await unplaced({})]).toEqual(['released', 'quarantined']);
  });

  test('is known by the file that it was found in, where that has no address', async () => {
    const { key, apiKey } = await issue({ tenantId: QUARANTINES, contactEmail: 'ops@example.com' });
    const { report, mails } = reporter();
    const within = (file: string) => report(key, undefined, { file }).then(({ outcome }) => outcome);
    expect(await within('acme/shop: .env')).toBe('quarantined');
    await releaseApiKey({ ...deps, store }, { tenantId: QUARANTINES, actor, id: apiKey.id, reason: 'an example' });
    expect([await within('acme/shop: .env'), await within('acme/till: .env')]).toEqual(['released', 'quarantined']);
    expect(mails).toMatchObject([{ values: { place: 'acme/shop: .env' } }, { values: { place: 'acme/till: .env' } }]);
    const { items } = await listEvents(
      { store },
      { tenantId: QUARANTINES, type: 'api_key.leaked', targetId: apiKey.id },
    );
    expect(items.map(({ detail }) => detail?.file)).toEqual(['acme/till: .env', 'acme/shop: .env']);
  });

  test('is ended once, however many report it at once', async () => {
    const { key, apiKey } = await issue({ contactEmail: 'ops@example.com' });
    const { report, mails } = reporter();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => report(key)));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(19).fill('ended'), 'revoked']);
    expect((await listEvents({ store }, { tenantId, targetId: apiKey.id, type: 'api_key.leaked' })).items).toHaveLength(
      1,
    );
    expect(mails).toHaveLength(1);
  });

  test('stays as it was when it can’t all be done', async () => {
    const { key, apiKey } = await issue({ contactEmail: 'ops@example.com' });
    await expect(reporter(true).report(key)).rejects.toThrow('out of order');
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
  });
});

describe('nothing happens to', () => {
  test.for([
    ['text that is no credential', (): string => 'hello'],
    ['a key nobody issued', (): string => mintCredential('api_key', systemRandom)],
    ['a credential of another kind', (): string => mintCredential('refresh_token', systemRandom)],
    ['text without an end', (): string => `gh_live_${'x'.repeat(100_000)}`],
  ] as const)('%s', async ([, text]) => {
    expect(await reporter().report(text())).toEqual({ outcome: 'unknown' });
  });

  test('a key that had ended', async () => {
    const { key, apiKey } = await issue();
    await revokeApiKey({ ...deps, store }, { tenantId, actor, id: apiKey.id, reason: 'before' });
    expect((await reporter().report(key)).outcome).toBe('ended');
    expect((await getApiKey({ store }, { tenantId, id: apiKey.id })).revokeReason).toBe('before');
  });

  test('a key of another tenant or organization than the reporter’s', async () => {
    const { key, apiKey } = await issue({ organizationId: 'org_1' });
    const { report } = reporter();
    expect(await report(key, { tenantId: QUARANTINES })).toEqual({ outcome: 'unknown' });
    expect(await report(key, { tenantId, organizationId: 'org_2' })).toEqual({ outcome: 'unknown' });
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
    expect((await report(key, { tenantId, organizationId: 'org_1' })).outcome).toBe('revoked');
  });
});
