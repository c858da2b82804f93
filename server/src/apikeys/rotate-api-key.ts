import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { recordChange, type Tx } from '#store';
import { API_KEY_TOPIC, type ApiKey, type ApiKeyRow, type ApikeysTables, toApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import { type ApiKeyChoices, type IssueApiKeyDeps, insertApiKey, newApiKeyRow } from './issue-api-key.ts';
import { lifetimeWithin } from './key-policy.ts';
import { takeLiveKey } from './take-live-key.ts';

export interface RotateApiKeyInput {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  id: string;
  /** For so long both keys work. Zero ends the old one at once. */
  overlapMilliseconds: number;
  /** When the new key ends. Left out: it gets as long a life as the old one was given, as far as the policy has it. */
  expiresAt?: number;
}

export interface RotatedApiKey {
  /** The new key itself, for the answer alone. */
  key: string;
  apiKey: ApiKey;
  /** The old one, with the end it has now. */
  previous: ApiKey;
}

/**
 * Gives a key a successor that may do the same, and the old one an end. Of two who rotate the same key at once one wins:
 * a key has one successor, so that "who still uses the old one?" has one answer.
 * @throws `api_key_not_found`, `api_key_ended`, `api_key_replaced`, `api_key_set_aside`, `api_key_lifetime_refused`, and what
 *   `authorizeGrant` throws.
 */
export async function rotateApiKey(deps: IssueApiKeyDeps, input: RotateApiKeyInput): Promise<RotatedApiKey> {
  const { tenantId, organizationId } = input;
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return deps.store.transaction(scope, (tx) => rotateApiKeyIn(tx, deps, input));
}

/** The same in the caller's transaction. */
export async function rotateApiKeyIn(
  tx: Tx,
  deps: Omit<IssueApiKeyDeps, 'store'>,
  input: RotateApiKeyInput,
): Promise<RotatedApiKey> {
  const { tenantId, actor, id, overlapMilliseconds } = input;
  const now = deps.clock.now();
  const old = await takeLiveKey(tx, { tenantId, id, now });
  if (old.replaced_by !== null) throw apikeysErrors.api_key_replaced({ details: { replacedBy: old.replaced_by } });
  // It is for others to decide whether it goes on: neither its owner nor a link by mail takes that from them.
  const isOthers = actor.type !== 'system' && actor.id !== (old.owner_id ?? old.id);
  if (old.quarantined_at !== null && !isOthers) throw apikeysErrors.api_key_set_aside();
  const choices = await successorChoices(tx, old, now);
  const issued = newApiKeyRow(deps, { ...choices, expires_at: input.expiresAt ?? choices.expires_at });
  const endsAt = Math.min(old.expires_at ?? Number.POSITIVE_INFINITY, now + overlapMilliseconds);
  const previous = await tx
    .withTables<ApikeysTables>()
    .updateTable('api_keys')
    .set({ replaced_by: issued.row.id, expires_at: endsAt })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id, operation: 'put' });
  await recordEvent(tx, deps, {
    tenantId,
    ...(old.organization_id === null ? {} : { organizationId: old.organization_id }),
    type: 'api_key.rotated',
    actor,
    target: { type: 'api_key', id, name: old.name },
    detail: { replacedBy: issued.row.id, endsAt },
  });
  return { ...(await insertApiKey(tx, deps, { ...issued, actor })), previous: toApiKey(previous) };
}

/**
 * A key that may do the same at the same places, for as long as the old one was given when it was issued, or as the policy
 * lets it live by now. What it may do comes from whoever issued the first one: a key that a person gave himself does no more
 * than he may, and would do more if it counted as given by an administrator, or a link, that only replaced it.
 */
export async function successorChoices(tx: Tx, old: ApiKeyRow, now: number): Promise<ApiKeyChoices> {
  const expiresAt = old.expires_at === null ? undefined : now + (old.expires_at - old.created_at);
  return {
    tenant_id: old.tenant_id,
    organization_id: old.organization_id,
    name: old.name,
    environment: old.environment,
    owner_type: old.owner_type,
    owner_id: old.owner_id,
    scopes: old.scopes,
    roles: old.roles,
    plan: old.plan,
    created_by: old.created_by,
    expires_at: (await lifetimeWithin(tx, old.tenant_id, { from: now, to: expiresAt })) ?? null,
    description: old.description,
    tags: old.tags,
    contact_email: old.contact_email,
    allowed_addresses: old.allowed_addresses,
    allowed_apis: old.allowed_apis,
    allowed_routes: old.allowed_routes,
    replaces: old.id,
  };
}
