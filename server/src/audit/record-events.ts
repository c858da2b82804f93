import { sql } from 'kysely';
import type { IdSource } from '#base';
import type { Tx } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { genesisHash } from './chain.ts';
import { cleanText } from './event.ts';
import { type NewAuditEvent, recordEvent, writeEvent } from './record-event.ts';

/**
 * The same as `recordEvent` for several events of one tenant, in their order: one statement and one move of the head,
 * however many they are.
 * @throws `audit_event_too_large`
 */
export async function recordEvents(
  tx: Tx,
  source: IdSource,
  { tenantId, events }: { tenantId: string; events: readonly Omit<NewAuditEvent, 'tenantId' | 'organizationId'>[] },
): Promise<void> {
  const [first, ...more] = events;
  if (first === undefined) return;
  if (more.length === 0) return recordEvent(tx, source, { ...first, tenantId });
  const written = events.map((event) => writeEvent(source, { ...event, tenantId }));
  const seal = () =>
    // The chain is that of `chainHash`. The head moves last, and only to where an event stands (migrations.ts).
    sql<{ sequence: number }>`
      with recursive head as (
        select sequence, hash from audit_heads where tenant_id = ${tenantId} for update
      ),
      event as (
        select * from unnest(${written.map(({ body }) => body)}::text[], ${written.map(({ id }) => id)}::text[],
          ${written.map(({ at }) => at)}::bigint[], ${events.map(({ type }) => type)}::text[],
          ${events.map(({ actor }) => cleanText(actor.id))}::text[],
          ${events.map(({ target }) => cleanText(target.type))}::text[],
          ${events.map(({ target }) => cleanText(target.id))}::text[])
          with ordinality as event (body, id, at, type, actor_id, target_type, target_id, place)
      ),
      chain as (
        select 0::bigint as place, sequence, hash from head
        union all
        select event.place, chain.sequence + 1,
          sha256(chain.hash || int8send(chain.sequence + 1) || convert_to(event.body, 'UTF8'))
        from chain join event on event.place = chain.place + 1
      ),
      added as (
        insert into audit_events (tenant_id, sequence, hash, body, id, at, type, actor_id, target_type, target_id)
        select ${tenantId}, sequence, hash, body, id, at, type, actor_id, target_type, target_id
        from chain join event using (place) order by place
        returning sequence, hash
      ),
      last as (select sequence, hash from added order by sequence desc limit 1)
      update audit_heads set sequence = last.sequence, hash = last.hash from last
      where tenant_id = ${tenantId} returning audit_heads.sequence`.execute(tx);
  if ((await seal()).rows.length > 0) return;
  await beginChain(tx, tenantId);
  await seal();
}

/** Never seen without its first events: they are added before this commits. */
async function beginChain(tx: Tx, tenantId: string): Promise<void> {
  await tx
    .withTables<AuditTables>()
    .insertInto('audit_heads')
    .values({ tenant_id: tenantId, sequence: 0, hash: genesisHash(tenantId) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
