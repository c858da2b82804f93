import type { Store, Tx } from '#store';
import type { AccessRecord } from './access-record.ts';
import { LATENCY_BOUNDS_MICROS } from './access-tally.ts';
import { findAccessBatches } from './find-access-batches.ts';
import { readAccessBatch } from './read-access-batch.ts';

/** What happened at the gateway in a time. Times in milliseconds since the epoch. */
export interface TrafficSummary {
  from: number;
  to: number;
  /** Without a gap, the oldest first. */
  steps: TrafficStep[];
  totals: TrafficCounts;
  /** Upper bounds, at most twice the true value. */
  durationMicrosP50: number;
  durationMicrosP95: number;
  /** The busiest first, at most {@link TOP_MAX} of each. */
  credentials: (TrafficCounts & { of: string; type: string })[];
  routes: (TrafficCounts & { of: string })[];
  /** Why calls were denied, the most frequent first. */
  denials: { reason: string; calls: number }[];
  /** False when there was more than is looked at: then only the newest part is counted. */
  complete: boolean;
}

export interface TrafficCounts {
  calls: number;
  /** Not let through, for whatever reason. */
  denied: number;
  /** 5xx. */
  errors: number;
}

export interface TrafficStep extends TrafficCounts {
  at: number;
}

export const TRAFFIC_STEPS_MAX = 120;
const TOP_MAX = 8;
/** About a second of reading. */
const RECORDS_MAX = 100_000;
const BATCHES_MAX = 2_000;
/** Different names held while reading; whoever calls with a million keys must not fill the memory. */
const NAMES_HELD_MAX = 5_000;

/** Reads the access records of a time, newest first, and adds them up by steps, credentials, routes and reasons. */
export async function summarizeTraffic(
  { store }: { store: Pick<Store, 'transaction'> },
  input: { tenantId: string; organizationId?: string; from: number; to: number; steps: number },
): Promise<TrafficSummary> {
  const { tenantId, organizationId, from, to, steps } = input;
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return store.transaction(scope, (tx) => addUp(tx, { tenantId, from, to, steps }), { readOnly: true });
}

async function addUp(
  tx: Tx,
  { tenantId, from, to, steps }: { tenantId: string; from: number; to: number; steps: number },
): Promise<TrafficSummary> {
  const stepMilliseconds = (to - from) / steps;
  const times = Array.from({ length: steps }, (_, index): TrafficStep => {
    return { at: Math.round(from + index * stepMilliseconds), ...nothing() };
  });
  const totals = nothing();
  const credentials = new Map<string, TrafficCounts & { of: string; type: string }>();
  const routes = new Map<string, TrafficCounts & { of: string }>();
  const denials = new Map<string, { reason: string; calls: number }>();
  const latencies = LATENCY_BOUNDS_MICROS.map(() => 0).concat(0);
  let batches = 0;
  let complete = true;

  const take = (record: AccessRecord): void => {
    const { credentialId, credentialType, route, reason, durationMicros } = record;
    const step = times[Math.min(steps - 1, Math.floor((record.at - from) / stepMilliseconds))];
    const credential = held(credentials, credentialId, () => ({
      of: credentialId,
      type: credentialType,
      ...nothing(),
    }));
    const place = held(routes, route ?? '', () => ({ of: route ?? '', ...nothing() }));
    for (const counts of [totals, step, credential, place]) if (counts !== undefined) count(counts, record);
    if (!record.allowed) {
      // What follows the colon is about the one call.
      const word = reason.split(':', 1)[0] ?? reason;
      const denial = held(denials, word, () => ({ reason: word, calls: 0 }));
      if (denial !== undefined) denial.calls += 1;
    }
    const slower = LATENCY_BOUNDS_MICROS.findIndex((bound) => durationMicros <= bound);
    const bucket = slower === -1 ? LATENCY_BOUNDS_MICROS.length : slower;
    latencies[bucket] = (latencies[bucket] ?? 0) + 1;
  };

  for await (const portion of findAccessBatches(tx, tenantId, { from, to })) {
    for (const batch of portion) for (const record of readAccessBatch(batch, { from, to })) take(record);
    batches += portion.length;
    if (totals.calls < RECORDS_MAX && batches < BATCHES_MAX) continue;
    complete = false;
    break;
  }
  return {
    from,
    to,
    steps: times,
    totals,
    durationMicrosP50: percentile(latencies, totals.calls, 0.5),
    durationMicrosP95: percentile(latencies, totals.calls, 0.95),
    credentials: busiest([...credentials.values()].filter(({ of }) => of !== '')),
    routes: busiest([...routes.values()].filter(({ of }) => of !== '')),
    denials: busiest([...denials.values()]),
    complete,
  };
}

const nothing = (): TrafficCounts => ({ calls: 0, denied: 0, errors: 0 });

function count(counts: TrafficCounts, { status, allowed }: AccessRecord): void {
  counts.calls += 1;
  if (!allowed) counts.denied += 1;
  if (status >= 500) counts.errors += 1;
}

/** undefined when there was no room for one more name. */
function held<Value>(names: Map<string, Value>, name: string, make: () => Value): Value | undefined {
  const known = names.get(name);
  if (known !== undefined || names.size >= NAMES_HELD_MAX) return known;
  const value = make();
  names.set(name, value);
  return value;
}

const busiest = <Value extends { calls: number }>(values: readonly Value[]): Value[] =>
  values.toSorted((one, other) => other.calls - one.calls).slice(0, TOP_MAX);

function percentile(latencies: readonly number[], calls: number, share: number): number {
  let seen = 0;
  const bucket = latencies.findIndex((number) => {
    seen += number;
    return seen >= calls * share;
  });
  return calls === 0 ? 0 : (LATENCY_BOUNDS_MICROS[bucket] ?? LATENCY_BOUNDS_MICROS.at(-1) ?? 0);
}
