import { sql } from 'kysely';
import { LIMITS } from '#base';
import type { Store } from '#store';
import { type ApiKey, type ApikeysTables, toApiKey } from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import { type LastUse, lastUsesOf } from './read-key-usage.ts';

/** In the order in which the gateway would refuse it. */
export const API_KEY_STATES = ['revoked', 'expired', 'quarantined', 'rotated', 'active'] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

/** More words make nothing easier to find, and each costs a look at every key. */
const SEARCH_WORDS_MAX = 8;

interface Deps {
  store: Pick<Store, 'transaction'>;
}

export interface ListApiKeysInput {
  tenantId: string;
  organizationId?: string;
  ownerId?: string;
  environment?: 'live' | 'test';
  tag?: string;
  /** As it is at `now`, in milliseconds. */
  state?: { state: ApiKeyState; now: number };
  /** Each word stands somewhere in what is known of the key, capital or small. */
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
  const { tenantId, ownerId, environment, tag, state, search, unused, after } = input;
  const limit = Math.min(Math.max(input.limit ?? LIMITS.pageSizeDefault, 1), LIMITS.pageSizeMax);
  const { rows, uses } = await store.transaction(
    scopeOf(input),
    async (tx) => {
      const db = tx.withTables<ApikeysTables>();
      let select = db.selectFrom('api_keys').select(COLUMNS).where('tenant_id', '=', tenantId);
      if (ownerId !== undefined) select = select.where('owner_id', '=', ownerId);
      if (environment !== undefined) select = select.where('environment', '=', environment);
      if (tag !== undefined) select = select.where(sql<boolean>`${tag} = any(tags)`);
      if (state !== undefined) select = select.where(isIn(state.state, state.now));
      for (const word of wordsOf(search)) select = select.where(tells(word));
      if (unused !== undefined) select = select.where(isUnused(unused));
      if (after !== undefined) select = select.where('id', '<', after);
      const found = await select
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const ids = found.map(({ id }) => id);
      return { rows: found, uses: await lastUsesOf(tx, tenantId, ids) };
    },
    { readOnly: true },
  );
  const items = rows.slice(0, limit).map((row) => withLastUse(toApiKey(row), uses));
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined ? { next: last.id } : {}) };
}

function isIn(state: ApiKeyState, now: number) {
  return sql<boolean>`case when revoked_at is not null then 'revoked' when expires_at <= ${now}::bigint then 'expired'
    when quarantined_at is not null then 'quarantined' when replaced_by is not null then 'rotated' else 'active' end = ${state}`;
}

const wordsOf = (search = ''): string[] =>
  [...new Set(search.toLowerCase().split(/\s+/).filter(Boolean))].slice(0, SEARCH_WORDS_MAX);

/** Without an index: each key is looked at, 200,000 in a second on a busy machine. Few have more; they filter by owner or tag. */
function tells(word: string) {
  return sql<boolean>`strpos(lower(concat_ws(' ', name, id, display_prefix || '…' || last4, description, contact_email, plan,
    owner_id, array_to_string(tags || scopes || roles, ' '))), ${word}) > 0`;
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
