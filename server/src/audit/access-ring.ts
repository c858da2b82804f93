import type { AccessRecord } from './access-record.ts';

/** First in, first out, in an array that is made once: taking a record costs an assignment. */
export class AccessRing {
  readonly #places: (AccessRecord | undefined)[];
  #first = 0;
  size = 0;

  constructor(sizeMax: number) {
    this.#places = new Array(sizeMax).fill(undefined);
  }

  /** False when there is no room. */
  push(record: AccessRecord): boolean {
    const room = this.#places.length;
    if (this.size === room) return false;
    this.#places[(this.#first + this.size) % room] = record;
    this.size += 1;
    return true;
  }

  /** The oldest ones, which stay until they are dropped: a write that fails loses nothing. */
  peek(countMax: number): AccessRecord[] {
    const records: AccessRecord[] = [];
    for (let index = 0; index < Math.min(countMax, this.size); index += 1) {
      const record = this.#places[(this.#first + index) % this.#places.length];
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  drop(count: number): void {
    for (let index = 0; index < count; index += 1)
      this.#places[(this.#first + index) % this.#places.length] = undefined;
    this.#first = (this.#first + count) % this.#places.length;
    this.size -= count;
  }
}
