import type { IdSource, Principal } from '#base';
import type { Tx } from '#store';
import { type ApiKey, type ApiKeyRow, toApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import type { IssueApiKeyDeps } from './issue-api-key.ts';
import { takeLiveKey } from './take-live-key.ts';
import { demandGrant, writeKeyChange } from './write-key-change.ts';

export interface JudgeApiKeyInput {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  id: string;
  reason: string;
}

/**
 * Sets a key aside: every gateway refuses it until it is released. One that is set aside already stays as it is.
 * @throws `api_key_not_found`, `api_key_ended`
 */
export function quarantineApiKey(deps: IssueApiKeyDeps, input: JudgeApiKeyInput): Promise<ApiKey> {
  return deps.store.transaction(scopeOf(input), async (tx) =>
    setAside(tx, deps, { ...input, row: await takeLiveKey(tx, { ...input, now: deps.clock.now() }) }),
  );
}

/** The same, inside the caller's transaction, for a key that he holds. */
export async function setAside(
  tx: Tx,
  source: IdSource,
  { row, actor, reason }: { row: ApiKeyRow; actor: Principal; reason: string },
): Promise<ApiKey> {
  if (row.quarantined_at !== null) return toApiKey(row);
  const changes = { quarantined_at: source.clock.now(), quarantine_reason: reason };
  return writeKeyChange(tx, source, {
    row,
    actor,
    change: { type: 'api_key.quarantined', changes, detail: { reason } },
  });
}

/** @throws `api_key_not_found`, `api_key_ended`, `api_key_not_quarantined`, and what `authorizeGrant` throws. */
export function releaseApiKey(deps: IssueApiKeyDeps, input: JudgeApiKeyInput): Promise<ApiKey> {
  const { actor, reason } = input;
  return deps.store.transaction(scopeOf(input), async (tx) => {
    const row = await takeLiveKey(tx, { ...input, now: deps.clock.now() });
    if (row.quarantined_at === null) throw apikeysErrors.api_key_not_quarantined();
    await demandGrant(tx, deps, actor, row);
    const changes = { quarantined_at: null, quarantine_reason: null };
    return writeKeyChange(tx, deps, { row, actor, change: { type: 'api_key.released', changes, detail: { reason } } });
  });
}

function scopeOf({ tenantId, organizationId }: JudgeApiKeyInput) {
  return organizationId === undefined ? { tenantId } : { tenantId, organizationId };
}
