import { type Arena, UNIT } from './arena.ts';
import { IntTable } from './int-table.ts';
import { NodeName, textOfWords } from './node-name.ts';

/** What is known of a node, side by side, and its name behind it. */
const FIRST_SET = 0;
const FIRST_AS_SUBJECT = 1;
/** The type in the lower 16 bits, the length of the name in bytes above. */
const TYPE_AND_LENGTH = 2;
const NAME = 3;
const TYPE = 0xffff;

/**
 * Objects (`document:1`) as small integers. Their names stand as UTF-8 beside what is known of them: 10 bytes instead of
 * the 50 or more of a string in a Map.
 */
export class NodeTable {
  count = 0;
  readonly #arena: Arena;
  readonly #table = new IntTable();
  readonly #name = new NodeName();
  readonly #hashOf = (node: number) => this.#readStored(node);
  readonly #stored = new NodeName();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** -1 when there is no such node. */
  find(type: number, id: string): number {
    this.#name.read(type, id);
    return this.findNamed(type, this.#name);
  }

  findNamed(type: number, name: NodeName): number {
    const { slots, entryBits } = this.#table;
    const { hash } = name;
    const tag = hash << entryBits;
    const mask = 2 ** entryBits - 1;
    for (let slot = this.#table.start(hash); slots[slot] !== 0; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const value = slots[slot] ?? 0;
      if ((value ^ tag) >>> entryBits !== 0) continue;
      const node = (value & mask) - 1;
      if (this.#isNamed(node, type, name)) return node;
    }
    return -1;
  }

  /** Two looks at memory at once instead of one after the other; the answer is of no use but to be wanted. */
  fetchBoth(one: NodeName, other: NodeName): number {
    const table = this.#table;
    const { slots } = table;
    return (slots[table.start(one.hash)] ?? 0) ^ (slots[table.start(other.hash)] ?? 0);
  }

  intern(type: number, id: string): number {
    const name = this.#name;
    name.read(type, id);
    const known = this.findNamed(type, name);
    if (known !== -1) return known;
    const words = (name.bytes + 3) >> 2;
    const node = this.#arena.allocate(NAME + words);
    const { ints } = this.#arena;
    const at = node * UNIT;
    ints[at + FIRST_SET] = -1;
    ints[at + FIRST_AS_SUBJECT] = -1;
    ints[at + TYPE_AND_LENGTH] = (name.bytes << 16) | type;
    for (let word = 0; word < words; word += 1) ints[at + NAME + word] = name.words[word] ?? 0;
    this.count += 1;
    this.#table.add(node, name.hash, this.#hashOf);
    return node;
  }

  typeOf(node: number): number {
    return (this.#arena.ints[node * UNIT + TYPE_AND_LENGTH] ?? 0) & TYPE;
  }

  idOf(node: number): string {
    const { ints } = this.#arena;
    return textOfWords(ints, node * UNIT + NAME, (ints[node * UNIT + TYPE_AND_LENGTH] ?? 0) >>> 16);
  }

  firstSet(node: number): number {
    return this.#arena.ints[node * UNIT + FIRST_SET] ?? -1;
  }

  setFirstSet(node: number, set: number): void {
    this.#arena.ints[node * UNIT + FIRST_SET] = set;
  }

  firstAsSubject(node: number): number {
    return this.#arena.ints[node * UNIT + FIRST_AS_SUBJECT] ?? -1;
  }

  setFirstAsSubject(node: number, edge: number): void {
    this.#arena.ints[node * UNIT + FIRST_AS_SUBJECT] = edge;
  }

  /** In no order. */
  all(): Generator<number> {
    return this.#table.entries();
  }

  /** Without what stands in the arena. */
  bytes(): number {
    return this.#table.bytes();
  }

  #isNamed(node: number, type: number, name: NodeName): boolean {
    const { ints } = this.#arena;
    const at = node * UNIT;
    const { bytes, words } = name;
    if (ints[at + TYPE_AND_LENGTH] !== ((bytes << 16) | type)) return false;
    const count = (bytes + 3) >> 2;
    for (let word = 0; word < count; word += 1) if (ints[at + NAME + word] !== words[word]) return false;
    return true;
  }

  #readStored(node: number): number {
    const { ints } = this.#arena;
    const at = node * UNIT;
    const typeAndLength = ints[at + TYPE_AND_LENGTH] ?? 0;
    this.#stored.readWords(typeAndLength & TYPE, ints, at + NAME, typeAndLength >>> 16);
    return this.#stored.hash;
  }
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
