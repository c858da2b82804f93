/** Few at first: there may be a batch for each of thousands of organizations. */
const BYTES_FIRST = 64;
export const ID_LENGTH_MAX = 128;
const SPACE = 0x20;
/** Of each character that an id of ours can have: its code. Nothing of it means anything to JSON. */
const PLAIN = new Uint8Array(128);
for (const character of '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.') {
  PLAIN[character.charCodeAt(0)] = character.charCodeAt(0);
}

/**
 * Ids one after the other, as bytes and apart by spaces. As texts they would outlive the young generation, each copied twice
 * before it is written.
 */
export class AccessIds {
  count = 0;
  #bytes = Buffer.allocUnsafeSlow(BYTES_FIRST);
  #to = 0;

  /** @returns false, and takes nothing, when the id is not made of letters, digits and `_-.`, or is too long. */
  add(id: string): boolean {
    const { length } = id;
    if (length === 0 || length > ID_LENGTH_MAX) return false;
    if (this.#to + length >= this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    let at = this.#to;
    for (let index = 0; index < length; index += 1) {
      const byte = PLAIN[id.charCodeAt(index)] ?? 0;
      if (byte === 0) return false;
      bytes[at] = byte;
      at += 1;
    }
    this.#end(at);
    return true;
  }

  /** In the place of an id that is none: where it stands among the texts. */
  addReference(place: number): void {
    const text = `#${place}`;
    if (this.#to + text.length >= this.#bytes.length) this.#grow();
    this.#end(this.#to + this.#bytes.write(text, this.#to, 'latin1'));
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, Math.max(0, this.#to - 1));
  }

  #end(at: number): void {
    this.#bytes[at] = SPACE;
    this.#to = at + 1;
    this.count += 1;
  }

  /** At least to room for one more, and the space behind it. */
  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + ID_LENGTH_MAX);
    this.#bytes.copy(larger, 0, 0, this.#to);
    this.#bytes = larger;
  }
}
