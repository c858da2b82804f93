import type { Tx } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { type AuditEvent, readEventBody } from './event.ts';
import type { ListedAuditEvent } from './list-events.ts';

/**
 * What a follower of a tenant's chain has not seen: the events after that place up to `through`, oldest first. The head is
 * held until commit by whoever writes an event, so they become visible in the order of the chain, and none is ever missed
 * in between.
 */
export async function followEvents(
  tx: Tx,
  { tenantId, after, through, limit }: { tenantId: string; after: number; through: number; limit: number },
): Promise<ListedAuditEvent[]> {
  const rows = await tx
    .withTables<AuditTables>()
    .selectFrom('audit_events')
    .select(['sequence', 'body'])
    .where('tenant_id', '=', tenantId)
    .where('sequence', '>', after)
    .where('sequence', '<=', through)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(({ sequence, body }) => ({ ...readEventBody(body), sequence }));
}

/** One event by its place, as far as the scope of the transaction shows it. */
export async function readEvent(
  tx: Tx,
  { tenantId, sequence }: { tenantId: string; sequence: number },
): Promise<AuditEvent | undefined> {
  const row = await tx
    .withTables<AuditTables>()
    .selectFrom('audit_events')
    .select('body')
    .where('tenant_id', '=', tenantId)
    .where('sequence', '=', sequence)
    .executeTakeFirst();
  return row === undefined ? undefined : readEventBody(row.body);
}

/** Where a tenant's chain ends now; 0 before its first event. */
export async function headOf(tx: Tx, tenantId: string): Promise<number> {
  const row = await tx
    .withTables<AuditTables>()
    .selectFrom('audit_heads')
    .select('sequence')
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}

/** The tenants of these whose chain goes on after the place given. */
export async function grownChains(
  tx: Tx,
  places: readonly { tenantId: string; sequence: number }[],
): Promise<string[]> {
  if (places.length === 0) return [];
  const known = new Map(places.map(({ tenantId, sequence }) => [tenantId, sequence]));
  const heads = await tx
    .withTables<AuditTables>()
    .selectFrom('audit_heads')
    .select(['tenant_id', 'sequence'])
    .where('tenant_id', 'in', [...known.keys()])
    .execute();
  return heads.filter((head) => head.sequence > (known.get(head.tenant_id) ?? 0)).map((head) => head.tenant_id);
}
