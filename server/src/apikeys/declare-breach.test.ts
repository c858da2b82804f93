import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { openTestStore, type TestStore } from '#testing';
import { type DeclareBreachInput, declareBreach, draftNotice } from './declare-breach.ts';
import { apikeysErrors } from './errors.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { getApiKey, listApiKeys } from './list-api-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const tenantId = 'ten_1';
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

const issue = (input: Partial<IssueApiKeyInput> = {}) =>
  issueApiKey({ ...deps, store }, { tenantId, actor, name: 'demo', ...input });
const declare = (credential: string, more: Partial<DeclareBreachInput> = {}) =>
  declareBreach({ ...deps, store }, { tenantId, actor, credential, reason: 'stolen', replace: false, ...more });

describe('a breach', () => {
  test('ends the key, told by its text or its id', async () => {
    for (const by of ['text', 'id'] as const) {
      const { key, apiKey } = await issue();
      const { apiKey: ended, replacement } = await declare(by === 'text' ? key : apiKey.id);
      expect([ended.id, ended.revokedAt, ended.revokeReason, replacement]).toEqual([
        apiKey.id,
        clock.now(),
        'stolen',
        undefined,
      ]);
      const { items } = await listEvents({ store }, { tenantId, targetId: apiKey.id });
      expect(items.map(({ type }) => type)).toEqual(['api_key.revoked', 'api_key.breached', 'api_key.issued']);
    }
  });

  test('replaces the key, also one that had ended, and once', async () => {
    const { apiKey } = await issue({ scopes: ['weather:read'], expiresAt: clock.now() + 1000 });
    await revokeApiKey({ ...deps, store }, { tenantId, actor, id: apiKey.id, reason: 'before' });
    clock.advance(5);
    const { apiKey: ended, replacement } = await declare(apiKey.id, { replace: true });
    expect(ended).toMatchObject({ revokeReason: 'before', replacedBy: replacement?.apiKey.id });
    expect(replacement?.apiKey).toMatchObject({
      scopes: ['weather:read'],
      replaces: apiKey.id,
      expiresAt: clock.now() + 1000,
    });
    expect(await declare(apiKey.id, { replace: true })).toEqual({ apiKey: ended });
  });

  test('ends a key that was rotated before, which still works beside its successor', async () => {
    const { apiKey } = await issue();
    const rotating = { tenantId, actor, id: apiKey.id, overlapMilliseconds: 3_600_000 };
    const { apiKey: successor } = await rotateApiKey({ ...deps, store }, rotating);
    const { apiKey: ended, replacement } = await declare(apiKey.id, { replace: true });
    expect([ended.revokedAt, ended.replacedBy, replacement]).toEqual([clock.now(), successor.id, undefined]);
    expect((await getApiKey({ store }, { tenantId, id: successor.id })).revokedAt).toBeUndefined();
  });

  test('declared by many at once makes one replacement', async () => {
    const { apiKey } = await issue({ name: 'raced' });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => declare(apiKey.id, { replace: true })));
    const made = outcomes.filter((each) => each.status === 'fulfilled' && each.value.replacement !== undefined);
    expect(made).toHaveLength(1);
    expect((await listApiKeys({ store }, { tenantId })).items.filter(({ name }) => name === 'raced')).toHaveLength(2);
  });

  test('leaves everything as it was when the replacement may not be handed out', async () => {
    const { apiKey } = await issue();
    const authorizeGrant = () => {
      throw apikeysErrors.api_key_not_found({ message: 'not yours to give' });
    };
    const input = { tenantId, actor, credential: apiKey.id, reason: 'x', replace: true };
    await expect(declareBreach({ ...deps, store, authorizeGrant }, input)).rejects.toThrow('not yours to give');
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
  });

  test.for(['key_x', '', 'gh_live_nonsense', `gh_live_${'x'.repeat(5000)}`])(
    'of %j is not found',
    async (credential) => {
      await expect(declare(credential)).rejects.toMatchObject({ code: 'api_key_not_found' });
    },
  );

  test.for([
    ['client_secret', 'a client secret', 'clients secrets revoke <client> <id> --end-tokens'],
    ['refresh_token', 'a refresh token', 'End it where it comes from'],
    ['access_token', 'an access token', 'End it where it comes from'],
  ] as const)('of a %s says what it is, and that nothing was ended', async ([kind, what, words]) => {
    const text = mintCredential(kind, systemRandom);
    const error = await declare(text).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'breach_of_other_credential', message: expect.stringContaining(what) });
    expect(String(error)).toContain(words);
    expect(String(error)).toContain(text.slice(-4));
    expect(String(error)).not.toContain(text.slice(0, -8));
  });

  test('of another tenant’s or organization’s key is not found', async () => {
    const { key, apiKey } = await issue({ organizationId: 'org_1' });
    for (const credential of [key, apiKey.id]) {
      await expect(declare(credential, { tenantId: 'ten_2' })).rejects.toMatchObject({ code: 'api_key_not_found' });
      const elsewhere = declare(credential, { organizationId: 'org_2' });
      await expect(elsewhere).rejects.toMatchObject({ code: 'api_key_not_found' });
    }
    expect(await getApiKey({ store }, { tenantId, id: apiKey.id })).toEqual(apiKey);
  });
});

