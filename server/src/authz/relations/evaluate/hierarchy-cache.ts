import type { EpochCell } from '../graph/epoch-cell.ts';
import { type GraphView, indexOfSubject } from '../graph/graph-view.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import { cacheIntsMax, EntryCache } from './entry-cache.ts';
import { type BoundModel, kindOf, type Plan } from './plan.ts';
import type { SearchSpace } from './search-space.ts';

/** Objects with more behind them than this are followed step by step. */
const SETS_MAX = 48;
const STATES_MAX = 256;

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
  /** Under plan and node: pairs of a direct step and a set, and then usersets; -1 pairs when there is too much. */
  readonly #entries = new EntryCache();

  constructor(graph: TupleGraph, model: BoundModel) {
    this.#graph = graph;
    this.#model = model;
    this.#cells = model.hierarchyKinds.map((kind) => graph.epochCell(kind));
    this.#epochs = this.#cells.map(({ epoch }) => epoch);
  }

  /** Where the entry of an object stands, for the methods below; -1 when it must be followed step by step. */
  find(plan: Plan, node: number): number {
    this.#forgetWhatChanged();
    const known = this.#entries.find(plan.index, node);
    const entry = known === -1 ? this.#make(plan, node) : known;
    return this.#entries.firstCount(entry) === -1 ? -1 : entry;
  }

  /** As {@link find}, but -1 also when it was not asked for before. */
  known(plan: Plan, node: number): number {
    this.#forgetWhatChanged();
    const entry = this.#entries.find(plan.index, node);
    return entry === -1 || this.#entries.firstCount(entry) === -1 ? -1 : entry;
  }

  namedCount(entry: number): number {
    return this.#entries.firstCount(entry);
  }

  /** Number of the direct step that the set at this place belongs to. */
  directAt(entry: number, place: number): number {
    return this.#entries.at(entry, place * 2);
  }

  setAt(entry: number, place: number): number {
    return this.#entries.at(entry, place * 2 + 1);
  }

  usersetCount(entry: number): number {
    return this.#entries.secondCount(entry);
  }

  usersetAt(entry: number, place: number): number {
    return this.#entries.at(entry, this.namedCount(entry) * 2 + place);
  }

  #make(plan: Plan, node: number): number {
    const named: number[] = [];
    const usersets: number[] = [];
    const fits = gatherBehind(this.#graph, this.#model, plan, node, named, usersets);
    return this.#entries.add(
      [plan.index, node],
      fits ? [named.length / 2, usersets.length] : [-1, 0],
      fits ? [...named, ...usersets] : [],
      cacheIntsMax(this.#graph.tupleCount),
    );
  }

  #forgetWhatChanged(): void {
    for (let index = 0; index < this.#cells.length; index += 1) {
      const epoch = this.#cells[index]?.epoch ?? 0;
      if (epoch === this.#epochs[index]) continue;
      this.#epochs[index] = epoch;
      this.#entries.clear();
    }
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
