import { IntTable, nextCapacity } from './int-table.ts';

const ID_BYTES_MAX = 1024;

/**
 * Objects (`document:1`) as small integers. Their names stand as UTF-8, one behind the other: 10 bytes instead of the 50
 * or more of a string in a Map.
 */
export class NodeTable {
  count = 0;
  readonly #table = new IntTable();
  #types = new Uint16Array(16);
  /** Where the name of each node ends; it begins where the one before ends. */
  #ends = new Uint32Array(16);
  #names = new Uint8Array(256);
  readonly #scratch = Buffer.alloc(ID_BYTES_MAX);
  #scratchLength = 0;

  /** -1 when there is no such node. */
  find(type: number, id: string): number {
    const hash = this.#read(type, id);
    const { slots } = this.#table;
    for (let slot = this.#table.start(hash); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const node = slots[slot] ?? -1;
      if (node === -1 || this.#isNamed(node, type)) return node;
    }
  }

  intern(type: number, id: string): number {
    const known = this.find(type, id);
    if (known !== -1) return known;
    const hash = this.#read(type, id);
    const node = this.count;
    if (node === this.#types.length) this.#grow();
    const start = this.#start(node);
    const end = start + this.#scratchLength;
    if (end > this.#names.length) {
      const grown = new Uint8Array(Math.max(nextCapacity(this.#names.length), end));
      grown.set(this.#names);
      this.#names = grown;
    }
    this.#names.set(this.#scratch.subarray(0, this.#scratchLength), start);
    this.#types[node] = type;
    this.#ends[node] = end;
    this.count += 1;
    const hashOf = (entry: number) => this.#hashOf(entry);
    this.#table.makeRoom(hashOf);
    this.#table.add(node, hash);
    return node;
  }

  typeOf(node: number): number {
    return this.#types[node] ?? 0;
  }

  idOf(node: number): string {
    return Buffer.from(this.#names.buffer, this.#start(node), (this.#ends[node] ?? 0) - this.#start(node)).toString();
  }

  bytes(): number {
    return this.#types.byteLength + this.#ends.byteLength + this.#names.byteLength + this.#table.slots.byteLength;
  }

  #start(node: number): number {
    return node === 0 ? 0 : (this.#ends[node - 1] ?? 0);
  }

  /** Writes the id to the scratch buffer and gives the hash: FNV-1a over its bytes, seeded with the type. */
  #read(type: number, id: string): number {
    const scratch = this.#scratch;
    const { length } = id;
    let hash = (0x811c9dc5 ^ Math.imul(type + 1, 0x9e3779b1)) | 0;
    for (let index = 0; index < length; index += 1) {
      const code = id.charCodeAt(index);
      if (code > 0x7f) return this.#readUtf8(type, id);
      scratch[index] = code;
      hash = Math.imul(hash ^ code, 0x01000193);
    }
    this.#scratchLength = length;
    return mix(hash);
  }

  #readUtf8(type: number, id: string): number {
    this.#scratchLength = this.#scratch.write(id);
    return this.#hashBytes(type, this.#scratch, 0, this.#scratchLength);
  }

  #hashOf(node: number): number {
    return this.#hashBytes(this.typeOf(node), this.#names, this.#start(node), this.#ends[node] ?? 0);
  }

  #hashBytes(type: number, bytes: Uint8Array, start: number, end: number): number {
    let hash = (0x811c9dc5 ^ Math.imul(type + 1, 0x9e3779b1)) | 0;
    for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    return mix(hash);
  }

  #isNamed(node: number, type: number): boolean {
    if (this.#types[node] !== type) return false;
    const start = this.#start(node);
    const length = this.#scratchLength;
    if ((this.#ends[node] ?? 0) - start !== length) return false;
    const names = this.#names;
    const scratch = this.#scratch;
    for (let index = 0; index < length; index += 1) if (names[start + index] !== scratch[index]) return false;
    return true;
  }

  #grow(): void {
    const capacity = nextCapacity(this.#types.length);
    const types = new Uint16Array(capacity);
    types.set(this.#types);
    this.#types = types;
    const ends = new Uint32Array(capacity);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}

function mix(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** Texts of which there are few, as small integers: names of types and relations. */
export class NameTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  intern(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    this.#names.push(name);
    return this.#names.length - 1;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }
}
