import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchesPattern, permissionsToHear } from './event-patterns.ts';
import { issueWebhookSecret } from './issue-webhook-secret.ts';
import { listDeliveries, readDelivery } from './list-deliveries.ts';
import { redeliver } from './redeliver.ts';
import { pauseAfter } from './retry-schedule.ts';
import { signMessage } from './sign-message.ts';
import { webhookSchema } from './webhook-kind.ts';
import { testWebhook, webhookState } from './webhook-state.ts';
import { actor, isSigned, openWebhooks, receiver, tenantId } from './webhooks.fixture.ts';

const SPEC = { url: 'https://hooks.example.com/in', events: ['api_key.*'] };
let world: Awaited<ReturnType<typeof openWebhooks>>;
beforeAll(async () => {
  world = await openWebhooks();
});
afterAll(() => world?.close());

test('the signature is that of the specification’s own libraries', () => {
  // The vector of their test suites: id, time, body, secret and what comes of them.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(signMessage([secret], message)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test.each([
  ['*', 'user.created', true],
  ['user.*', 'user.created', true],
  ['user.created', 'user.created', true],
  ['user.*', 'user_schema.created', false],
  ['user.creat', 'user.created', false],
  ['user.created', 'user.createds', false],
])('%s stands for %s: %s', (pattern, type, expected) => {
  expect(matchesPattern(pattern, type)).toBe(expected);
});

test.each([
  [['api_key.*', 'quota.threshold_reached'], false, ['keys:read']],
  [['client.updated', 'client_secret.*'], false, ['clients:read']],
  [['api_key.*'], true, ['audit:read']],
  [['*'], false, ['audit:read']],
  [['api_key.*', 'user.created'], false, ['audit:read', 'keys:read']],
])('to hear %j with details %s one needs %j', (events, details, expected) => {
  expect(permissionsToHear({ events, details })).toEqual(expected);
});

describe('refused', () => {
  test.each([
    ['no address', { url: undefined }],
    ['another scheme', { url: 'ftp://hooks.example.com/' }],
    ['a password in the address', { url: 'https://user:password@hooks.example.com/' }],
    ['a fragment', { url: 'https://hooks.example.com/#top' }],
    ['no events', { events: [] }],
    ['an event in capitals', { events: ['API_KEY.ISSUED'] }],
    ['a pattern in the middle', { events: ['*.issued'] }],
    ['half a pattern', { events: ['api_*'] }],
    ['too many events', { events: Array.from({ length: 51 }, () => 'api_key.issued') }],
    ['no tags', { keyTags: [] }],
    ['a contact that is no address', { contactEmail: 'ops' }],
    ['a secret', { secret: 'whsec_x' }],
  ])('%s', (_, change) => {
    expect(webhookSchema.safeParse(SPEC).success).toBe(true);
    expect(webhookSchema.safeParse({ ...SPEC, ...change }).success).toBe(false);
  });

  test('a pattern that stands for no event, with the one that was meant', async () => {
    await expect(world.declare('typo', { events: ['api_key.isued'] })).rejects.toMatchObject({
      code: 'webhook_event_unknown',
      message: expect.stringContaining('did you mean "api_key.issued"'),
    });
  });

  test('a test without a secret, or of one that is paused; what is not there', async () => {
    const code = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    await world.declare('quiet', { paused: true }, { secret: false });
    const place = { tenantId, webhook: 'quiet' };
    expect(await code(testWebhook(world, { ...place, actor }))).toBe('webhook_without_secret');
    await issueWebhookSecret(world, { ...place, overlapMs: 0, actor });
    expect(await code(testWebhook(world, { ...place, actor }))).toBe('webhook_stopped');
    const nowhere = { tenantId, webhook: 'nowhere' };
    expect(await code(webhookState(world, nowhere))).toBe('webhook_not_found');
    expect(await code(issueWebhookSecret(world, { ...nowhere, overlapMs: 0, actor }))).toBe('webhook_not_found');
    expect(await code(listDeliveries(world, nowhere))).toBe('webhook_not_found');
    expect(await code(redeliver(world, { ...place, id: 'dlv_x' }))).toBe('webhook_delivery_not_found');
  });
});

