import type { z } from 'zod';
import { type Principal, parse } from '#base';
import { type ApiKey, type ApiKeyRow, toApiKey } from './api-key.ts';
import { demandPlan, giverOf } from './choose-plan.ts';
import type { IssueApiKeyDeps } from './issue-api-key.ts';
import { apiKeyChangeSchema } from './new-api-key.ts';
import { takeLiveKey } from './take-live-key.ts';
import { demandGrant, writeKeyChange } from './write-key-change.ts';

export interface ChangeApiKeyInput extends z.input<typeof apiKeyChangeSchema> {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  id: string;
}

/**
 * Changes what is known of a key and where it may be used, on every gateway. Whoever lifts a restriction hands something
 * out, so it is judged as if the key were issued anew.
 * @throws `invalid_input`, `api_key_not_found`, `api_key_ended`, `api_key_plan_unknown`, `plan_beyond_own`, and what `authorizeGrant` throws.
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
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return deps.store.transaction(scope, async (tx) => {
    const row = await takeLiveKey(tx, { tenantId, id, now: deps.clock.now() });
    if (Object.keys(changes).length === 0) return toApiKey(row);
    await demandGrant(tx, deps, actor, { ...row, ...changes });
    if (plan !== undefined) await demandPlan(tx, giverOf(actor, deps.holds), { tenantId, plan, given: row.plan });
    const detail = { changed: Object.keys(wanted) };
    return writeKeyChange(tx, deps, { row, actor, change: { type: 'api_key.updated', changes, detail } });
  });
}
