const BYTES_MAX = 1024;
const SPACE = 0x20;
const HASH = 0x23;
const COLON = 0x3a;
const DELETE = 0x7f;

/** The name of an object, four bytes of UTF-8 in each word, and its hash: what nodes are found by. */
export class NodeName {
  readonly words = new Int32Array(BYTES_MAX / 4 + 1);
  bytes = 0;
  hash = 0;
  readonly #scratch = Buffer.alloc(BYTES_MAX);

  read(type: number, id: string): void {
    let hash = seedFor(type);
    let word = 0;
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index);
      if (code >= DELETE) {
        this.#readUtf8(type, id);
        return;
      }
      word |= code << ((index & 3) << 3);
      if ((index & 3) !== 3) continue;
      this.words[index >> 2] = word;
      hash = stir(hash, word);
      word = 0;
    }
    this.#end(hash, word, id.length);
  }

  /** Reads what comes after a colon, as most names are. False when it has to be looked at more closely. */
  readPlain(type: number, text: string, from: number): boolean {
    const { length } = text;
    let hash = seedFor(type);
    let word = 0;
    for (let index = from; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code <= SPACE || code >= DELETE || code === HASH || code === COLON) return false;
      const place = index - from;
      word |= code << ((place & 3) << 3);
      if ((place & 3) !== 3) continue;
      this.words[place >> 2] = word;
      hash = stir(hash, word);
      word = 0;
    }
    this.#end(hash, word, length - from);
    return length > from;
  }

  is(text: string): boolean {
    return this.bytes === text.length && this.bytes < 4 && textOfWords(this.words, 0, this.bytes) === text;
  }

  /** As it stands in a graph. */
  readWords(type: number, words: Int32Array, from: number, bytes: number): void {
    let hash = seedFor(type);
    const whole = bytes >> 2;
    for (let place = 0; place < whole; place += 1) hash = stir(hash, words[from + place] ?? 0);
    this.bytes = bytes;
    const last = (bytes & 3) === 0 ? hash : stir(hash, words[from + whole] ?? 0);
    this.hash = finish(last, bytes);
  }

  #readUtf8(type: number, id: string): void {
    const bytes = this.#scratch.write(id);
    let hash = seedFor(type);
    let word = 0;
    for (let index = 0; index < bytes; index += 1) {
      word |= (this.#scratch[index] ?? 0) << ((index & 3) << 3);
      if ((index & 3) !== 3) continue;
      this.words[index >> 2] = word;
      hash = stir(hash, word);
      word = 0;
    }
    this.#end(hash, word, bytes);
  }

  #end(hash: number, word: number, bytes: number): void {
    this.bytes = bytes;
    if ((bytes & 3) !== 0) this.words[bytes >> 2] = word;
    this.hash = finish((bytes & 3) === 0 ? hash : stir(hash, word), bytes);
  }
}

export function textOfWords(words: Int32Array, from: number, bytes: number): string {
  const text = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index += 1) {
    text[index] = (words[from + (index >> 2)] ?? 0) >> ((index & 3) << 3);
  }
  return text.toString();
}

function seedFor(type: number): number {
  return Math.imul(type + 1, 0x9e3779b1);
}

function stir(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function finish(hash: number, bytes: number): number {
  const mixed = Math.imul(hash ^ bytes, 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}
