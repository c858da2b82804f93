import type { Tx } from '#store';
import type { AccessBatch } from './access-batch.ts';
import { CELL, CELLS_PER_RECORD, MINUTE_MS, NONE } from './access-batch-format.ts';

/**
 * What one credential did at one route within one batch: counts, to be added up by whoever keeps them. What a token did that
 * was made from an API key, the key did.
 */
export interface AccessTally {
  tenantId: string;
  organizationId: string | undefined;
  /** Minutes since the epoch. */
  minute: number;
  credentialType: string;
  credentialId: string;
  /** The route's name; empty when none matched. */
  route: string;
  calls: number;
  /** 4xx and 5xx, but for the three that follow. */
  clientErrors: number;
  serverErrors: number;
  /** 401: the credential was no good (any more). */
  refused: number;
  /** 403: it was good, and this was not allowed. */
  denied: number;
  /** 429. */
  limited: number;
  bytesIn: number;
  bytesOut: number;
  durationMicros: number;
  /** How many took at most that long: {@link LATENCY_BOUNDS_MICROS}, and the last entry for all that took longer. */
  latencies: number[];
  /** Of the last call that was not refused, if there is one: when, and from where. */
  lastUse: { at: number; address: string } | undefined;
}

/** Powers of two from half a millisecond to eight seconds: a percentile is right within a factor of two. */
export const LATENCY_BOUNDS_MICROS = [
  500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000, 4_096_000,
  8_192_000,
] as const;

/** Keeps what is counted, in the transaction that writes the records: neither is ever there without the other. */
export type TallyKeeper = (tx: Tx, tallies: readonly AccessTally[]) => Promise<void>;

/** Adds up what these batches hold. */
export function tallyBatches(batches: readonly AccessBatch[]): AccessTally[] {
  return batches.flatMap((batch) => [...tallyBatch(batch).values()]);
}

function tallyBatch(batch: AccessBatch): Map<string, AccessTally> {
  const { texts, cells, keys } = batch.content;
  const tallies = new Map<string, AccessTally>();
  const tallyOf = (type: number, id: number, route: number): AccessTally => {
    const key = `${type} ${id} ${route}`;
    let tally = tallies.get(key);
    if (tally === undefined) {
      const madeFrom = keys.get(id);
      const credential = madeFrom === undefined ? (texts[type] ?? '') : 'api_key';
      tally = emptyTally(batch, credential, madeFrom ?? texts[id] ?? '', texts[route] ?? '');
      tallies.set(key, tally);
    }
    return tally;
  };
  // Neighbours are mostly of one credential at one route.
  let [type, id, route] = [NONE, NONE, NONE];
  let tally: AccessTally | undefined;
  for (let first = 0; first < cells.length; first += CELLS_PER_RECORD) {
    const credentialType = cells.at(first + CELL.credentialType.place) ?? NONE;
    const credentialId = cells.at(first + CELL.credentialId.place) ?? NONE;
    const routeName = cells.at(first + CELL.route.place) ?? NONE;
    if (tally === undefined || credentialId !== id || routeName !== route || credentialType !== type) {
      type = credentialType;
      id = credentialId;
      route = routeName;
      tally = tallyOf(type, id, route);
    }
    const status = cells.at(first + CELL.status.place) ?? NONE;
    count(tally, status, cells.at(first + CELL.durationMicros.place) ?? NONE);
    tally.bytesIn += cells.at(first + CELL.bytesIn.place) ?? NONE;
    tally.bytesOut += cells.at(first + CELL.bytesOut.place) ?? NONE;
    if (status === 401) continue;
    const at = batch.minute * MINUTE_MS + (cells.at(first + CELL.at.place) ?? NONE);
    const address = texts[cells.at(first + CELL.remoteAddress.place) ?? NONE] ?? '';
    if (tally.lastUse === undefined) tally.lastUse = { at, address };
    else if (at >= tally.lastUse.at) {
      tally.lastUse.at = at;
      tally.lastUse.address = address;
    }
  }
  return tallies;
}

function count(tally: AccessTally, status: number, durationMicros: number): void {
  tally.calls += 1;
  if (status === 401) tally.refused += 1;
  else if (status === 403) tally.denied += 1;
  else if (status === 429) tally.limited += 1;
  else if (status >= 500) tally.serverErrors += 1;
  else if (status >= 400) tally.clientErrors += 1;
  tally.durationMicros += durationMicros;
  let bucket = 0;
  while (durationMicros > (LATENCY_BOUNDS_MICROS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
  tally.latencies[bucket] = (tally.latencies[bucket] ?? 0) + 1;
}

function emptyTally(batch: AccessBatch, credentialType: string, credentialId: string, route: string): AccessTally {
  return {
    tenantId: batch.tenantId,
    organizationId: batch.organizationId,
    minute: batch.minute,
    credentialType,
    credentialId,
    route,
    calls: 0,
    clientErrors: 0,
    serverErrors: 0,
    refused: 0,
    denied: 0,
    limited: 0,
    bytesIn: 0,
    bytesOut: 0,
    durationMicros: 0,
    latencies: new Array<number>(LATENCY_BOUNDS_MICROS.length + 1).fill(0),
    lastUse: undefined,
  };
}
