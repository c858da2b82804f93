/** Plans are grants: who has no say over them raises nobody's limits, his own least of all. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '#base';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { openTestStore, type TestStore } from '#testing';
import { changeApiKey } from './change-api-key.ts';
import { demandOfferedPlan, demandPlan } from './choose-plan.ts';
import { declareBreach } from './declare-breach.ts';
import { importForeignKeys } from './foreign/import-foreign-keys.ts';
import { type IssueApiKeyInput, issueApiKey } from './issue-api-key.ts';
import { keyPolicyKind } from './key-policy.ts';
import { planKind } from './plan-kind.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { actor, clock, deps, migrations } from './sample-deps.fixture.ts';

const DAY = 86_400_000;
const limits = [{ requests: 10, perSeconds: 1 }];
let store: TestStore;
/** In which nothing is given unasked. */
const PLAIN = 'ten_plain';
/** In which it is. */
const STRICT = 'ten_strict';
beforeAll(async () => {
  store = await openTestStore(migrations);
  for (const tenantId of [PLAIN, STRICT]) await declare(tenantId, []);
  await declare(STRICT, [{ kind: 'key_policy', name: 'default', spec: { defaultPlan: 'small', lifetimeDaysMax: 30 } }]);
});
afterAll(() => store.close());

async function declare(tenantId: string, more: object[]): Promise<void> {
  const documents = readPlainDocuments(kindRegistry([planKind, keyPolicyKind]), [
    { kind: 'plan', name: 'gold', spec: { limits } },
    { kind: 'plan', name: 'small', spec: { limits, assignableBy: 'administrators' } },
    { kind: 'plan', name: 'open', spec: { limits, assignableBy: 'everyone' } },
    ...more,
  ]);
  await applyResources({ ...deps, store }, { caller: systemCaller(tenantId, 'test'), documents });
}

/** Who may make keys, and holds these permissions besides. */
const holding = (...held: string[]) => ({
  ...deps,
  store,
  holds: (_: Principal, permission: string) => held.includes(permission),
});
const given = async (input: Partial<IssueApiKeyInput>, by = holding()) => {
  const { apiKey } = await issueApiKey(by, {
    tenantId: PLAIN,
    actor,
    name: 'demo',
    expiresAt: clock.now() + DAY,
    ...input,
  });
  return apiKey;
};
const planOf = async (...how: Parameters<typeof given>) => (await given(...how)).plan ?? null;
const administrator = () => holding('plans:write');
const inside = { ...actor, organizationId: 'org_1' };
const planned = { ...actor, plan: 'small' };

describe('a new key', () => {
  test.for<[string, Partial<IssueApiKeyInput>, string | null]>([
    ['has none where nothing is said', {}, null],
    ['has one that is open', { plan: 'open' }, 'open'],
    ['has the plan of whoever makes it, when none is named', { actor: planned }, 'small'],
    ['may be said to have it', { actor: planned, plan: 'small' }, 'small'],
    ['has none when that is said and nothing else holds', { plan: null }, null],
    ['has that of the key policy', { tenantId: STRICT }, 'small'],
    [
      'has that of the key policy before that of whoever makes it',
      { tenantId: STRICT, actor: { ...actor, plan: 'open' } },
      'small',
    ],
    [
      'has that of the key policy inside an organization too',
      { tenantId: STRICT, organizationId: 'org_1', actor: inside },
      'small',
    ],
  ])('%s', async ([, input, plan]) => expect(await planOf(input)).toBe(plan));

  test.for<[string, Partial<IssueApiKeyInput>, string]>([
    ['a plan of administrators', { plan: 'gold' }, 'put anything on the plan "gold". Leave the plan out'],
    ['one that says so', { plan: 'small' }, 'put anything on the plan "small"'],
    ['another than his own', { actor: planned, plan: 'gold' }, 'the plan "gold". Leave it at "small"'],
    ['none, having one himself', { actor: planned, plan: null }, 'off its plan. Leave it at "small"'],
    ['none, where the key policy names one', { tenantId: STRICT, plan: null }, 'off its plan. Leave it at "small"'],
  ])('is refused with %s', async ([, input, says]) => {
    const refused = await given(input).catch((error) => error);
    expect(refused).toMatchObject({ code: 'plan_beyond_own', category: 'forbidden' });
    expect(refused.message).toContain(says);
    expect(refused.details).toEqual({ plan: input.plan, missing: ['plans:assign'] });
  });

  test.for([['plans:write'], ['plans:assign']])('has any plan, or none, from who holds %s', async ([held = '']) => {
    expect(await planOf({ plan: 'gold' }, holding(held))).toBe('gold');
    expect(await planOf({ plan: 'gold', organizationId: 'org_1' }, holding(held))).toBe('gold');
    expect(await planOf({ tenantId: STRICT, plan: null }, holding(held))).toBe(null);
    expect(await planOf({ actor: planned }, holding(held))).toBe(null);
    expect(await planOf({ tenantId: STRICT }, holding(held))).toBe('small');
  });

  test('everything inside an organization is no say over plans', async () => {
    const everything = { ...deps, store, holds: () => true };
    const organizationId = 'org_1';
    await expect(given({ organizationId, actor: inside, plan: 'gold' }, everything)).rejects.toMatchObject({
      code: 'plan_beyond_own',
    });
    expect(await planOf({ organizationId, actor: inside, plan: 'open' }, everything)).toBe('open');
  });

  test('on a plan that is not there is told so, whoever asks', async () => {
    for (const by of [holding(), administrator()])
      await expect(given({ plan: 'none' }, by)).rejects.toMatchObject({ code: 'api_key_plan_unknown' });
  });
});

