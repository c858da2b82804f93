import type { z } from 'zod';
import { recordEvent } from '#audit';
import { type Principal, parse } from '#base';
import { recordChange, type Tx } from '#store';
import { API_KEY_TOPIC, type ApiKey, type ApiKeyRow, type ApikeysTables, toApiKey } from './api-key.ts';
import type { ApikeysAuditEvent } from './audit-events.ts';
import { demandPlan } from './demand-plan.ts';
import { apikeysErrors } from './errors.ts';
import type { IssueApiKeyDeps } from './issue-api-key.ts';
import { apiKeyChangeSchema } from './new-api-key.ts';
import { takeLiveKey } from './take-live-key.ts';

interface Place {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  id: string;
}

export interface ChangeApiKeyInput extends Place, z.input<typeof apiKeyChangeSchema> {}

/**
 * Changes what is known of a key and where it may be used, on every gateway. Whoever lifts a restriction hands something
 * out, so it is judged as if the key were issued anew.
 * @throws `invalid_input`, `api_key_not_found`, `api_key_ended`, `api_key_plan_unknown`, and what `authorizeGrant` throws.
 */
export async function changeApiKey(
  deps: IssueApiKeyDeps,
  { tenantId, organizationId, actor, id, ...input }: ChangeApiKeyInput,
): Promise<ApiKey> {
  const wanted = parse(apiKeyChangeSchema, input);
  const { name, description, tags, contactEmail, plan, restrictions } = wanted;
  const changes: Partial<ApiKeyRow> = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(contactEmail === undefined ? {} : { contact_email: contactEmail }),
    ...(plan === undefined ? {} : { plan }),
    ...(restrictions === undefined
      ? {}
      : {
          allowed_addresses: restrictions.addresses ?? null,
          allowed_apis: restrictions.apis ?? null,
          allowed_routes: restrictions.routes ?? null,
        }),
  };
  return change(
    deps,
    { tenantId, actor, id, ...(organizationId === undefined ? {} : { organizationId }) },
    async (tx, row) => {
      await demandGrant(tx, deps, actor, { ...row, ...changes });
      if (typeof plan === 'string') await demandPlan(tx, tenantId, plan);
      return { type: 'api_key.updated', changes, detail: { changed: Object.keys(wanted) } };
    },
  );
}

/**
 * Sets a key aside: every gateway refuses it until it is released. One that is set aside already stays as it is.
 * @throws `api_key_not_found`, `api_key_ended`
 */
export function quarantineApiKey(
  deps: IssueApiKeyDeps,
  { reason, ...place }: Place & { reason: string },
): Promise<ApiKey> {
  return change(deps, place, (_tx, row) =>
    row.quarantined_at === null
      ? {
          type: 'api_key.quarantined',
          changes: { quarantined_at: deps.clock.now(), quarantine_reason: reason },
          detail: { reason },
        }
      : undefined,
  );
}

/** @throws `api_key_not_found`, `api_key_ended`, `api_key_not_quarantined`, and what `authorizeGrant` throws. */
export function releaseApiKey(
  deps: IssueApiKeyDeps,
  { reason, ...place }: Place & { reason: string },
): Promise<ApiKey> {
  return change(deps, place, async (tx, row) => {
    if (row.quarantined_at === null) throw apikeysErrors.api_key_not_quarantined();
    await demandGrant(tx, deps, place.actor, row);
    return { type: 'api_key.released', changes: { quarantined_at: null, quarantine_reason: null }, detail: { reason } };
  });
}

/** Whoever lets a key do more, or again, must be able to hand out what it then may. */
async function demandGrant(tx: Tx, deps: IssueApiKeyDeps, actor: Principal, row: ApiKeyRow): Promise<void> {
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

interface Change {
  type: ApikeysAuditEvent;
  changes: Partial<ApiKeyRow>;
  detail: Record<string, string | string[]>;
}

async function change(
  deps: IssueApiKeyDeps,
  { tenantId, organizationId, actor, id }: Place,
  decide: (tx: Tx, row: ApiKeyRow) => Promise<Change | undefined> | Change | undefined,
): Promise<ApiKey> {
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return deps.store.transaction(scope, async (tx) => {
    const row = await takeLiveKey(tx, { tenantId, id, now: deps.clock.now() });
    const decided = await decide(tx, row);
    if (decided === undefined || Object.keys(decided.changes).length === 0) return toApiKey(row);
    const changed = await tx
      .withTables<ApikeysTables>()
      .updateTable('api_keys')
      .set(decided.changes)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id, operation: 'put' });
    await recordEvent(tx, deps, {
      tenantId,
      ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
      type: decided.type,
      actor,
      target: { type: 'api_key', id, name: changed.name },
      detail: decided.detail,
    });
    return toApiKey(changed);
  });
}
