import { type RawBuilder, sql } from 'kysely';
import { LIMITS } from '#base';
import type { Store } from '#store';
import { type ApiKey, type ApikeysTables, toApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import { type LastUse, lastUsesOf } from './read-key-usage.ts';
import { searchApiKeys, wordsOf } from './search-api-keys.ts';

/** In the order in which the gateway would refuse it. */
export const API_KEY_STATES = ['revoked', 'expired', 'quarantined', 'rotated', 'active'] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

interface Deps {
  store: Pick<Store, 'transaction'>;
}

export interface ListApiKeysInput {
  tenantId: string;
  organizationId?: string;
  ownerId?: string;
  environment?: 'live' | 'test';
  tag?: string;
  plan?: string;
  /** As it is at `now`, in milliseconds. */
  state?: { state: ApiKeyState; now: number };
  /** Each word stands somewhere in what is known of the key, or begins its id or its owner’s; capital or small. */
  search?: string;
  /** Only those that live (`now`) and were neither issued nor used since, in milliseconds. */
  unused?: { since: number; now: number };
  limit?: number;
  /** `next` of the page before. */
  after?: string;
}

/** Everything but the hash, which is nobody's business. */
const COLUMNS = [
  'tenant_id',
  'id',
  'organization_id',
  'display_prefix',
  'last4',
  'name',
  'environment',
  'owner_type',
  'owner_id',
  'scopes',
  'roles',
  'plan',
  'created_at',
  'created_by',
  'expires_at',
  'revoked_at',
  'revoke_reason',
  'quarantined_at',
  'quarantine_reason',
  'description',
  'tags',
  'contact_email',
  'allowed_addresses',
  'allowed_apis',
  'allowed_routes',
  'replaces',
  'replaced_by',
] as const;

/** Keys, newest first: their ids sort by the time they were made. */
export async function listApiKeys(
  { store }: Deps,
  input: ListApiKeysInput,
): Promise<{ items: ApiKey[]; next?: string }> {
  const { tenantId, organizationId, after, search } = input;
  const limit = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const { rows, uses } = await store.transaction(
    scopeOf(input),
    async (tx) => {
      const where = conditionsOf(input);
      const words = wordsOf(search);
      if (after !== undefined) where.push(sql<boolean>`id < ${after}`);
      if (words.length > 0) {
        const inOrganization = organizationId === undefined ? {} : { organizationId };
        const ids = await searchApiKeys(tx, { tenantId, ...inOrganization, words, where, limit: limit + 1 });
        where.push(sql<boolean>`id = any(${ids}::text[])`);
      }
      const found = await tx
        .withTables<ApikeysTables>()
        .selectFrom('api_keys')
        .select(COLUMNS)
        .where(({ and }) => and(where))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const ids = found.map(({ id }) => id);
      return { rows: found, uses: await lastUsesOf(tx, tenantId, ids) };
    },
    { readOnly: true, inOrder: true },
  );
  const items = rows.slice(0, limit).map((row) => withLastUse(toApiKey(row), uses));
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined ? { next: last.id } : {}) };
}

function conditionsOf(input: ListApiKeysInput): RawBuilder<boolean>[] {
  const { tenantId, organizationId, ownerId, environment, tag, plan, state, unused } = input;
  const where = [sql<boolean>`tenant_id = ${tenantId}`];
  // Row-level security says so as well, in words that no index can be asked with.
  if (organizationId !== undefined) where.push(sql<boolean>`organization_id = ${organizationId}`);
  if (ownerId !== undefined) where.push(sql<boolean>`owner_id = ${ownerId}`);
  if (plan !== undefined) where.push(sql<boolean>`plan = ${plan}`);
  if (environment !== undefined) where.push(sql<boolean>`environment = ${environment}`);
  if (tag !== undefined) where.push(sql<boolean>`${tag} = any(tags)`);
  if (state !== undefined) where.push(isIn(state.state, state.now));
  if (unused !== undefined) where.push(isUnused(unused));
  return where;
}

function isIn(state: ApiKeyState, now: number) {
  return sql<boolean>`case when revoked_at is not null then 'revoked' when expires_at <= ${now}::bigint then 'expired'
    when quarantined_at is not null then 'quarantined' when replaced_by is not null then 'rotated' else 'active' end = ${state}`;
}

function isUnused({ since, now }: { since: number; now: number }) {
  return sql<boolean>`revoked_at is null and (expires_at is null or expires_at > ${now}::bigint) and created_at < ${since}::bigint and not exists (
    select 1 from api_key_last_use as used
    where used.tenant_id = api_keys.tenant_id and used.key_id = api_keys.id and used.at >= ${since}::bigint)`;
}

/** @throws `api_key_not_found` */
export async function getApiKey(
  { store }: Deps,
  input: { tenantId: string; organizationId?: string; id: string },
): Promise<ApiKey> {
  const { tenantId, id } = input;
  const found = await store.transaction(
    scopeOf(input),
    async (tx) => {
      const select = tx.withTables<ApikeysTables>().selectFrom('api_keys').select(COLUMNS);
      const row = await select.where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : withLastUse(toApiKey(row), await lastUsesOf(tx, tenantId, [id]));
    },
    { readOnly: true },
  );
  if (found === undefined) throw apikeysErrors.api_key_not_found();
  return found;
}

/** Those of these keys that there are, by id; without their last use. */
export async function findApiKeys(
  { store }: Deps,
  input: { tenantId: string; organizationId?: string; ids: readonly string[] },
): Promise<Map<string, ApiKey>> {
  const { tenantId, ids } = input;
  if (ids.length === 0) return new Map();
  const rows = await store.transaction(
    scopeOf(input),
    (tx) => {
      const select = tx.withTables<ApikeysTables>().selectFrom('api_keys').select(COLUMNS);
      return select.where('tenant_id', '=', tenantId).where('id', 'in', ids).execute();
    },
    { readOnly: true },
  );
  return new Map(rows.map((row) => [row.id, toApiKey(row)]));
}

function withLastUse(key: ApiKey, uses: ReadonlyMap<string, LastUse>): ApiKey {
  const lastUse = uses.get(key.id);
  return lastUse === undefined ? key : { ...key, lastUse };
}

function scopeOf({ tenantId, organizationId }: { tenantId: string; organizationId?: string }) {
  return organizationId === undefined ? { tenantId } : { tenantId, organizationId };
}
