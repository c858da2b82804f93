import { grownInts, IntTable, nextCapacity } from './int-table.ts';

const ID_BYTES_MAX = 1024;

/** What is known of a node, side by side so that one look at memory brings all of it. */
const WIDTH = 4;
const FIRST_SET = 0;
const FIRST_AS_SUBJECT = 1;
/** Where its name ends; it begins where that of the node before ends. */
const NAME_END = 2;
/** The type, and above it 16 bits of the hash: of two nodes that share a slot, the wrong one is told by this alone. */
const TYPE_AND_TAG = 3;
const TYPE = 0xffff;

/**
 * Objects (`document:1`) as small integers. Their names stand as UTF-8, one behind the other: 10 bytes instead of the 50
 * or more of a string in a Map.
 */
export class NodeTable {
  count = 0;
  readonly #table = new IntTable();
  #nodes = new Int32Array(16 * WIDTH);
  #names = new Uint8Array(256);
  readonly #scratch = Buffer.alloc(ID_BYTES_MAX);
  #scratchLength = 0;

  /** -1 when there is no such node. */
  find(type: number, id: string): number {
    return this.#find(this.#read(type, id), type);
  }

  intern(type: number, id: string): number {
    const hash = this.#read(type, id);
    const known = this.#find(hash, type);
    if (known !== -1) return known;
    const node = this.count;
    if ((node + 1) * WIDTH > this.#nodes.length) this.#nodes = grownInts(this.#nodes, nextCapacity(node) * WIDTH);
    const start = this.#start(node);
    const end = start + this.#scratchLength;
    if (end > this.#names.length) {
      const grown = new Uint8Array(Math.max(nextCapacity(this.#names.length), end));
      grown.set(this.#names);
      this.#names = grown;
    }
    for (let index = 0; index < this.#scratchLength; index += 1) this.#names[start + index] = this.#scratch[index] ?? 0;
    const at = node * WIDTH;
    this.#nodes[at + FIRST_SET] = -1;
    this.#nodes[at + FIRST_AS_SUBJECT] = -1;
    this.#nodes[at + NAME_END] = end;
    this.#nodes[at + TYPE_AND_TAG] = tagged(type, hash);
    this.count += 1;
    this.#table.makeRoom((entry) => this.#hashOf(entry));
    this.#table.add(node, hash);
    return node;
  }

  typeOf(node: number): number {
    return (this.#nodes[node * WIDTH + TYPE_AND_TAG] ?? 0) & TYPE;
  }

  idOf(node: number): string {
    const start = this.#start(node);
    return Buffer.from(this.#names.buffer, start, this.#end(node) - start).toString();
  }

  firstSet(node: number): number {
    return this.#nodes[node * WIDTH + FIRST_SET] ?? -1;
  }

  setFirstSet(node: number, set: number): void {
    this.#nodes[node * WIDTH + FIRST_SET] = set;
  }

  firstAsSubject(node: number): number {
    return this.#nodes[node * WIDTH + FIRST_AS_SUBJECT] ?? -1;
  }

  setFirstAsSubject(node: number, edge: number): void {
    this.#nodes[node * WIDTH + FIRST_AS_SUBJECT] = edge;
  }

  bytes(): number {
    return this.#nodes.byteLength + this.#names.byteLength + this.#table.slots.byteLength;
  }

  #find(hash: number, type: number): number {
    const { slots } = this.#table;
    const wanted = tagged(type, hash);
    for (let slot = this.#table.start(hash); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const node = slots[slot] ?? -1;
      if (node === -1 || (this.#nodes[node * WIDTH + TYPE_AND_TAG] === wanted && this.#isNamed(node))) return node;
    }
  }

  #start(node: number): number {
    return node === 0 ? 0 : this.#end(node - 1);
  }

  #end(node: number): number {
    return (this.#nodes[node * WIDTH + NAME_END] ?? 0) >>> 0;
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
    return this.#hashBytes(this.typeOf(node), this.#names, this.#start(node), this.#end(node));
  }

  #hashBytes(type: number, bytes: Uint8Array, start: number, end: number): number {
    let hash = (0x811c9dc5 ^ Math.imul(type + 1, 0x9e3779b1)) | 0;
    for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    return mix(hash);
  }

  #isNamed(node: number): boolean {
    const start = this.#start(node);
    const length = this.#scratchLength;
    if (this.#end(node) - start !== length) return false;
    const names = this.#names;
    const scratch = this.#scratch;
    for (let index = 0; index < length; index += 1) if (names[start + index] !== scratch[index]) return false;
    return true;
  }
}

function tagged(type: number, hash: number): number {
  return (hash << 16) | type;
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
