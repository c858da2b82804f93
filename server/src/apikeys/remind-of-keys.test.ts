import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { openSecondStore, openTestStore, type TestStore } from '#testing';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { type RemindOfKeysDeps, remindOfKeys } from './remind-of-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, applyKeyPolicy, clock, deps, migrations } from './sample-deps.fixture.ts';

const DAY = 86_400_000;
let store: TestStore;
let tenants = 0;
beforeAll(async () => {
  store = await openTestStore(migrations);
});
afterAll(() => store.close());

/** A tenant of its own for each test. */
function world(on: Pick<TestStore, 'transaction'> = store) {
  tenants += 1;
  const tenantId = `ten_${tenants}`;
  const mails: { to: string; template: string; values: Record<string, string> }[] = [];
  const mailer: RemindOfKeysDeps['mailer'] = {
    queue: async (_tx, mail) => {
      mails.push(mail as never);
      return 'queued';
    },
  };
  const mailAddressOf: RemindOfKeysDeps['mailAddressOf'] = async (_tx, { userId }) => `${userId}@example.com`;
  return {
    tenantId,
    told: () => mails.splice(0).map(({ to, template, values }) => `${to} ${template} ${values.days}`),
    issue: (days: number | undefined, more: Partial<IssueApiKeyInput> = {}) =>
      issueApiKey(
        { ...deps, store },
        {
          tenantId,
          actor,
          name: 'demo',
          contactEmail: 'ops@example.com',
          ...(days === undefined ? {} : { expiresAt: clock.now() + days * DAY }),
          ...more,
        },
      ),
    remind: (elsewhere = on) => remindOfKeys({ ...deps, store: elsewhere, mailer, mailAddressOf }, { tenantId }),
    policy: (spec: object) => applyKeyPolicy(store, tenantId, spec),
  };
}

test('30, 7 and 1 days before a key ends, each once', async () => {
  const { issue, remind, told, tenantId } = world();
  const { apiKey } = await issue(90);
  const seen: string[] = [];
  for (let day = 0; day < 95; day += 1) {
    await remind();
    await remind();
    for (const mail of told()) seen.push(`day ${day}: ${mail}`);
    clock.advance(DAY);
  }
  expect(seen).toEqual([
    'day 60: ops@example.com key_expires 30',
    'day 83: ops@example.com key_expires 7',
    'day 89: ops@example.com key_expires 1',
  ]);
  const events = await listEvents({ store }, { tenantId, type: 'api_key.reminded', targetId: apiKey.id });
  expect(events.items).toHaveLength(3);
});

test('of several processes at the same time one writes', async () => {
  const { issue, remind, told } = world();
  await issue(40);
  clock.advance(15 * DAY);
  const others = await Promise.all([1, 2, 3].map(() => openSecondStore(store, migrations)));
  const claimed = await Promise.all([remind(), ...others.map((other) => remind(other))]);
  expect(claimed.reduce((sum, each) => sum + each, 0)).toBe(1);
  expect(told()).toEqual(['ops@example.com key_expires 25']);
  for (const other of others) await other.close();
});

test('after a pause only what still is to come is told, with the days that are left', async () => {
  const { issue, remind, told } = world();
  await issue(40);
  clock.advance(36 * DAY);
  await remind();
  expect(told()).toEqual(['ops@example.com key_expires 4']);
});

test.for([
  ['that ends sooner than a reminder is due', 5, 0, []],
  ['that ends later', 400, 300, []],
  ['that has no end', undefined, 300, []],
  ['that has ended', 40, 41, []],
] as const)('nothing of a key %s', async ([, days, later, expected]) => {
  const { issue, remind, told } = world();
  await issue(days);
  clock.advance(later * DAY);
  await remind();
  expect(told()).toEqual(expected);
});

