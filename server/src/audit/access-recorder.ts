import { type Clock, type Logger, newId, type Random, systemPrincipal } from '#base';
import type { Store } from '#store';
import { AccessQueue } from './access-queue.ts';
import type { AccessRecord } from './access-record.ts';
import type { TallyKeeper } from './access-tally.ts';
import { recordEvent } from './record-event.ts';
import { accessBatchWriter } from './write-access-batches.ts';

/**
 * What happens when the database can't keep up with the requests. `drop_and_count`: requests go on, the records that do
 * not fit are lost, counted, and the loss is written down. `refuse`: no request goes unrecorded, so the gateway answers
 * 503 while there is no room.
 */
export type AccessOverflow = 'drop_and_count' | 'refuse';

export interface AccessRecorder {
  /** Takes a record. Never throws, never waits. */
  record(record: AccessRecord): void;
  /** False when the policy is `refuse` and there is no room: do not serve what could not be recorded. */
  accepting(): boolean;
  /** Resolves when all that was recorded before is written, or can't be. */
  flush(): Promise<void>;
  /** Writes what there is, giving up after some seconds, and stops. */
  close(): Promise<void>;
  stats(): AccessRecorderStats;
}

export interface AccessRecorderStats {
  waiting: number;
  written: number;
  dropped: number;
  failedWrites: number;
}

export interface AccessRecorderDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  random: Random;
  log: Logger;
  overflow?: AccessOverflow;
  /** How many records wait in memory at most. */
  waitingMax?: number;
  /** Who counts what each credential does. */
  keepTallies?: TallyKeeper;
}

/** At 5,000 requests a second the database may pause for four seconds. About 250 bytes each: 5 MB. */
const WAITING_MAX = 20_000;
/** What one transaction takes at most: eight full batches, or one small batch each of many organizations. */
const WRITE_MAX = { recordsMax: 4_096, batchesMax: 1_000 };
/** A record is in the database so long after its request, at the latest, when all is well. */
const DELAY_MS = 500;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
const CLOSE_MAX_MS = 5_000;

export function openAccessRecorder(deps: AccessRecorderDeps): AccessRecorder {
  const { store, log, overflow = 'drop_and_count', waitingMax = WAITING_MAX } = deps;
  // One random id for the recorder and a number for each batch: drawing randomness would be a third of a small batch's cost.
  const id = newId('access', deps);
  let batches = 0;
  const nextId = () => {
    batches += 1;
    return `${id}.${batches}`;
  };
  const queue = new AccessQueue({ countMax: waitingMax, newId: nextId });
  const writeBatches = accessBatchWriter(store, deps.keepTallies);
  const droppedByTenant = new Map<string, number>();
  let [written, dropped, failedWrites] = [0, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let retryMs = 0;
  let closed = false;

  /** One write at a time: a slow database is not helped by more. */
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeWaiting().finally(() => {
      writing = undefined;
      if (queue.size > 0 && !closed) schedule(retryMs === 0 ? DELAY_MS : retryMs);
    });
    return writing;
  };
  const schedule = (delayMs: number) => {
    timer ??= setTimeout(() => void write(), delayMs);
  };

  const writeWaiting = async (): Promise<void> => {
    queue.seal();
    while (queue.sealedCount > 0) {
      const portion = queue.peek(WRITE_MAX);
      try {
        await writeBatches(portion);
      } catch (error) {
        failedWrites += 1;
        if (retryMs === 0) log.warn({ err: error, waiting: queue.size }, 'access records can’t be written; they wait');
        retryMs = Math.min(RETRY_MAX_MS, retryMs === 0 ? RETRY_FIRST_MS : retryMs * 2);
        return;
      }
      queue.drop(portion.length);
      written += portion.reduce((sum, { count }) => sum + count, 0);
      retryMs = 0;
    }
    await reportDropped();
  };

  /** Tells once per spell, when it is over: one event for each tenant, and one line. */
  const reportDropped = async (): Promise<void> => {
    if (droppedByTenant.size === 0) return;
    for (const [tenantId, count] of [...droppedByTenant]) {
      const actor = systemPrincipal(tenantId, 'access_recorder');
      const target = { type: 'access_log', id: tenantId };
      try {
        await store.transaction({ tenantId }, (tx) =>
          recordEvent(tx, deps, { tenantId, type: 'access_log.dropped', actor, target, detail: { count } }),
        );
        const left = (droppedByTenant.get(tenantId) ?? 0) - count;
        if (left > 0) droppedByTenant.set(tenantId, left);
        else droppedByTenant.delete(tenantId);
        log.error({ tenantId, count }, 'access records were lost while the database fell behind');
      } catch (error) {
        log.warn({ err: error, tenantId, count }, 'the loss of access records could not be written down yet');
      }
    }
  };

  return {
    record(record) {
      if (closed || !queue.push(record)) {
        dropped += 1;
        droppedByTenant.set(record.tenantId, (droppedByTenant.get(record.tenantId) ?? 0) + 1);
        return;
      }
      if (timer === undefined && writing === undefined) schedule(DELAY_MS);
      else if (queue.sealedCount >= WRITE_MAX.recordsMax && retryMs === 0 && writing === undefined) void write();
    },
    // Requests under way when the room runs out still need a place: a tenth is kept for them.
    accepting: () => overflow === 'drop_and_count' || queue.hasRoom(0.9),
    async flush() {
      const until = written + queue.size;
      const failures = failedWrites;
      while (written < until && failedWrites === failures) await write();
    },
    async close() {
      const giveUp = performance.now() + CLOSE_MAX_MS;
      while (queue.size > 0 && performance.now() < giveUp) {
        await write();
        if (retryMs > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_FIRST_MS));
      }
      closed = true;
      clearTimeout(timer);
      if (queue.size > 0) log.error({ count: queue.size }, 'access records were lost: the database was out of reach');
    },
    stats: () => ({ waiting: queue.size, written, dropped, failedWrites }),
  };
}
