import { LIMITS } from '#base';
import type { Store } from '#store';
import { type AccessRecord, TOKEN_EXCHANGED } from './access-record.ts';
import { listAccessRecords } from './list-access-records.ts';

/** What was done with one credential. Times in milliseconds since the epoch. */
export interface AccessSummary {
  calls: number;
  allowed: number;
  bytesIn: number;
  bytesOut: number;
  firstAt: number | undefined;
  lastAt: number | undefined;
  /** The busiest first, at most {@link PLACES_MAX} of each. */
  routes: AccessPlace[];
  objects: AccessPlace[];
  addresses: AccessPlace[];
  /** Ids of the tokens that were made from it; what they did is among the rest. */
  tokens: string[];
  /** False when there were more records, or more places, than are looked at. */
  complete: boolean;
}

export interface AccessPlace {
  /** A route's name, a method and path, or an address. */
  of: string;
  calls: number;
  allowed: number;
  bytesIn: number;
  bytesOut: number;
  firstAt: number;
  lastAt: number;
}

/** Half a minute of reading: a busier credential is looked into by time, with `from` and `to`. */
const RECORDS_MAX = 200_000;
export const PLACES_MAX = 500;
/** Different places held while reading; a scan of a million paths must not fill the memory. */
const PLACES_HELD_MAX = 20_000;

/** Tokens made from one credential that are looked for: each is a search of its own. */
const TOKENS_MAX = 1_000;

/**
 * Reads what a credential did, and then the tokens that were made from it, each newest first, and adds it up by route,
 * object and address.
 */
export async function summarizeAccess(
  deps: { store: Pick<Store, 'transaction'> },
  input: { tenantId: string; organizationId?: string; credentialId: string; from?: number; to?: number },
): Promise<AccessSummary> {
  const routes = new Map<string, AccessPlace>();
  const objects = new Map<string, AccessPlace>();
  const addresses = new Map<string, AccessPlace>();
  const summary = { calls: 0, allowed: 0, bytesIn: 0, bytesOut: 0, firstAt: undefined, lastAt: undefined } as Omit<
    AccessSummary,
    'routes' | 'objects' | 'addresses' | 'complete'
  >;
  let complete = true;
  const tokens = new Set<string>();
  const take = (record: AccessRecord) => {
    summary.calls += 1;
    summary.allowed += record.allowed ? 1 : 0;
    summary.bytesIn += record.bytesIn;
    summary.bytesOut += record.bytesOut;
    summary.firstAt = Math.min(summary.firstAt ?? record.at, record.at);
    summary.lastAt = Math.max(summary.lastAt ?? record.at, record.at);
    const held = [
      addTo(routes, record.route ?? '', record),
      addTo(objects, `${record.method} ${record.path}`, record),
      addTo(addresses, record.remoteAddress, record),
    ];
    if (held.includes(false)) complete = false;
    if (record.route !== undefined || !record.reason.startsWith(TOKEN_EXCHANGED)) return;
    if (tokens.size < TOKENS_MAX) tokens.add(record.decisionId);
    else complete = false;
  };
  const read = async (credentialId: string) => {
    let after: string | undefined;
    do {
      const page = await listAccessRecords(deps, { ...input, credentialId, limit: LIMITS.pageSizeMax, after });
      for (const record of page.items) take(record);
      after = page.next;
    } while (after !== undefined && summary.calls < RECORDS_MAX);
    if (after !== undefined) complete = false;
  };
  await read(input.credentialId);
  for (const token of tokens) {
    if (summary.calls < RECORDS_MAX) await read(token);
    else complete = false;
  }
  if ([routes, objects, addresses].some(({ size }) => size > PLACES_MAX)) complete = false;
  return {
    ...summary,
    routes: busiest(routes),
    objects: busiest(objects),
    addresses: busiest(addresses),
    tokens: [...tokens],
    complete,
  };
}

/** False when there was no room for one more place. */
function addTo(places: Map<string, AccessPlace>, of: string, record: AccessRecord): boolean {
  const place = places.get(of);
  if (place === undefined) {
    if (places.size >= PLACES_HELD_MAX) return false;
    const { at, bytesIn, bytesOut, allowed } = record;
    places.set(of, { of, calls: 1, allowed: allowed ? 1 : 0, bytesIn, bytesOut, firstAt: at, lastAt: at });
    return true;
  }
  place.calls += 1;
  place.allowed += record.allowed ? 1 : 0;
  place.bytesIn += record.bytesIn;
  place.bytesOut += record.bytesOut;
  place.firstAt = Math.min(place.firstAt, record.at);
  place.lastAt = Math.max(place.lastAt, record.at);
  return true;
}

function busiest(places: ReadonlyMap<string, AccessPlace>): AccessPlace[] {
  return [...places.values()].sort((a, b) => b.calls - a.calls || (a.of < b.of ? -1 : 1)).slice(0, PLACES_MAX);
}
