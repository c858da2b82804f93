import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queueDeliveries } from './queue-deliveries.ts';
import { redeliver } from './redeliver.ts';
import { removeOldDeliveries } from './remove-old-deliveries.ts';
import { dueWebhooks, releaseTaken, takeDue } from './take-turns.ts';
import { enableWebhook, webhookState } from './webhook-state.ts';
import { actor, isSigned, openWebhooks, receiver, tenantId } from './webhooks.fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: Awaited<ReturnType<typeof openWebhooks>>;
let count = 0;
/** A webhook of its own for each test. */
let name: string;
beforeAll(async () => {
  world = await openWebhooks();
});
afterAll(() => world?.close());
beforeEach(async () => {
  for (let used = 1; used <= count; used += 1) await world.remove(`hook-${used}`).catch(() => undefined);
  count += 1;
  name = `hook-${count}`;
});

const state = () => webhookState(world, { tenantId, webhook: name });

describe('what happened', () => {
  test('is told once, signed, and says no more than it must', async () => {
    const secret = await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created', { detail: { email: 'ada@example.com' } });
    await world.happen('api_key.issued');
    const { got, fetch } = receiver();
    await world.work(fetch);
    await world.work(fetch);
    const [event] = await world.events('user.created');
    expect(got).toHaveLength(1);
    const [first] = got;
    expect(first?.headers).toMatchObject({ 'webhook-id': event?.id, 'content-type': 'application/json' });
    expect(first !== undefined && isSigned(first, secret)).toBe(true);
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'user.created',
      timestamp: new Date(world.clock.now()).toISOString(),
      data: { version: 1, id: event?.id, actor: { type: 'system', id: actor.id }, target: { type: 'user', id: 'x_1' } },
    });
    expect(await state()).toMatchObject({ status: 'active', queued: 0, lastDeliveredAt: world.clock.now() });
  });

  test('is told in full to whoever asks, and then only', async () => {
    await world.declare(name, { events: ['user.*'], details: true });
    await world.happen('user.created', { detail: { email: 'ada@example.com' } });
    const { got, fetch } = receiver();
    await world.work(fetch);
    expect(JSON.parse(got[0]?.body ?? '').data).toMatchObject({
      target: { name: 'Ada' },
      detail: { email: 'ada@example.com' },
    });
  });

  test('before the webhook was declared, or had a secret, or while it was paused, is not', async () => {
    await world.happen('user.created');
    await world.declare(name, {}, { secret: false });
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await world.work(fetch);
    await world.declare(name, { paused: true });
    await world.happen('user.created');
    await world.work(fetch);
    expect([got, (await state()).status]).toEqual([[], 'paused']);
    await world.declare(name, { events: ['api_key.*'] });
    await world.happen('api_key.revoked');
    await world.work(fetch);
    expect(got.map(({ body }) => JSON.parse(body).type)).toEqual(['api_key.revoked']);
  });

  test('to keys is told of those with the tag alone', async () => {
    await world.declare(name, { events: ['api_key.*', 'quota.*', 'user.*'], keyTags: ['app-one'] });
    world.tags.set('key_1', ['app-one']).set('key_2', ['app-two']);
    for (const id of ['key_1', 'key_2', 'key_3']) await world.happen('api_key.issued', { id });
    await world.happen('quota.threshold_reached', { id: 'key_2' });
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await world.work(fetch);
    expect(got.map(({ body }) => JSON.parse(body).data.target.id).sort()).toEqual(['key_1', 'x_1']);
  });
});

