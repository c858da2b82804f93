import { grownInts, hashPair, IntTable, nextCapacity } from './int-table.ts';

/** Nodes with a relation (`document:1#viewer`) as small integers, and the first edge of each of their chains. */
export class SetTable {
  count = 0;
  nodes = new Int32Array(16);
  relations = new Uint16Array(16);
  firstObject = new Int32Array(16).fill(-1);
  firstUserset = new Int32Array(16).fill(-1);
  /** First edge of the set as a subject. */
  firstAsSubject = new Int32Array(16).fill(-1);
  readonly #table = new IntTable();

  find(node: number, relation: number): number {
    const { slots } = this.#table;
    for (let slot = this.#table.start(hashPair(node, relation)); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const set = slots[slot] ?? -1;
      if (set === -1 || (this.nodes[set] === node && this.relations[set] === relation)) return set;
    }
  }

  intern(node: number, relation: number): number {
    const known = this.find(node, relation);
    if (known !== -1) return known;
    const set = this.count;
    if (set === this.nodes.length) this.#grow();
    this.nodes[set] = node;
    this.relations[set] = relation;
    this.count += 1;
    this.#table.makeRoom((entry) => hashPair(this.nodes[entry] ?? 0, this.relations[entry] ?? 0));
    this.#table.add(set, hashPair(node, relation));
    return set;
  }

  clearChains(): void {
    this.firstObject.fill(-1);
    this.firstUserset.fill(-1);
    this.firstAsSubject.fill(-1);
  }

  bytes(): number {
    const arrays = [this.nodes, this.relations, this.firstObject, this.firstUserset, this.firstAsSubject];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.#table.slots.byteLength);
  }

  #grow(): void {
    const before = this.nodes.length;
    const capacity = nextCapacity(before);
    const relations = new Uint16Array(capacity);
    relations.set(this.relations);
    this.relations = relations;
    this.nodes = grownInts(this.nodes, capacity);
    this.firstObject = grownInts(this.firstObject, capacity).fill(-1, before);
    this.firstUserset = grownInts(this.firstUserset, capacity).fill(-1, before);
    this.firstAsSubject = grownInts(this.firstAsSubject, capacity).fill(-1, before);
  }
}
