import { sql } from 'kysely';
import type { SettleInput } from '#resources';
import { recordChange, type Tx } from '#store';
import { upstreamKind } from '../upstreams/upstream-kind.ts';
import { UPSTREAM_SECRET_TOPIC, type UpstreamSecretTables } from './secret-table.ts';

/**
 * A secret ends with its declaration, in the same transaction: when the upstream is deleted, or no longer names it.
 * Declared again it must be set again.
 */
export async function settleUpstreamSecrets(tx: Tx, { tenantId, load }: SettleInput): Promise<void> {
  await lockUpstreamSecrets(tx, tenantId);
  const db = tx.withTables<UpstreamSecretTables>();
  const rows = await db
    .selectFrom('upstream_secrets')
    .select(['upstream', 'name'])
    .where('tenant_id', '=', tenantId)
    .execute();
  if (rows.length === 0) return;
  const declared = new Set(
    (await load(upstreamKind)).flatMap(({ name, spec }) => (spec.secrets ?? []).map((each) => `${name}/${each.name}`)),
  );
  for (const { upstream, name } of rows) {
    if (declared.has(`${upstream}/${name}`)) continue;
    await db
      .deleteFrom('upstream_secrets')
      .where('tenant_id', '=', tenantId)
      .where('upstream', '=', upstream)
      .where('name', '=', name)
      .execute();
    await recordChange(tx, { tenantId, topic: UPSTREAM_SECRET_TOPIC, id: upstream, operation: 'put' });
  }
}

/** One after the other until commit: or a secret could be set while its declaration goes away, and come back with it. */
export async function lockUpstreamSecrets(tx: Tx, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`upstream_secrets ${tenantId}`}, 0))`.execute(tx);
}
