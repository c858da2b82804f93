import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store, Tx } from '#store';
import { openSecondStore } from '#testing';
import { issueWebhookSecret } from './issue-webhook-secret.ts';
import { queueDeliveries } from './queue-deliveries.ts';
import { testWebhook } from './webhook-state.ts';
import { actor, MIGRATIONS, openWebhooks, tenantId } from './webhooks.fixture.ts';

let world: Awaited<ReturnType<typeof openWebhooks>>;
/** The same database, entered as whoever owns it: may lock what nobody else may. */
let owned: Store;
beforeAll(async () => {
  world = await openWebhooks();
  const url = world.store.database.ownerUrl ?? world.store.database.url;
  const database = { kind: 'url', url } as const;
  owned = await openSecondStore({ ...world.store, database }, MIGRATIONS, { clock: world.clock });
});
afterAll(async () => {
  await owned?.close();
  await world?.close();
});

test.each([
  ['audit_events', 'another listens already'],
  ['audit_heads', 'nobody listens yet'],
])('a webhook that begins to listen while %s are read hears of what follows at once: %s', async (table, others) => {
  const name = `late-${table.replaceAll('_', '-')}`;
  if (others === 'another listens already') await world.declare('other', { events: ['user.*'] });
  else await world.remove('other').catch(() => undefined);
  await world.declare(name, { events: ['user.*'] }, { secret: false });
  const chosen = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const store: Pick<Store, 'transaction'> = {
    async transaction(scope, work, options) {
      if ('system' in scope) return world.store.transaction(scope, work, options);
      chosen.resolve();
      await locked.promise;
      return world.store.transaction(scope, work, options);
    },
  };
  const reading = queueDeliveries({ ...world, store });
  await chosen.promise;
  await owned.transaction({ system: true }, async (tx) => {
    // Whoever reads on stops here, after all that is asked before, and sees there what is committed by then.
    await sql`set local role none`.execute(tx);
    await sql`lock table ${sql.table(table)} in access exclusive mode`.execute(tx);
    locked.resolve();
    await expect.poll(() => waitingFor(tx, table), { timeout: 10_000 }).toBe(1);
    const within = { ...world, store: { transaction: (_: unknown, work: (tx: Tx) => unknown) => work(tx) } };
    await issueWebhookSecret(within as typeof world, { tenantId, webhook: name, overlapMs: 0, actor });
    await testWebhook(within as typeof world, { tenantId, webhook: name, actor });
  });
  await reading;
  await queueDeliveries(world);
  expect((await world.deliveries(name)).map(({ type }) => type)).toEqual(['webhook.tested']);
  await world.remove(name);
});

async function waitingFor(tx: Tx, table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_locks where not granted and relation = ${table}::regclass`.execute(tx);
  return rows[0]?.count ?? 0;
}
