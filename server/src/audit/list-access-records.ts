import { LIMITS } from '#base';
import type { Store } from '#store';
import type { AccessRecord } from './access-record.ts';
import type { AccessRecordRow, AuditTables } from './audit-tables.ts';
import { auditErrors } from './errors.ts';

export interface ListAccessRecordsInput {
  tenantId: string;
  organizationId?: string;
  principalId?: string;
  credentialId?: string;
  route?: string;
  decisionId?: string;
  allowed?: boolean;
  /** Milliseconds since the epoch; `from` is included, `to` is not. */
  from?: number;
  to?: number;
  limit?: number;
  /** `next` of the page before. */
  after?: string;
}

/**
 * Access records, newest first.
 * @throws `audit_cursor_invalid`
 */
export async function listAccessRecords(
  { store }: { store: Pick<Store, 'transaction'> },
  input: ListAccessRecordsInput,
): Promise<{ items: AccessRecord[]; next?: string }> {
  const { tenantId, organizationId, principalId, credentialId, route, decisionId, allowed, from, to, after } = input;
  const limit = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const place = after === undefined ? undefined : readCursor(after);
  const rows = await store.transaction(
    organizationId === undefined ? { tenantId } : { tenantId, organizationId },
    async (tx) => {
      const db = tx.withTables<AuditTables>();
      let select = db.selectFrom('access_records').selectAll().where('tenant_id', '=', tenantId);
      if (principalId !== undefined) select = select.where('principal_id', '=', principalId);
      if (credentialId !== undefined) select = select.where('credential_id', '=', credentialId);
      if (route !== undefined) select = select.where('route', '=', route);
      if (decisionId !== undefined) select = select.where('decision_id', '=', decisionId);
      if (allowed !== undefined) select = select.where('allowed', '=', allowed);
      if (from !== undefined) select = select.where('at', '>=', from);
      if (to !== undefined) select = select.where('at', '<', to);
      if (place !== undefined) {
        select = select.where((by) => by(by.refTuple('at', 'decision_id'), '<', by.tuple(place.at, place.decisionId)));
      }
      return select
        .orderBy('at', 'desc')
        .orderBy('decision_id', 'desc')
        .limit(limit + 1)
        .execute();
    },
    { readOnly: true },
  );
  const items = rows.slice(0, limit).map(toRecord);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined ? { next: `${last.at}.${last.decisionId}` } : {}) };
}

function readCursor(cursor: string): { at: number; decisionId: string } {
  const [, at, decisionId] = /^(\d{1,15})\.(.{1,128})$/.exec(cursor) ?? [];
  if (at === undefined || decisionId === undefined) throw auditErrors.audit_cursor_invalid();
  return { at: Number(at), decisionId };
}

function toRecord(row: AccessRecordRow): AccessRecord {
  return {
    decisionId: row.decision_id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    at: row.at,
    principalType: row.principal_type,
    principalId: row.principal_id,
    credentialType: row.credential_type,
    credentialId: row.credential_id,
    ...(row.client_id === null ? {} : { clientId: row.client_id }),
    ...(row.route === null ? {} : { route: row.route }),
    method: row.method,
    path: row.path,
    status: row.status,
    allowed: row.allowed,
    reason: row.reason,
    policies: row.policies,
    ...(row.upstream === null ? {} : { upstream: row.upstream }),
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    durationMicros: row.duration_micros,
    remoteAddress: row.remote_address,
  };
}
