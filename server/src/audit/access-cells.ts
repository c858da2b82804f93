/** Few rows at first: there may be a batch for each of thousands of organizations. */
const ROWS_FIRST = 2;

/**
 * The numbers of a batch: added row by row, written column by column. They stand outside of what the garbage collector walks
 * through: a batch outlives the young generation, and an array of its cells was copied twice and looked through each time.
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

  /**
   * One column after the other, ready for JSON: the number alone where all rows have the same one. Most columns of most
   * batches are like that. Small integers stand among integers, which JSON writes fastest.
   */
  toColumns(): (number | number[])[] {
    return Array.from({ length: this.#perRow }, (_, column) => this.#column(column));
  }

  #column(column: number): number | number[] {
    const numbers = this.#numbers;
    const perRow = this.#perRow;
    const first = numbers[column] ?? 0;
    let place = column + perRow;
    while (place < this.length && numbers[place] === first) place += perRow;
    if (place >= this.length) return first;
    const plain = new Array<number>(this.length / perRow).fill(0);
    let at = column;
    for (let row = 0; row < plain.length; row += 1) {
      const number = numbers[at] ?? 0;
      const integer = number | 0;
      plain[row] = integer === number ? integer : number;
      at += perRow;
    }
    return plain;
  }
}
