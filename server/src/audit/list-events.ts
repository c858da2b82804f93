import { LIMITS } from '#base';
import type { Store } from '#store';
import type { AuditTables } from './audit-tables.ts';
import { auditErrors } from './errors.ts';
import { type AuditEvent, readEventBody } from './event.ts';

export interface AuditEventFilter {
  type?: string;
  actorId?: string;
  targetType?: string;
  targetId?: string;
  /** Milliseconds since the epoch; `from` is included, `to` is not. */
  from?: number;
  to?: number;
}

export interface ListEventsInput extends AuditEventFilter {
  tenantId: string;
  organizationId?: string;
  limit?: number;
  /** `next` of the page before. */
  after?: string;
}

export interface ListedAuditEvent extends AuditEvent {
  sequence: number;
}

/**
 * Events, newest first. New ones do not shift the pages: the cursor is a place in the chain.
 * @throws `audit_cursor_invalid`
 */
export async function listEvents(
  { store }: { store: Pick<Store, 'transaction'> },
  input: ListEventsInput,
): Promise<{ items: ListedAuditEvent[]; next?: string }> {
  const { tenantId, organizationId, type, actorId, targetType, targetId, from, to, after } = input;
  const limit = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  const rows = await store.transaction(
    scope,
    async (tx) => {
      const db = tx.withTables<AuditTables>();
      let select = db.selectFrom('audit_events').select(['sequence', 'body']).where('tenant_id', '=', tenantId);
      if (type !== undefined) select = select.where('type', '=', type);
      if (actorId !== undefined) select = select.where('actor_id', '=', actorId);
      if (targetType !== undefined) select = select.where('target_type', '=', targetType);
      if (targetId !== undefined) select = select.where('target_id', '=', targetId);
      if (from !== undefined) select = select.where('at', '>=', from);
      if (to !== undefined) select = select.where('at', '<', to);
      if (after !== undefined) select = select.where('sequence', '<', readCursor(after));
      return select
        .orderBy('sequence', 'desc')
        .limit(limit + 1)
        .execute();
    },
    { readOnly: true },
  );
  const items = rows.slice(0, limit).map(({ sequence, body }) => ({ ...readEventBody(body), sequence }));
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined ? { next: String(last.sequence) } : {}) };
}

function readCursor(cursor: string): number {
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw auditErrors.audit_cursor_invalid();
  return Number(cursor);
}
