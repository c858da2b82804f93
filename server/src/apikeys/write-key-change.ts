import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { recordChange, type Tx } from '#store';
import { API_KEY_TOPIC, type ApiKey, type ApiKeyRow, type ApikeysTables, toApiKey } from './api-key.ts';
import type { ApikeysAuditEvent } from './audit-events.ts';
import type { IssueApiKeyDeps } from './issue-api-key.ts';

export interface KeyChange {
  type: ApikeysAuditEvent;
  changes: Partial<ApiKeyRow>;
  detail: Record<string, string | string[]>;
}

/** Writes, announces and records a change of a key that the caller holds ({@link takeLiveKey}). */
export async function writeKeyChange(
  tx: Tx,
  source: IdSource,
  { row, actor, change }: { row: ApiKeyRow; actor: Principal; change: KeyChange },
): Promise<ApiKey> {
  const { tenant_id: tenantId, id } = row;
  const changed = await tx
    .withTables<ApikeysTables>()
    .updateTable('api_keys')
    .set(change.changes)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id, operation: 'put' });
  await recordEvent(tx, source, {
    tenantId,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    type: change.type,
    actor,
    target: { type: 'api_key', id, name: changed.name },
    detail: change.detail,
  });
  return toApiKey(changed);
}

/** Whoever lets a key do more, or again, must be able to hand out what it then may. */
export async function demandGrant(tx: Tx, deps: IssueApiKeyDeps, actor: Principal, row: ApiKeyRow): Promise<void> {
  const { tenantId, organizationId, owner, scopes, roles, restrictions } = toApiKey(row);
  const inOrganization = organizationId === undefined ? {} : { organizationId };
  await deps.authorizeGrant(tx, actor, {
    tenantId,
    ...inOrganization,
    ...(owner && { owner }),
    scopes,
    roles,
    restrictions,
  });
}