test('inside an organization no key lives longer than the key policy of the tenant allows', async () => {
  const organizationId = 'org_1';
  await expect(
    given({ tenantId: STRICT, organizationId, actor: inside, expiresAt: clock.now() + 31 * DAY }),
  ).rejects.toMatchObject({ code: 'api_key_lifetime_refused' });
});

describe('a key on a plan of administrators', () => {
  const onGold = () => given({ plan: 'gold' }, administrator());
  const change = (id: string, plan: string | null, by = holding()) =>
    changeApiKey(by, { tenantId: PLAIN, actor, id, plan, name: 'changed' });

  test('is changed otherwise, and may be given a plan that is open', async () => {
    const { id } = await onGold();
    expect(await change(id, 'gold')).toMatchObject({ name: 'changed', plan: 'gold' });
    expect(await change(id, 'open')).toMatchObject({ plan: 'open' });
  });

  test('does not lose it, nor another’s gain it, by whoever has no say', async () => {
    const { id } = await onGold();
    await expect(change(id, null)).rejects.toMatchObject({
      code: 'plan_beyond_own',
      message: expect.stringContaining('Leave it at "gold"'),
    });
    const other = await given({});
    await expect(change(other.id, 'gold')).rejects.toMatchObject({ code: 'plan_beyond_own' });
    expect(await change(other.id, 'gold', administrator())).toMatchObject({ plan: 'gold' });
    expect((await change(other.id, null, administrator())).plan).toBeUndefined();
  });

  test('keeps it when it is rotated, and when it is replaced', async () => {
    const { id } = await onGold();
    const rotated = await rotateApiKey(holding(), { tenantId: PLAIN, actor, id, overlapMilliseconds: 0 });
    expect(rotated.apiKey.plan).toBe('gold');
    const input = { tenantId: PLAIN, actor, credential: rotated.apiKey.id, reason: 'lost', replace: true };
    expect((await declareBreach(holding(), input)).replacement?.apiKey.plan).toBe('gold');
  });

  test('so does one that has none, whatever the plan of who rotates it', async () => {
    const { id } = await given({});
    const rotated = await rotateApiKey(holding(), { tenantId: PLAIN, actor: planned, id, overlapMilliseconds: 0 });
    expect(rotated.apiKey.plan).toBeUndefined();
  });
});

test('imported keys are judged one by one, and given the default plan', async () => {
  const seals = { ...deps.keyring, seal: (text: string | Uint8Array) => Buffer.from(text).toString('hex') };
  const keyring = { ...seals, open: (sealed: string) => Buffer.from(sealed, 'hex') };
  const format = { algorithm: 'sha256' as const, prefix: 'old_', lengthMin: 20, lengthMax: 40 };
  const record = (digit: string, more: object) => ({
    name: `old ${digit}`,
    hash: digit.repeat(64),
    expiresAt: clock.now() + DAY,
    ...more,
  });
  const records = [record('a', { plan: 'gold' }), record('b', { plan: 'open' }), record('c', {})];
  const input = { tenantId: STRICT, actor, format: { ...format, saltBefore: '', saltAfter: '' }, from: 0, records };
  const done = await importForeignKeys({ ...holding(), keyring }, input as never);
  expect(done).toMatchObject({ created: 2, failed: 1, errors: [{ record: 1, code: 'plan_beyond_own' }] });
  const plans = await store.transaction({ tenantId: STRICT }, (tx) =>
    sql<{ plan: string }>`select plan from api_keys where name like 'old %' order by name`.execute(tx),
  );
  expect(plans.rows).toEqual([{ plan: 'open' }, { plan: 'small' }]);
});

test('a plan that somebody is being put on is not closed meanwhile', async () => {
  const choice = { tenantId: PLAIN, plan: 'open', given: null };
  const close = () =>
    store.transaction({ tenantId: PLAIN }, (tx) =>
      sql`select 1 from resources where name = 'open' for no key update nowait`.execute(tx),
    );
  await store.transaction({ tenantId: PLAIN }, async (tx) => {
    await demandPlan(tx, { principal: actor, holds: () => false }, choice);
    await expect(close()).rejects.toThrow();
  });
  await close();
});

test.each<
  [what: string, before: string | undefined, after: string | undefined, held: string[], code: string | undefined]
>([
  ['none, when it is new', undefined, undefined, [], undefined],
  ['one of administrators', undefined, 'gold', [], 'plan_beyond_own'],
  ['one that is open', undefined, 'open', [], undefined],
  ['any, by who has a say over plans', undefined, 'gold', ['plans:assign'], undefined],
  ['what is there', 'gold', 'gold', [], undefined],
  ['none any more', 'gold', undefined, [], 'plan_beyond_own'],
])('whoever says on which plan strangers will be: %s', async (_what, before, after, held, code) => {
  const caller = { principal: { ...actor, tenantId: PLAIN }, holds: (permission: string) => held.includes(permission) };
  const named = (plan: string | undefined) => (plan === undefined ? {} : { plan });
  const said = store.transaction({ tenantId: PLAIN }, async (tx) => {
    await demandOfferedPlan(tx, {
      name: 'agents',
      caller,
      before: before === undefined ? undefined : named(before),
      after: named(after),
    });
  });
  await (code === undefined ? said : expect(said).rejects.toMatchObject({ code }));
});
