import { sql } from 'kysely';
import type { Store } from '#store';
import type { AccessRecord } from './access-record.ts';
import { cleanText } from './event.ts';

/**
 * Many records in one statement with one parameter, a JSON text: the gateway's processor writes it several times faster
 * than the twenty arrays of `unnest`, and PostgreSQL takes it apart on its own. A batch whose COMMIT got lost is written
 * again, so a record that is there already is passed over. Odd values are bent into shape (a fraction, a text longer
 * than an index takes): one record that can't be written would hold up all those behind it.
 */
export async function insertAccessRecords(
  store: Pick<Store, 'transaction'>,
  records: readonly AccessRecord[],
): Promise<void> {
  const text = toStorableJson(records);
  await store.transaction({ system: true }, async (tx) => {
    await sql`
      insert into access_records (tenant_id, decision_id, organization_id, at, principal_type, principal_id,
        credential_type, credential_id, client_id, route, method, path, status, allowed, reason, policies, upstream,
        bytes_in, bytes_out, duration_micros, remote_address)
      select "tenantId", left("decisionId", 128), left("organizationId", 128), coalesce("at", 0)::bigint,
        coalesce("principalType", ''), coalesce(left("principalId", 256), ''), coalesce("credentialType", ''),
        coalesce(left("credentialId", 256), ''), left("clientId", 256), left("route", 256), coalesce("method", ''),
        coalesce(left("path", 2048), ''), coalesce("status", 0)::integer, coalesce("allowed", false),
        coalesce("reason", ''), coalesce("policies", '{}'), "upstream", coalesce("bytesIn", 0)::bigint,
        coalesce("bytesOut", 0)::bigint, coalesce("durationMicros", 0)::bigint, coalesce("remoteAddress", '')
      from json_to_recordset(${text}::json) as record("tenantId" text, "decisionId" text, "organizationId" text,
        "at" float8, "principalType" text, "principalId" text, "credentialType" text, "credentialId" text,
        "clientId" text, "route" text, "method" text, "path" text, "status" float8, "allowed" boolean, "reason" text,
        "policies" text[], "upstream" text, "bytesIn" float8, "bytesOut" float8, "durationMicros" float8,
        "remoteAddress" text)
      on conflict do nothing`.execute(tx);
  });
}

/**
 * Characters that PostgreSQL's text can't hold are rare, and looking for their escapes in the whole text is cheaper than
 * looking at each field. A credential that a caller put into a path by mistake is blotted out on the way.
 */
function toStorableJson(records: readonly AccessRecord[]): string {
  const text = JSON.stringify(records);
  if (!/\\u(0000|d[89a-f])/.test(text) && !text.includes('gh_')) return text;
  return JSON.stringify(records, (_, value: unknown) => (typeof value === 'string' ? cleanText(value) : value));
}
