import { sql } from 'kysely';
import type { AccessTally } from '#audit';
import type { Tx } from '#store';

const MINUTES_PER_HOUR = 60;

interface UsageRow {
  tenant_id: string;
  key_id: string;
  hour: number;
  route: string;
  organization_id: string | null;
  calls: number;
  client_errors: number;
  server_errors: number;
  refused: number;
  denied: number;
  limited: number;
  bytes_in: number;
  bytes_out: number;
  duration_micros: number;
  latencies: number[];
}

/**
 * Adds what was counted of API keys to what stands there, in the transaction that keeps the access records: no count is
 * lost or doubled unless its record is. Rows are taken in one order, so that two processes never wait for each other in a ring.
 */
export async function recordKeyUsage(tx: Tx, tallies: readonly AccessTally[]): Promise<void> {
  const ofKeys = tallies.filter(
    ({ credentialType, credentialId }) => credentialType === 'api_key' && credentialId !== '',
  );
  if (ofKeys.length === 0) return;
  // Without a route it was exchanged for a token: a use, and no call that anybody could be billed for.
  const calls = ofKeys.filter(({ route }) => route !== '');
  if (calls.length > 0) await addCalls(tx, calls);
  await keepLastUses(tx, latest(ofKeys));
}

async function addCalls(tx: Tx, calls: readonly AccessTally[]): Promise<void> {
  await sql`
    insert into api_key_usage as kept (tenant_id, key_id, hour, route, organization_id, calls, client_errors, server_errors,
      refused, denied, limited, bytes_in, bytes_out, duration_micros, latencies)
    select tenant_id, key_id, hour, route, organization_id, calls, client_errors, server_errors,
      refused, denied, limited, bytes_in, bytes_out, duration_micros, latencies
    from jsonb_populate_recordset(null::api_key_usage, ${JSON.stringify(byHour(calls))}::jsonb)
    order by tenant_id, key_id, hour, route
    on conflict (tenant_id, key_id, hour, route) do update set
      calls = kept.calls + excluded.calls,
      client_errors = kept.client_errors + excluded.client_errors,
      server_errors = kept.server_errors + excluded.server_errors,
      refused = kept.refused + excluded.refused,
      denied = kept.denied + excluded.denied,
      limited = kept.limited + excluded.limited,
      bytes_in = kept.bytes_in + excluded.bytes_in,
      bytes_out = kept.bytes_out + excluded.bytes_out,
      duration_micros = kept.duration_micros + excluded.duration_micros,
      latencies = api_key_usage_add(kept.latencies, excluded.latencies)`.execute(tx);
}

export interface KeptLastUse {
  tenant_id: string;
  key_id: string;
  organization_id: string | null;
  at: number;
  address: string;
  /** Empty: not at a route. */
  route: string;
}

/** Keeps the last use of each of these keys, unless a later one is known. One for each key, or the database refuses all. */
export async function keepLastUses(tx: Tx, lastUses: readonly KeptLastUse[]): Promise<void> {
  if (lastUses.length === 0) return;
  await sql`
    insert into api_key_last_use as kept (tenant_id, key_id, organization_id, at, address, route)
    select tenant_id, key_id, organization_id, at, address, route
    from jsonb_populate_recordset(null::api_key_last_use, ${JSON.stringify(lastUses)}::jsonb)
    order by tenant_id, key_id
    on conflict (tenant_id, key_id) do update set at = excluded.at, address = excluded.address, route = excluded.route
      where excluded.at >= kept.at`.execute(tx);
}

/** One row for each place: an insert may not touch the same row twice. */
function byHour(tallies: readonly AccessTally[]): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const tally of tallies) {
    const hour = Math.floor(tally.minute / MINUTES_PER_HOUR);
    const key = JSON.stringify([tally.tenantId, tally.credentialId, hour, tally.route]);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, toRow(tally, hour));
    else add(row, tally);
  }
  return [...rows.values()];
}

function toRow(tally: AccessTally, hour: number): UsageRow {
  return {
    tenant_id: tally.tenantId,
    key_id: tally.credentialId,
    hour,
    route: tally.route,
    organization_id: tally.organizationId ?? null,
    calls: tally.calls,
    client_errors: tally.clientErrors,
    server_errors: tally.serverErrors,
    refused: tally.refused,
    denied: tally.denied,
    limited: tally.limited,
    bytes_in: tally.bytesIn,
    bytes_out: tally.bytesOut,
    duration_micros: tally.durationMicros,
    latencies: [...tally.latencies],
  };
}

function add(row: UsageRow, tally: AccessTally): void {
  row.calls += tally.calls;
  row.client_errors += tally.clientErrors;
  row.server_errors += tally.serverErrors;
  row.refused += tally.refused;
  row.denied += tally.denied;
  row.limited += tally.limited;
  row.bytes_in += tally.bytesIn;
  row.bytes_out += tally.bytesOut;
  row.duration_micros += tally.durationMicros;
  row.latencies = row.latencies.map((value, place) => value + (tally.latencies[place] ?? 0));
}

function latest(tallies: readonly AccessTally[]): KeptLastUse[] {
  const last = new Map<string, { tally: AccessTally; at: number; address: string }>();
  for (const tally of tallies) {
    if (tally.lastUse === undefined) continue;
    const key = JSON.stringify([tally.tenantId, tally.credentialId]);
    if ((last.get(key)?.at ?? -1) <= tally.lastUse.at) last.set(key, { tally, ...tally.lastUse });
  }
  return [...last.values()].map(({ tally, at, address }) => ({
    tenant_id: tally.tenantId,
    key_id: tally.credentialId,
    organization_id: tally.organizationId ?? null,
    at,
    address,
    route: tally.route,
  }));
}