describe('the draft of a notice', () => {
  const apiKey = { name: 'demo', displayPrefix: 'gh_live_1a2b', last4: '9z8y', revokedAt: Date.UTC(2026, 0, 2) };
  const touched = {
    calls: 7,
    allowed: 5,
    firstAt: Date.UTC(2026, 0, 1),
    lastAt: Date.UTC(2026, 0, 2),
    routes: [
      { of: 'weather', allowed: 5 },
      { of: 'admin', allowed: 0 },
    ],
    addresses: [{ of: '192.0.2.1' }, { of: '192.0.2.2' }],
    complete: true,
    tokens: 0,
  };
  const nothing = { counts: [], complete: true };
  const draft = (
    seen: Parameters<typeof draftNotice>[0]['touched'],
    changed: Parameters<typeof draftNotice>[0]['changed'] = nothing,
  ) => draftNotice({ apiKey, touched: seen, changed, now: Date.UTC(2026, 0, 3) });

  test('tells what is known', () => {
    expect(draft(touched)).toContain('7 calls with it between 2026-01-01T00:00:00.000Z and 2026-01-02T00:00:00.000Z');
    expect(draft(touched)).toContain('5 of them allowed, from 2 addresses');
    expect(draft(touched)).toContain('It was used at: weather.');
    expect(draft(touched)).not.toContain('more records');
  });

  test('counts one as one', () => {
    const single = { ...touched, calls: 1, allowed: 1, addresses: [{ of: '192.0.2.1' }], tokens: 1 };
    const text = draft({ ...single, routes: [{ of: '', allowed: 1 }] });
    for (const words of ['1 call with', 'from 1 address.', 'with 1 token that', 'used at: Gatehouse itself.'])
      expect(text).toContain(words);
  });

  test.for([
    ['that nobody used it', { ...touched, calls: 0, routes: [] }, 'no call with it'],
    ['that there is more', { ...touched, complete: false }, 'more records than these figures cover'],
    ['that it was not looked into', undefined, 'look into the access records'],
    ['that it was exchanged', { ...touched, tokens: 2 }, 'calls with 2 tokens that it was exchanged for'],
  ] as const)('says so: %s', ([, seen, words]) => {
    expect(draft(seen)).toContain(words);
    expect(draft(touched)).not.toContain(words);
  });

  test.for([
    ['what was changed', { counts: [{ type: 'api_key.issued', count: 2 }], complete: true }, 'api_key.issued (2).'],
    ['that there is more', { counts: [], complete: false }, 'more records than these figures cover'],
  ] as const)('says so of Gatehouse itself: %s', ([, changed, words]) => {
    expect(draft(touched, changed)).toContain(words);
    expect(draft(touched)).not.toContain(words);
  });

  test('speaks of the holder’s calls where there are any', () => {
    const words = 'Calls by the rightful holder';
    expect(draft(touched)).toContain(words);
    expect(draft({ ...touched, calls: 0, routes: [] })).not.toContain(words);
  });

  test('says that nobody looked into the audit log', () => {
    const words = 'look into the audit log';
    expect(draftNotice({ apiKey, touched, changed: undefined, now: 0 })).toContain(words);
    expect(draft(touched)).not.toContain(words);
  });
});
