import type { IdSource } from '#base';
import { fixedStatement, type Tx } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { genesisHash } from './chain.ts';
import { cleanText } from './event.ts';
import { type NewAuditEvent, recordEvent, writeEvent } from './record-event.ts';

/** The chain is that of `chainHash`. The head moves last, and only to where an event stands (migrations.ts). */
const sealEvents = fixedStatement<{ sequence: number }>(`
  with recursive head as (
    select sequence, hash from audit_heads where tenant_id = $1 for update
  ),
  event as (
    select * from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
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
    select $1, sequence, hash, body, id, at, type, actor_id, target_type, target_id
    from chain join event using (place) order by place
    returning sequence, hash
  ),
  last as (select sequence, hash from added order by sequence desc limit 1)
  update audit_heads set sequence = last.sequence, hash = last.hash from last
  where tenant_id = $1 returning audit_heads.sequence`);

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
  const values = [
    tenantId,
    written.map(({ body }) => body),
    written.map(({ id }) => id),
    written.map(({ at }) => at),
    events.map(({ type }) => type),
    events.map(({ actor }) => cleanText(actor.id)),
    events.map(({ target }) => cleanText(target.type)),
    events.map(({ target }) => cleanText(target.id)),
  ];
  const seal = () => sealEvents(tx, values);
  if ((await seal()).length > 0) return;
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
