import { AccessBatch, BATCH_RECORDS_MAX } from './access-batch.ts';
import type { AccessRecord } from './access-record.ts';

/**
 * About 250 bytes for a usual record, so that the count is reached first; paths of 2,000 characters, or a batch for each
 * of thousands of organizations, reach this one.
 */
const WEIGHT_MAX = 32_000_000;

/** Records that wait for the database, in batches: first in, first out, and never more than there is room for. */
export class AccessQueue {
  readonly #countMax: number;
  readonly #newId: () => string;
  /** The batch that took the last record mostly takes the next one. */
  #last: AccessBatch | undefined;
  readonly #open = new Map<string, AccessBatch>();
  readonly #sealed: AccessBatch[] = [];
  /** Records in sealed batches. */
  sealedCount = 0;
  #openCount = 0;
  #weight = 0;

  constructor({ countMax, newId }: { countMax: number; newId: () => string }) {
    this.#countMax = countMax;
    this.#newId = newId;
  }

  get size(): number {
    return this.sealedCount + this.#openCount;
  }

  /** Is less used than that share of the room? */
  hasRoom(share: number): boolean {
    return this.size < Math.ceil(this.#countMax * share) && this.#weight < WEIGHT_MAX * share;
  }

  /** False when there is no room. */
  push(record: AccessRecord): boolean {
    if (!this.hasRoom(1)) return false;
    const batch = this.#last?.fits(record) === true ? this.#last : this.#batchFor(record);
    const before = batch.weight;
    batch.add(record);
    this.#weight += batch.weight - before;
    this.#openCount += 1;
    if (batch.count === BATCH_RECORDS_MAX) this.#seal(batch);
    else this.#last = batch;
    return true;
  }

  /** Closes all batches, so that what was pushed until now can be taken. */
  seal(): void {
    for (const batch of [...this.#open.values()]) this.#seal(batch);
  }

  /** The oldest sealed batches, which stay until they are dropped: a write that fails loses nothing. */
  peek({ batchesMax, recordsMax }: { batchesMax: number; recordsMax: number }): AccessBatch[] {
    const batches: AccessBatch[] = [];
    let records = 0;
    for (const batch of this.#sealed) {
      if (batches.length === batchesMax || records >= recordsMax) break;
      batches.push(batch);
      records += batch.count;
    }
    return batches;
  }

  /** Forgets that many of the oldest sealed batches. */
  drop(count: number): void {
    for (const batch of this.#sealed.splice(0, count)) {
      this.sealedCount -= batch.count;
      this.#weight -= batch.weight;
    }
  }

  #batchFor(record: AccessRecord): AccessBatch {
    const key = keyOf(record);
    const known = this.#open.get(key);
    if (known?.fits(record) === true) return known;
    if (known !== undefined) this.#seal(known);
    const batch = new AccessBatch(this.#newId(), record);
    this.#weight += batch.weight;
    this.#open.set(key, batch);
    return batch;
  }

  #seal(batch: AccessBatch): void {
    this.#open.delete(keyOf(batch));
    if (this.#last === batch) this.#last = undefined;
    this.#sealed.push(batch);
    this.#openCount -= batch.count;
    this.sealedCount += batch.count;
  }
}

/** Batches are apart by minute too, but the one of another minute is simply sealed: hardly any more comes for it. */
function keyOf({ tenantId, organizationId }: { tenantId: string; organizationId?: string | undefined }): string {
  return organizationId === undefined ? tenantId : `${tenantId} ${organizationId}`;
}
