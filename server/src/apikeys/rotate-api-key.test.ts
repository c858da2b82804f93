import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { listEvents } from '#audit';
import { openTestStore, type TestStore } from '#testing';
import { openApiKeySnapshot } from './api-key-snapshot.ts';
import { apikeysErrors } from './errors.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { getApiKey, listApiKeys } from './list-api-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, deps, keyring, migrations, owners } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
const HOUR = 3_600_000;
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input });
const rotate = (id: string, more: { overlapMilliseconds?: number; expiresAt?: number; organizationId?: string } = {}) =>
  rotateApiKey({ ...deps, store }, { tenantId, actor, id, overlapMilliseconds: HOUR, ...more });

describe('a successor', () => {
  test('may do the same, at the same places, and knows whom it follows', async () => {
    const { apiKey } = await issue({
      scopes: ['weather:read'],
      roles: ['viewer'],
      environment: 'test',
      owner: { type: 'service_account', id: 'svc_1' },
      organizationId: 'org_1',
      description: 'nightly import',
      tags: ['billing'],
      contactEmail: 'ops@example.com',
      restrictions: { addresses: ['192.0.2.0/24'], apis: ['weather'], routes: ['weather'] },
    });
    clock.advance(1);
    const rotated = await rotate(apiKey.id);
    const { id, displayPrefix, last4, createdAt, replaces, ...same } = rotated.apiKey;
    expect(replaces).toBe(apiKey.id);
    expect(apiKey).toMatchObject(same);
    expect([id, createdAt, last4]).not.toEqual([apiKey.id, apiKey.createdAt, apiKey.last4]);
    expect(rotated.previous).toEqual({ ...apiKey, replacedBy: id, expiresAt: clock.now() + HOUR });
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(rotated.previous);
    const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id, type: 'api_key.rotated' });
    expect(items).toMatchObject([{ detail: { replacedBy: id, endsAt: clock.now() + HOUR } }]);
  });

  test('lives as long as the old one was given, or as long as is asked for', async () => {
    const { apiKey } = await issue({ expiresAt: clock.now() + 10 * HOUR });
    clock.advance(4 * HOUR);
    const { apiKey: second, previous } = await rotate(apiKey.id);
    expect(second.expiresAt).toBe(clock.now() + 10 * HOUR);
    expect(previous.expiresAt).toBe(clock.now() + HOUR);
    const { apiKey: third } = await rotate(second.id, { expiresAt: clock.now() + 5 });
    expect(third.expiresAt).toBe(clock.now() + 5);
  });

  test('never makes the old one live longer', async () => {
    const { apiKey } = await issue({ expiresAt: clock.now() + 10 });
    expect((await rotate(apiKey.id)).previous.expiresAt).toBe(apiKey.expiresAt);
  });

  test('works beside the old one until the overlap is over', async () => {
    const { key, apiKey } = await issue();
    const snapshot = await openApiKeySnapshot({ store, keyring, clock, owners });
    onTestFinished(() => snapshot.close());
    const { key: next } = await rotate(apiKey.id);
    await store.changes.caughtUp();
    const good = () => [key, next].map((text) => snapshot.verifyApiKey(text, clock.now()).ok);
    expect(good()).toEqual([true, true]);
    clock.advance(HOUR - 1);
    expect(good()).toEqual([true, true]);
    clock.advance(1);
    expect(good()).toEqual([false, true]);
  });

  test('without an overlap ends the old one at once', async () => {
    const { key, apiKey } = await issue();
    const snapshot = await openApiKeySnapshot({ store, keyring, clock, owners });
    onTestFinished(() => snapshot.close());
    const { key: next } = await rotate(apiKey.id, { overlapMilliseconds: 0 });
    await store.changes.caughtUp();
    expect([key, next].map((text) => snapshot.verifyApiKey(text, clock.now()).ok)).toEqual([false, true]);
  });

  test('is one, however many ask at once', async () => {
    const { apiKey } = await issue({ name: 'raced' });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => rotate(apiKey.id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of outcomes) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'api_key_replaced' });
    }
    const { items } = await listApiKeys({ store }, { tenantId });
    expect(items.filter(({ name }) => name === 'raced')).toHaveLength(2);
  });
});

describe('is refused', () => {
  const refused = async (id: string, code: string, more: Parameters<typeof rotate>[1] = {}) => {
    const before = (await listApiKeys({ store }, { tenantId, limit: 500 })).items;
    await expect(rotate(id, more)).rejects.toMatchObject({ code });
    expect((await listApiKeys({ store }, { tenantId, limit: 500 })).items).toEqual(before);
  };

  test('for a key that does not exist, or belongs to another organization', async () => {
    const { apiKey } = await issue({ organizationId: 'org_1' });
    await refused('key_x', 'api_key_not_found');
    await refused(apiKey.id, 'api_key_not_found', { organizationId: 'org_2' });
  });

  test('for a key that has ended', async () => {
    const revoked = await issue();
    await revokeApiKey({ ...deps, store }, { tenantId, actor, id: revoked.apiKey.id });
    await refused(revoked.apiKey.id, 'api_key_ended');
    const expired = await issue({ expiresAt: clock.now() + 1 });
    clock.advance(1);
    await refused(expired.apiKey.id, 'api_key_ended');
  });

  test('to whoever may not hand out what the key may do', async () => {
    const { apiKey } = await issue({ roles: ['administrator'] });
    const authorizeGrant = () => {
      throw apikeysErrors.api_key_not_found({ message: 'not yours to give' });
    };
    await expect(
      rotateApiKey({ ...deps, store, authorizeGrant }, { tenantId, actor, id: apiKey.id, overlapMilliseconds: 0 }),
    ).rejects.toThrow('not yours to give');
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
  });
});
