import { sql } from 'kysely';
import type { SettleInput } from '#resources';
import { recordChange, type Tx } from '#store';
import { gatewayErrors } from '../errors.ts';
import { upstreamKind } from '../upstreams/upstream-kind.ts';
import { originsOf, UPSTREAM_SECRET_TOPIC, type UpstreamSecretTables } from './secret-table.ts';

/**
 * A secret ends with its declaration, in the same transaction: when the upstream is deleted, or no longer names it.
 * Declared again it must be set again. And no target gets one that was not set for it: whoever changes upstreams need not
 * know its value, and must not have it sent to a host of his own.
 * @throws `upstream_secret_misplaced`
 */
export async function settleUpstreamSecrets(tx: Tx, { tenantId, load }: SettleInput): Promise<void> {
  await lockUpstreamSecrets(tx, tenantId);
  const db = tx.withTables<UpstreamSecretTables>();
  const rows = await db
    .selectFrom('upstream_secrets')
    .select(['upstream', 'name', 'origins'])
    .where('tenant_id', '=', tenantId)
    .execute();
  if (rows.length === 0) return;
  const upstreams = new Map((await load(upstreamKind)).map(({ name, spec }) => [name, spec]));
  for (const { upstream, name, origins } of rows) {
    const spec = upstreams.get(upstream);
    if (spec?.secrets?.some((each) => each.name === name) === true) {
      demandPlaced({ upstream, name, origins }, spec.targets);
      continue;
    }
    await db
      .deleteFrom('upstream_secrets')
      .where('tenant_id', '=', tenantId)
      .where('upstream', '=', upstream)
      .where('name', '=', name)
      .execute();
    await recordChange(tx, { tenantId, topic: UPSTREAM_SECRET_TOPIC, id: upstream, operation: 'put' });
  }
}

function demandPlaced(
  { upstream, name, origins }: { upstream: string; name: string; origins: string | null },
  targets: readonly { url: string }[],
): void {
  const known = origins?.split(' ');
  const stranger = originsOf(targets).find((origin) => known?.includes(origin) === false);
  if (stranger === undefined) return;
  throw gatewayErrors.upstream_secret_misplaced({
    message: `The secret "${name}" of the upstream "${upstream}" was not set for ${stranger}. Set it again with that place first: gatehouse upstreams secrets set ${upstream} ${name} --also ${stranger}. Nothing was changed.`,
  });
}

/** One after the other until commit: or a secret could be set while its declaration goes away, and come back with it. */
export async function lockUpstreamSecrets(tx: Tx, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`upstream_secrets ${tenantId}`}, 0))`.execute(tx);
}
