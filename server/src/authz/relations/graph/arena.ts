import { grownInts, nextCapacity } from './int-table.ts';

/** Records begin at even places, so that 31 bits of a subject reach eight gigabytes far. */
export const UNIT = 2;

/**
 * Where the nodes, sets and edges of one graph stand, one behind the other as they came: what was put in together is
 * asked for together, and each look at another place of memory costs more than all that is done with what is found there.
 * A record's number is its place, divided by {@link UNIT}.
 */
export class Arena {
  ints = new Int32Array(64);
  #used = 0;

  /** Numbers given out are below this. */
  get end(): number {
    return this.#used / UNIT;
  }

  allocate(ints: number): number {
    const at = this.#used;
    this.#used = at + ints + (ints % UNIT);
    if (this.#used > this.ints.length) {
      this.ints = grownInts(this.ints, Math.max(nextCapacity(this.ints.length), this.#used));
    }
    return at / UNIT;
  }

  bytes(): number {
    return this.ints.byteLength;
  }
}
