import { sql } from 'kysely';
import { z } from 'zod';
import { GatehouseError, newId, type Principal } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import type { Store } from '#store';
import type { ApiKeyRow, ApikeysTables } from '../api-key.ts';
import { apikeysErrors } from '../errors.ts';
import { type IssueApiKeyDeps, insertApiKey, planOfNew } from '../issue-api-key.ts';
import { newApiKeySchema } from '../new-api-key.ts';
import { type ForeignFormat, foreignHashSchema, foreignText } from './foreign-format.ts';
import { FORMATS_MAX, keepFormat } from './foreign-formats.ts';

export interface ImportKeysDeps extends Omit<IssueApiKeyDeps, 'store' | 'keyring'> {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
}

const recordSchema = newApiKeySchema.extend({
  hash: foreignHashSchema,
  last4: z
    .string()
    .regex(/^[\x21-\x7e]{1,4}$/, 'must be the last characters of the key, at most four')
    .optional(),
});

export interface ImportedKeys {
  created: number;
  /** There already, from this import broken off, or another. */
  existing: number;
  failed: number;
  errors: { record: number; code: string; message: string }[];
}

/**
 * Takes keys that another system issued, by what it kept of them, so that they go on working. Each record stands or falls
 * by itself, and one that is there already is passed over: an import that broke off is run again from the start.
 * @param from how many records come before these; for the numbers in `errors`, which count from 1.
 * @throws `api_key_formats_full`
 */
export async function importForeignKeys(
  deps: ImportKeysDeps,
  input: {
    tenantId: string;
    actor: Principal;
    format: ForeignFormat;
    from: number;
    records: readonly unknown[];
  },
): Promise<ImportedKeys> {
  const { tenantId, actor, format, from, records } = input;
  const { id: formatId, alike } = await deps.store.transaction({ tenantId }, async (tx) => {
    const kept = await keepFormat(tx, { keyring: deps.keyring, now: deps.clock.now() }, { tenantId, format });
    if (kept.count > FORMATS_MAX) throw apikeysErrors.api_key_formats_full();
    return kept;
  });
  const done: ImportedKeys = { created: 0, existing: 0, failed: 0, errors: [] };
  for (const [index, record] of records.entries()) {
    try {
      const created = await importOne(deps, { tenantId, actor, formatId, alike, prefix: format.prefix, record });
      done[created ? 'created' : 'existing'] += 1;
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      done.failed += 1;
      done.errors.push({ record: from + index + 1, code: error.code, message: error.message });
    }
  }
  await deps.store.changes.caughtUp().catch(() => undefined);
  return done;
}

async function importOne(
  deps: ImportKeysDeps,
  {
    tenantId,
    actor,
    formatId,
    alike,
    prefix,
    record,
  }: { tenantId: string; actor: Principal; formatId: string; alike: string[]; prefix: string; record: unknown },
): Promise<boolean> {
  const read = recordSchema.safeParse(record);
  if (!read.success) {
    const [issue] = read.error.issues;
    // Never the value: it may be the key itself, put there by mistake.
    throw apikeysErrors.api_key_record_malformed({
      message:
        issue === undefined ? 'The record is malformed.' : `${issue.path.join('.') || 'The record'}: ${issue.message}.`,
    });
  }
  const wanted = read.data;
  const now = deps.clock.now();
  if (wanted.expiresAt !== undefined && wanted.expiresAt <= now)
    throw apikeysErrors.api_key_record_malformed({ message: 'expiresAt: the key has expired already.' });
  const { addresses, apis, routes } = wanted.restrictions;
  const row: ApiKeyRow = {
    tenant_id: tenantId,
    organization_id: null,
    id: newId('apiKey', deps),
    hash: credentialHash(deps.keyring, foreignText(tenantId, formatId, wanted.hash)),
    display_prefix: prefix,
    last4: wanted.last4 ?? '',
    name: wanted.name,
    environment: wanted.environment,
    owner_type: wanted.owner?.type ?? null,
    owner_id: wanted.owner?.id ?? null,
    scopes: wanted.scopes,
    roles: wanted.roles,
    plan: null,
    created_at: now,
    created_by: actor.id,
    expires_at: wanted.expiresAt ?? null,
    revoked_at: null,
    revoke_reason: null,
    quarantined_at: null,
    quarantine_reason: null,
    description: wanted.description ?? null,
    tags: wanted.tags,
    contact_email: wanted.contactEmail ?? null,
    allowed_addresses: addresses ?? null,
    allowed_apis: apis ?? null,
    allowed_routes: routes ?? null,
    replaces: null,
    replaced_by: null,
  };
  // The same key under another look is the same key: one that was revoked must not come back because a length was corrected.
  const hashes = alike.map((id) => credentialHash(deps.keyring, foreignText(tenantId, id, wanted.hash)));
  return deps.store.transaction({ tenantId }, async (tx) => {
    // Two imports at once would both find nothing, and the second fail.
    await sql`select pg_advisory_xact_lock(hashtextextended(${row.hash}, 0))`.execute(tx);
    const known = await tx
      .withTables<ApikeysTables>()
      .selectFrom('api_keys')
      .select('id')
      .where('hash', 'in', hashes)
      .executeTakeFirst();
    if (known !== undefined) return false;
    row.plan = await planOfNew(tx, deps, { tenantId, actor, plan: wanted.plan });
    await insertApiKey(tx, deps, { key: '', row, actor });
    return true;
  });
}
