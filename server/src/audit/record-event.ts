import { sql } from 'kysely';
import { type IdSource, newId, type Principal } from '#base';
import type { Tx } from '#store';
import type { JsonObject } from './canonical-json.ts';
import { genesisHash } from './chain.ts';
import { type AuditEventType, type AuditTarget, cleanText, toActor, writeEventBody } from './event.ts';

export interface NewAuditEvent {
  tenantId: string;
  organizationId?: string;
  type: AuditEventType;
  actor: Principal;
  target: AuditTarget;
  /** What changed. Secrets are blotted out, but it is better to leave them out. */
  detail?: JsonObject;
}

/**
 * Writes down what happened, in the transaction in which it happens: both are kept, or neither. One round trip: the
 * statement locks the tenant's head, advances it, and adds the event. The lock holds until commit, so call this last
 * and keep what follows short; another transaction of the same tenant waits for it.
 * @throws `audit_event_too_large`
 */
export async function recordEvent(tx: Tx, source: IdSource, event: NewAuditEvent): Promise<void> {
  const { tenantId, organizationId, type, actor, target } = event;
  const { id, at, body } = writeEvent(source, event);
  // `chainHash` in chain.ts computes the same; verification holds one against the other.
  await sql`
    with event as (select ${body}::text as body),
    head as (
      insert into audit_heads as known (tenant_id, sequence, hash)
      select ${tenantId}, 1, sha256(${genesisHash(tenantId)}::bytea || int8send(1) || convert_to(body, 'UTF8')) from event
      on conflict (tenant_id) do update set sequence = known.sequence + 1,
        hash = sha256(known.hash || int8send(known.sequence + 1) || convert_to((select body from event), 'UTF8'))
      returning sequence, hash
    )
    insert into audit_events (tenant_id, organization_id, sequence, hash, body, id, at, type, actor_id, target_type, target_id)
    select ${tenantId}, ${organizationId ?? null}, sequence, hash, body, ${id}, ${at}::bigint, ${type},
      ${cleanText(actor.id)}, ${cleanText(target.type)}, ${cleanText(target.id)}
    from head, event`.execute(tx);
}

/** The event as it will stand in the log. @throws `audit_event_too_large` */
export function writeEvent(
  source: IdSource,
  { tenantId, organizationId, type, actor, target, detail }: NewAuditEvent,
): { id: string; at: number; body: string } {
  const [id, at] = [newId('event', source), source.clock.now()];
  const body = writeEventBody({
    id,
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    at,
    type,
    actor: toActor(actor),
    target,
    ...(detail === undefined ? {} : { detail }),
  });
  return { id, at, body };
}
