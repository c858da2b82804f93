import { afterAll, beforeAll, expect, test } from 'vitest';
import { apikeysMigrations, issueApiKey } from '#apikeys';
import { auditMigrations } from '#audit';
import { systemPrincipal, DEFAULT_TENANT_ID as tenantId } from '#base';
import { createUser, directoryMigrations } from '#directory';
import type { Mailer } from '#mail';
import { resourcesMigrations } from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { quotaMail } from './quota-mail.ts';
import { organizationOfQuota } from './quota-organization.ts';

const clock = fixedClock();
const random = seededRandom();
const actor = systemPrincipal(tenantId, 'test');
let store: TestStore;
let userId: string;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations, directoryMigrations, apikeysMigrations], {
    clock,
  });
  const deps = { store, clock, random };
  userId = (
    await store.transaction({ tenantId }, (tx) =>
      createUser(tx, deps, { tenantId, actor, email: 'ada@example.com', name: 'Ada' }),
    )
  ).id;
});
afterAll(() => store?.close());

async function told(subject: string): Promise<string[]> {
  const mails: string[] = [];
  const mailer: Mailer = {
    queue: async (_tx, { to, template, values }) => {
      mails.push(`${to} ${template} ${'what' in values ? values.what : ''}`);
      return 'queued';
    },
    request: async () => undefined,
  };
  const quota = { tenantId, limit: 'plan', subject, percent: 80, used: 8, requests: 10, period: '2026-01' };
  await quotaMail({ store, mailer })(quota);
  return mails;
}

const issue = async (more: object) => {
  const keyring = { mac: () => random.bytes(32) };
  const deps = { store, keyring, clock, random, authorizeGrant: () => undefined, holds: () => true };
  return (await issueApiKey(deps, { tenantId, actor, name: 'nightly', ...more })).apiKey.id;
};

test('a key’s contact, else the person it acts for; a person, however they came', async () => {
  const owner = { type: 'user' as const, id: userId };
  const nightly = expect.stringMatching(/ quota_reached nightly \(gh_live_.{4}….{4}\)$/);
  expect(await told(await issue({ contactEmail: 'ops@example.com', owner }))).toEqual([nightly]);
  expect((await told(await issue({ contactEmail: 'ops@example.com', owner })))[0]).toMatch(/^ops@/);
  expect((await told(await issue({ owner })))[0]).toMatch(/^ada@example.com quota_reached nightly/);
  expect(await told(userId)).toEqual(['ada@example.com quota_reached ada@example.com']);
  expect(await told(`${userId} spa`)).toEqual(['ada@example.com quota_reached ada@example.com']);
});

test.each(['', '203.0.113.7', 'of org_1', 'svc_1', 'key_gone', 'usr_gone'])('nobody of "%s"', async (subject) => {
  expect(await told(subject)).toEqual([]);
});

test('nobody of a key without anybody', async () => {
  expect(await told(await issue({}))).toEqual([]);
});

test('a quota is the organization’s of its key, or that counts', async () => {
  const ids = [await issue({ organizationId: 'org_acme' }), await issue({}), 'of org_bolt', 'alone usr_1', 'key_x', ''];
  const whose = store.transaction({ system: true }, (tx) =>
    Promise.all(ids.map((subject) => organizationOfQuota(tx, { tenantId, subject }))),
  );
  expect(await whose).toEqual(['org_acme', undefined, 'org_bolt', undefined, undefined, undefined]);
});
