import { z } from 'zod';
import { recordEvent } from '#audit';
import { type Clock, LIMITS, newId, type Principal, parse, type Random } from '#base';
import { credentialHash, describeCredential, type Keyring, mintCredential } from '#keyring';
import { holdResources, NAME_PATTERN } from '#resources';
import { recordChange, type Store, type Tx } from '#store';
import {
  API_KEY_TOPIC,
  type ApiKey,
  type ApiKeyOwner,
  type ApiKeyRow,
  type ApikeysTables,
  toApiKey,
} from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import { planKind } from './plan-kind.ts';

/** What a key is to be able to do, for {@link IssueApiKeyDeps.authorizeGrant} to judge. */
export interface ApiKeyGrant {
  tenantId: string;
  organizationId?: string;
  owner?: ApiKeyOwner;
  scopes: readonly string[];
  roles: readonly string[];
}

export interface IssueApiKeyDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
  /**
   * Asked before anything is written, in the same transaction: may this actor hand this out? It throws when not. This
   * room knows no roles and no scopes but by name, so the judgement comes from outside.
   */
  authorizeGrant: (tx: Tx, actor: Principal, grant: ApiKeyGrant) => Promise<void> | void;
}

/** RFC 6749 §3.3 scope-token. */
const scope = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: printable, without space, quote or backslash');
const name = z.string().regex(NAME_PATTERN, 'must be a name: lower-case letters, digits and hyphens');
const distinct = (item: z.ZodType<string>) =>
  z
    .array(item)
    .max(LIMITS.listLengthMax)
    .transform((items) => [...new Set(items)]);

/** What may come from outside. The rest of the command's input, tenant and actor, the program knows itself. */
export const newApiKeySchema = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(LIMITS.nameLengthMax),
  environment: z.enum(['live', 'test']).default('live'),
  owner: z.strictObject({ type: z.enum(['user', 'service_account']), id: z.string().min(1).max(128) }).optional(),
  scopes: distinct(scope).default([]),
  roles: distinct(name).default([]),
  plan: name.optional(),
  expiresAt: z.int().optional(),
});

export interface IssueApiKeyInput extends z.input<typeof newApiKeySchema> {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
}

/**
 * Makes a key. Its text is in the answer and nowhere else: only a keyed hash is kept.
 * @throws `invalid_input`, `api_key_plan_unknown`, and what `authorizeGrant` throws.
 */
export async function issueApiKey(
  deps: IssueApiKeyDeps,
  { tenantId, organizationId, actor, ...input }: IssueApiKeyInput,
): Promise<{ key: string; apiKey: ApiKey }> {
  const { store, keyring, clock, random } = deps;
  const wanted = parse(
    newApiKeySchema.refine(({ expiresAt }) => expiresAt === undefined || expiresAt > clock.now(), {
      path: ['expiresAt'],
      message: 'must lie in the future',
    }),
    input,
  );
  const key = mintCredential('api_key', random, wanted.environment);
  const { displayPrefix, last4 } = describeCredential(key);
  const row: ApiKeyRow = {
    tenant_id: tenantId,
    id: newId('apiKey', { clock, random }),
    organization_id: organizationId ?? null,
    hash: credentialHash(keyring, key),
    display_prefix: displayPrefix,
    last4,
    name: wanted.name,
    environment: wanted.environment,
    owner_type: wanted.owner?.type ?? null,
    owner_id: wanted.owner?.id ?? null,
    scopes: wanted.scopes,
    roles: wanted.roles,
    plan: wanted.plan ?? null,
    created_at: clock.now(),
    created_by: actor.id,
    expires_at: wanted.expiresAt ?? null,
    revoked_at: null,
    revoke_reason: null,
  };
  const apiKey = toApiKey(row);
  const inOrganization = organizationId === undefined ? {} : { organizationId };
  await store.transaction({ tenantId, ...inOrganization }, async (tx) => {
    const owner = apiKey.owner === undefined ? {} : { owner: apiKey.owner };
    const grant = { tenantId, ...inOrganization, ...owner, scopes: apiKey.scopes, roles: apiKey.roles };
    await deps.authorizeGrant(tx, actor, grant);
    if (wanted.plan !== undefined) await demandPlan(tx, tenantId, wanted.plan);
    await tx.withTables<ApikeysTables>().insertInto('api_keys').values(row).execute();
    await recordChange(tx, { tenantId, topic: API_KEY_TOPIC, id: row.id, operation: 'put' });
    const { environment, scopes, roles, plan, expiresAt } = apiKey;
    const given = plan === undefined ? {} : { plan };
    const until = expiresAt === undefined ? {} : { expiresAt };
    await recordEvent(tx, deps, {
      tenantId,
      ...inOrganization,
      type: 'api_key.issued',
      actor,
      target: { type: 'api_key', id: row.id, name: row.name },
      detail: { environment, scopes, roles, ...given, ...until, ...(apiKey.owner && { owner: { ...apiKey.owner } }) },
    });
  });
  return { key, apiKey };
}

async function demandPlan(tx: Tx, tenantId: string, plan: string): Promise<void> {
  if ((await holdResources(tx, { tenantId, kind: planKind, names: [plan] })).length > 0) {
    throw apikeysErrors.api_key_plan_unknown({
      message: `There is no plan "${plan}". Create it first, or leave the plan out.`,
    });
  }
}