test('nothing of a key that was rotated or revoked', async () => {
  const { issue, remind, told, tenantId } = world();
  const [first, second] = [await issue(40), await issue(40)];
  clock.advance(5 * DAY);
  const overlapMilliseconds = 20 * DAY;
  await rotateApiKey({ ...deps, store }, { tenantId, actor, id: first.apiKey.id, overlapMilliseconds });
  await revokeApiKey({ ...deps, store }, { tenantId, actor, id: second.apiKey.id, reason: 'test' });
  clock.advance(8 * DAY);
  await remind();
  expect(told()).toEqual([]);
});

test('the person it acts for is told where there is no contact; with neither only the event', async () => {
  const { issue, remind, told, tenantId } = world();
  await issueApiKey({ ...deps, store }, { tenantId, actor, name: 'a', expiresAt: clock.now() + 40 * DAY });
  await issueApiKey(
    { ...deps, store },
    { tenantId, actor, name: 'b', expiresAt: clock.now() + 40 * DAY, owner: { type: 'user', id: 'ada' } },
  );
  await issue(undefined);
  clock.advance(15 * DAY);
  expect(await remind()).toBe(2);
  expect(told()).toEqual(['ada@example.com key_expires 25']);
});

test('a policy that wants rotation reminds of it, and not of keys that end before', async () => {
  const { issue, remind, told, policy } = world();
  await policy({ rotateEveryDays: 90 });
  await issue(undefined, { contactEmail: 'lasting@example.com' });
  await issue(50, { contactEmail: 'short@example.com' });
  const seen: string[] = [];
  for (let day = 0; day < 100; day += 1) {
    await remind();
    for (const mail of told()) seen.push(`day ${day}: ${mail}`);
    clock.advance(DAY);
  }
  expect(seen.filter((each) => each.includes('lasting'))).toEqual([
    'day 60: lasting@example.com key_rotation_due 30',
    'day 83: lasting@example.com key_rotation_due 7',
    'day 89: lasting@example.com key_rotation_due 1',
  ]);
  expect(seen.filter((each) => each.includes('short') && each.includes('rotation'))).toEqual([]);
});

test.for<[policy: number, usedOn: readonly number[], expected: string[]]>([
  [90, [], ['day 60: 30', 'day 83: 7', 'day 89: 1']],
  [90, [70], ['day 60: 30', 'day 130: 30', 'day 153: 7', 'day 159: 1']],
  [30, [10, 20, 30], ['day 53: 7', 'day 59: 1']],
  [8, [], ['day 7: 1']],
  [2, [], []],
])('a policy that retires after %i days without a use, used on the days %j', async ([days, usedOn, expected]) => {
  const { issue, remind, told, policy, tenantId } = world();
  await policy({ retireUnusedAfterDays: days });
  const { apiKey } = await issue(undefined, { contactEmail: 'a@example.com' });
  const seen: string[] = [];
  const last = Math.max(0, ...usedOn) + days;
  for (let day = 0; day < last; day += 1) {
    if (usedOn.includes(day))
      await store.transaction({ tenantId }, (tx) =>
        sql`insert into api_key_last_use (tenant_id, key_id, at, address, route)
          values (${tenantId}, ${apiKey.id}, ${clock.now()}, '', '')
          on conflict (tenant_id, key_id) do update set at = excluded.at`.execute(tx),
      );
    await remind();
    for (const mail of told()) seen.push(`day ${day}: ${mail.replace('a@example.com key_unused ', '')}`);
    clock.advance(DAY);
  }
  expect(seen).toEqual(expected);
});

test('a mail that can’t be asked for leaves the reminder to the next round', async () => {
  const { issue, tenantId, remind, told } = world();
  await issue(40);
  clock.advance(15 * DAY);
  const mailer = { queue: () => Promise.reject(new Error('the outbox is out of order')) };
  const broken = { ...deps, store, mailer, mailAddressOf: async () => undefined };
  await expect(remindOfKeys(broken, { tenantId })).rejects.toThrow('out of order');
  await remind();
  expect(told()).toEqual(['ops@example.com key_expires 25']);
});