describe('a receiver that fails', () => {
  test('is tried for three days, under one id, at later and later times, and then given up', async () => {
    const secret = await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    const { got, fetch } = receiver(() => ({ status: 500, body: Buffer.from('on fire') }));
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      await world.work(fetch);
      expect(got).toHaveLength(attempt);
      const [waiting] = await world.deliveries(name);
      if (waiting?.nextAttemptAt === undefined) break;
      const pause = waiting.nextAttemptAt - world.clock.now();
      pauses.push(pause);
      world.clock.advance(pause - 1);
      await world.work(fetch);
      expect(got).toHaveLength(attempt);
      world.clock.advance(1);
    }
    expect(pauses.every((pause, at) => at === 0 || pause > (pauses[at - 1] ?? 0))).toBe(true);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(3 * DAY);
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(new Set(got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(11);
    expect(got.every((each) => isSigned(each, secret))).toBe(true);
    expect((await world.deliveries(name))[0]).toMatchObject({
      status: 'given_up',
      attempts: 11,
      responseStatus: 500,
      failure: 'answered 500',
    });
  });

  test('is left alone for as long as it asks', async () => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    await world.work(receiver(() => ({ status: 503, headers: { 'retry-after': '3600' } })).fetch);
    expect((await world.deliveries(name))[0]?.nextAttemptAt).toBe(world.clock.now() + HOUR);
  });

  test('for days is disabled with a mail, its queue waits, and goes out when it is enabled', async () => {
    await world.declare(name, { events: ['user.*'], contactEmail: 'ops@example.com' });
    const down = receiver(() => ({ status: 0 }));
    for (let day = 0; day <= 5; day += 1) {
      await world.happen('user.created');
      await world.work(down.fetch);
      world.clock.advance(DAY);
    }
    expect(await state()).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    expect((await world.events('webhook.disabled'))[0]).toMatchObject({
      target: { name },
      detail: { reason: 'failing' },
    });
    const { rows } = await world.store.transaction({ system: true }, (tx) =>
      tx
        .withTables<{ mail_outbox: { template: string } }>()
        .selectFrom('mail_outbox')
        .select('template')
        .execute()
        .then((found) => ({ rows: found })),
    );
    expect(rows).toContainEqual({ template: 'webhook_failing' });
    const tried = down.got.length;
    await world.happen('user.created');
    await world.work(down.fetch);
    expect(down.got).toHaveLength(tried);
    await enableWebhook(world, { tenantId, webhook: name, actor });
    const up = receiver();
    await world.work(up.fetch);
    expect(up.got.length).toBeGreaterThan(0);
    expect(await state()).toMatchObject({ status: 'active' });
  });

  test('that says 410 is disabled at once', async () => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    const gone = receiver(() => ({ status: 410 }));
    await world.work(gone.fetch);
    await world.happen('user.created');
    await world.work(gone.fetch);
    expect([gone.got.length, await state()]).toMatchObject([1, { status: 'disabled', disabledReason: 'gone' }]);
    expect((await world.deliveries(name)).map(({ status }) => status)).toEqual(['given_up']);
  });

  test.for([300, 301, 302, 400, 404, 429, 500, 502])('%i is a failure', async (status) => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    await world.work(receiver(() => ({ status })).fetch);
    expect((await world.deliveries(name))[0]).toMatchObject({ status: 'queued', failure: `answered ${status}` });
  });

  test.for([200, 201, 202, 204, 299])('%i is none', async (status) => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    await world.work(receiver(() => ({ status })).fetch);
    expect((await world.deliveries(name))[0]?.status).toBe('delivered');
  });
});

describe('nothing is lost, and nothing said twice without need', () => {
  test('when who had it in his hands dies', async () => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await queueDeliveries(world);
    const [due] = await dueWebhooks(world);
    expect(due !== undefined && (await takeDue(world, due))).toHaveLength(1);
    await world.work(fetch);
    expect(got).toEqual([]);
    await releaseTaken(world);
    await world.work(fetch);
    expect(got).toHaveLength(1);
    world.clock.advance(DAY);
    await world.work(fetch);
    expect(got).toHaveLength(1);
  });

  test('when several follow and send at once', async () => {
    await world.declare(name, { events: ['user.*'] });
    for (let event = 0; event < 20; event += 1) await world.happen('user.created');
    const { got, fetch } = receiver();
    await Promise.all([1, 2, 3].map(() => world.work(fetch)));
    await world.work(fetch);
    expect(got).toHaveLength(20);
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
  });

  test('sends once more by hand, with the same id and body', async () => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    const { got, fetch } = receiver();
    await world.work(fetch);
    const [delivered] = await world.deliveries(name);
    await redeliver(world, { tenantId, webhook: name, id: delivered?.id ?? '' });
    world.clock.advance(5_000);
    await world.work(fetch);
    expect(got).toHaveLength(2);
    expect([got[1]?.body, got[1]?.headers['webhook-id']]).toEqual([got[0]?.body, got[0]?.headers['webhook-id']]);
    expect((await world.deliveries(name))[0]).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  test('what is old goes: answers first, deliveries later', async () => {
    await world.declare(name, { events: ['user.*'] });
    await world.happen('user.created');
    await world.work(receiver(() => ({ status: 200, body: Buffer.from('thank you') })).fetch);
    const answers = () =>
      world.store.transaction({ system: true }, (tx) =>
        tx
          .withTables<{ webhook_attempts: { answer: string | null } }>()
          .selectFrom('webhook_attempts')
          .select('answer')
          .execute(),
      );
    expect((await answers()).map(({ answer }) => answer)).toContain('thank you');
    world.clock.advance(4 * DAY);
    await removeOldDeliveries(world);
    expect([(await answers()).filter(({ answer }) => answer !== null), (await world.deliveries(name)).length]).toEqual([
      [],
      1,
    ]);
    world.clock.advance(30 * DAY);
    await removeOldDeliveries(world);
    expect(await world.deliveries(name)).toEqual([]);
  });
});
