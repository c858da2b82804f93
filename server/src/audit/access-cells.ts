/** Few rows at first: there may be a batch for each of thousands of organizations. */
const ROWS_FIRST = 2;

/**
 * The numbers of a batch, row by row. They stand outside of what the garbage collector walks through: a batch outlives the
 * young generation, and an array of its cells was copied twice and looked through each time.
 */
export class AccessCells {
  /** In use; there is room for more. */
  length = 0;
  #numbers: Float64Array;
  readonly #perRow: number;

  constructor(perRow: number) {
    this.#perRow = perRow;
    this.#numbers = new Float64Array(perRow * ROWS_FIRST);
  }

  /** All numbers. Of the new row, which is the last, each must be set. */
  addRow(): Float64Array {
    if (this.length === this.#numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.length += this.#perRow;
    return this.#numbers;
  }

  /** The number in this place; none beyond the last. */
  at(place: number): number | undefined {
    return place < this.length ? this.#numbers[place] : undefined;
  }

  /** As JSON writes fastest: small integers among integers, where a typed array has only numbers that may have a fraction. */
  toArray(): number[] {
    const plain = new Array<number>(this.length).fill(0);
    for (let place = 0; place < plain.length; place += 1) {
      const number = this.#numbers[place] ?? 0;
      const integer = number | 0;
      plain[place] = integer === number ? integer : number;
    }
    return plain;
  }
}
