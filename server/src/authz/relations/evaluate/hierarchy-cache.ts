import { type GraphView, indexOfSubject } from '../graph/graph-view.ts';
import { grownInts, hashPair, IntTable, nextCapacity } from '../graph/int-table.ts';
import type { EpochCell, TupleGraph } from '../graph/tuple-graph.ts';
import { type BoundModel, kindOf, type Plan } from './plan.ts';
import type { SearchSpace } from './search-space.ts';

/** Objects with more behind them than this are followed step by step. */
const SETS_MAX = 48;
const STATES_MAX = 256;
/** 16 MiB. When it is full, everything is forgotten: starting anew is cheaper to get right than evicting. */
const INTS_MAX = 4 << 20;

const PLAN = 0;
const NODE = 1;
/** How many pairs of a direct step and a set follow; -1 when there is too much behind the object. */
const NAMED = 2;
const USERSETS = 3;
const HEAD = 4;

/**
 * What lies behind an object: for a folder, the sets in which somebody may be named who sees it, its own and those of all
 * folders above, and the groups that do. Many documents share a folder, and folders change seldom, so what five hops lead
 * to is looked up in one. Only for relations without conditions, intersections and exclusions ({@link Plan.certain}).
 */
export class HierarchyCache {
  readonly #graph: TupleGraph;
  readonly #model: BoundModel;
  readonly #cells: readonly EpochCell[];
  readonly #epochs: number[];
  readonly #table = new IntTable();
  #ints = new Int32Array(1024);
  #length = 0;

  constructor(graph: TupleGraph, model: BoundModel) {
    this.#graph = graph;
    this.#model = model;
    this.#cells = model.hierarchyKinds.map((kind) => graph.epochCell(kind));
    this.#epochs = this.#cells.map(({ epoch }) => epoch);
  }

  /** Where the entry of an object stands, for the methods below; -1 when it must be followed step by step. */
  find(plan: Plan, node: number): number {
    this.#forgetWhatChanged();
    const { slots } = this.#table;
    const hash = hashPair(plan.index, node);
    for (let slot = this.#table.start(hash); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const entry = slots[slot] ?? -1;
      if (entry === -1) return this.#make(plan, node, hash);
      if (this.#ints[entry + NODE] !== node || this.#ints[entry + PLAN] !== plan.index) continue;
      return (this.#ints[entry + NAMED] ?? -1) === -1 ? -1 : entry;
    }
  }

  namedCount(entry: number): number {
    return this.#ints[entry + NAMED] ?? 0;
  }

  /** Number of the direct step that the set at this place belongs to. */
  directAt(entry: number, place: number): number {
    return this.#ints[entry + HEAD + place * 2] ?? 0;
  }

  setAt(entry: number, place: number): number {
    return this.#ints[entry + HEAD + place * 2 + 1] ?? 0;
  }

  usersetCount(entry: number): number {
    return this.#ints[entry + USERSETS] ?? 0;
  }

  usersetAt(entry: number, place: number): number {
    return this.#ints[entry + HEAD + this.namedCount(entry) * 2 + place] ?? 0;
  }

  #make(plan: Plan, node: number, hash: number): number {
    const named: number[] = [];
    const usersets: number[] = [];
    const fits = gatherBehind(this.#graph, this.#model, plan, node, named, usersets);
    const size = HEAD + (fits ? named.length + usersets.length : 0);
    if (this.#length + size > INTS_MAX) this.#clear();
    while (this.#length + size > this.#ints.length) {
      this.#ints = grownInts(this.#ints, nextCapacity(this.#ints.length));
    }
    const entry = this.#length;
    this.#length += size;
    this.#ints.set([plan.index, node, fits ? named.length / 2 : -1, fits ? usersets.length : 0], entry);
    if (fits) this.#ints.set([...named, ...usersets], entry + HEAD);
    this.#table.makeRoom((each) => hashPair(this.#ints[each + PLAN] ?? 0, this.#ints[each + NODE] ?? 0));
    this.#table.add(entry, hash);
    return fits ? entry : -1;
  }

  #forgetWhatChanged(): void {
    for (let index = 0; index < this.#cells.length; index += 1) {
      const epoch = this.#cells[index]?.epoch ?? 0;
      if (epoch === this.#epochs[index]) continue;
      this.#epochs[index] = epoch;
      this.#clear();
    }
  }

  #clear(): void {
    if (this.#length === 0) return;
    this.#table.clear();
    this.#length = 0;
  }
}

/** False when there is too much. */
function gatherBehind(
  graph: GraphView,
  { gathering }: BoundModel,
  plan: Plan,
  node: number,
  named: number[],
  usersets: number[],
): boolean {
  const groups = new Set<number>();
  gathering.begin(named);
  gathering.enqueue(plan, node);
  let states = 0;
  for (let next = gathering.plans.pop(); next !== undefined; next = gathering.plans.pop()) {
    const at = gathering.nodes.pop() ?? -1;
    states += 1;
    if (states > STATES_MAX || named.length / 2 + groups.size > SETS_MAX) return false;
    for (const direct of next.leaves.directs) {
      const set = graph.findSet(at, direct.relation);
      if (set === -1) continue;
      if (graph.firstObjectEdge(set) !== -1) named.push(direct.index, set);
      for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
        const other = indexOfSubject(graph.subjectOf(edge));
        const inside = graph.nodeOfSet(other);
        const allowed = direct.usersets.get(kindOf(graph.typeOf(inside), graph.relationOfSet(other)));
        if (allowed === undefined || graph.conditionOf(edge) !== undefined) continue;
        if (allowed.plan.flat) groups.add(other);
        else gathering.enqueue(allowed.plan, inside);
        if (groups.size > SETS_MAX) return false;
      }
    }
    if (!followParents(graph, gathering, next, at)) return false;
  }
  usersets.push(...groups);
  return true;
}

function followParents(graph: GraphView, gathering: SearchSpace<Plan>, { leaves }: Plan, node: number): boolean {
  for (const from of leaves.froms) {
    const set = graph.findSet(node, from.direct.relation);
    if (set === -1) continue;
    let count = 0;
    for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
      count += 1;
      if (count > STATES_MAX) return false;
      const parent = indexOfSubject(graph.subjectOf(edge));
      const plan = from.parents[graph.typeOf(parent)];
      if (plan !== undefined && graph.conditionOf(edge) === undefined) gathering.enqueue(plan, parent);
    }
  }
  return true;
}