test('secrets overlap, the old one ends with its time or at once, and none is in a row as it is', async () => {
  const first = await world.declare('rotated', { events: ['user.*'] });
  const place = { tenantId, webhook: 'rotated' };
  const rotate = async (overlapMs: number) => (await issueWebhookSecret(world, { ...place, overlapMs, actor })).secret;
  const signed = async () => {
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await world.work(fetch);
    const mine = got.find(({ url }) => url === SPEC.url);
    return (secret: string) => mine !== undefined && isSigned(mine, secret);
  };
  const second = await rotate(60_000);
  let isBy = await signed();
  expect([isBy(first), isBy(second)]).toEqual([true, true]);
  world.clock.advance(60_001);
  isBy = await signed();
  expect([isBy(first), isBy(second)]).toEqual([false, true]);
  const third = await rotate(0);
  isBy = await signed();
  expect([isBy(second), isBy(third)]).toEqual([false, true]);
  for (let more = 0; more < 6; more += 1) await rotate(60_000);
  expect((await webhookState(world, place)).secrets).toHaveLength(4);
  const rows = await world.store.transaction({ system: true }, (tx) =>
    tx.withTables<{ webhook_secrets: { sealed: string } }>().selectFrom('webhook_secrets').select('sealed').execute(),
  );
  expect(JSON.stringify(rows)).not.toContain(third.slice(6, 20));
  await world.remove('rotated');
});

test('one that is deleted takes all along, and its successor inherits nothing', async () => {
  await world.declare('again', { events: ['user.*'] });
  await world.happen('user.created');
  await world.work(receiver().fetch);
  await world.remove('again');
  await world.declare('again', { events: ['user.*'] }, { secret: false });
  expect(await world.deliveries('again')).toEqual([]);
  expect(await webhookState(world, { tenantId, webhook: 'again' })).toMatchObject({
    status: 'without_secret',
    secrets: [],
  });
  await world.remove('again');
});

describe('an organization’s webhook', () => {
  test('hears of what happens there and nowhere else, and its own alone are seen from inside', async () => {
    const acme = await world.organization('acme');
    const bolt = await world.organization('bolt');
    await world.declare('acme--all', { organization: 'acme' });
    await world.declare('bolt--all', { organization: 'bolt' });
    for (const organizationId of [acme.id, bolt.id]) await world.happen('user.created', { organizationId });
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await world.work(fetch);
    const told = got.map(({ body }) => JSON.parse(body)).filter(({ type }) => type === 'user.created');
    expect(told.map(({ data }) => data.organizationId).sort()).toEqual([acme.id, bolt.id].sort());
    const inside = {
      ...world,
      store: {
        transaction: ((_, work, options) =>
          world.store.transaction(
            { tenantId, organizationId: acme.id },
            work,
            options,
          )) as typeof world.store.transaction,
      },
    };
    expect((await listDeliveries(inside, { tenantId, webhook: 'acme--all' })).items.length).toBeGreaterThan(0);
    await expect(listDeliveries(inside, { tenantId, webhook: 'bolt--all' })).rejects.toMatchObject({
      code: 'webhook_not_found',
    });
    const [foreign] = (await listDeliveries(world, { tenantId, webhook: 'bolt--all' })).items;
    const mine = { tenantId, webhook: 'acme--all', id: foreign?.id ?? '', mayRead: () => true };
    await expect(readDelivery(inside, mine)).rejects.toMatchObject({ code: 'webhook_delivery_not_found' });
  });

  test('is not told what was queued for it by mistake: the database does not show it', async () => {
    await world.happen('user.created');
    const [event] = await world.events('user.created');
    await world.store.transaction({ system: true }, (tx) =>
      sql`
        insert into webhook_deliveries (tenant_id, id, webhook, organization_id, sequence, event_id, event_type, status, next_attempt_at, created_at)
        select tenant_id, 'dlv_planted', webhook, organization_id, ${event?.sequence}, ${event?.id}, 'user.created', 'queued', 0, 0
        from webhook_endpoints where webhook = 'acme--all'`.execute(tx),
    );
    const { got, fetch } = receiver();
    await world.work(fetch);
    expect(got.map(({ headers }) => headers['webhook-id'])).not.toContain(event?.id);
    const planted = (await world.deliveries('acme--all')).find(({ id }) => id === 'dlv_planted');
    expect(planted).toMatchObject({ status: 'given_up', failure: 'not for this webhook' });
  });
});

test.each([
  ['', 5_000],
  ['60', 60_000],
  ['-5', 5_000],
  ['soon', 5_000],
  ['999999999', 86_400_000],
  ['Thu, 01 Jan 2026 01:00:00 GMT', 3_600_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 5_000],
])('retry-after "%s" is a pause of %i ms', (retryAfter, pause) => {
  const random = { bytes: (size: number) => Buffer.alloc(size) };
  expect(pauseAfter(1, { random, retryAfter, now: Date.parse('2026-01-01T00:00:00Z') })).toBe(pause);
});
