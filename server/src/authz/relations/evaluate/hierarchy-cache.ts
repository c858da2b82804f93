import type { EpochCell } from '../graph/epoch-cell.ts';
import { indexOfSubject } from '../graph/graph-view.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import { cacheIntsMax, EntryCache } from './entry-cache.ts';
import { Behind, type KnownLists } from './gather-behind.ts';
import type { BoundModel, Plan } from './plan.ts';

/** Levels above that are remembered each by itself. */
const CHAIN_MAX = 32;

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

  /** From above: what lies behind a folder is what lies behind its parent, and a little more. */
  #make(plan: Plan, node: number): number {
    const [plans, nodes] = [[plan], [node]];
    for (let depth = 0; depth < CHAIN_MAX; depth += 1) {
      const above = this.#firstAbove(plans[depth] ?? plan, nodes[depth] ?? node);
      if (above === undefined || this.#entries.find(above.plan.index, above.node) !== -1) break;
      if (nodes.includes(above.node)) break;
      plans.push(above.plan);
      nodes.push(above.node);
    }
    let entry = -1;
    for (let depth = nodes.length - 1; depth >= 0; depth -= 1) {
      entry = this.#makeOne(plans[depth] ?? plan, nodes[depth] ?? node);
    }
    return entry;
  }

  #firstAbove({ leaves }: Plan, node: number): { plan: Plan; node: number } | undefined {
    const [from] = leaves.froms;
    const set = from === undefined ? -1 : this.#graph.findSet(node, from.direct.relation);
    const edge = set === -1 ? -1 : this.#graph.firstObjectEdge(set);
    if (from === undefined || edge === -1 || this.#graph.conditionOf(edge) !== undefined) return undefined;
    const above = indexOfSubject(this.#graph.subjectOf(edge));
    const plan = from.parents[this.#graph.typeOf(above)];
    return plan?.certain === true ? { plan, node: above } : undefined;
  }

  #makeOne(plan: Plan, node: number): number {
    const behind = new Behind(this.#graph, this.#model, (above, at) => this.#listsOf(above, at));
    const fits = behind.gather(plan, node);
    const { named, usersets } = behind;
    return this.#entries.add(
      [plan.index, node],
      fits ? [named.size, usersets.size] : [-1, 0],
      fits ? [...[...named].flatMap(([set, direct]) => [direct, set]), ...usersets] : [],
      cacheIntsMax(this.#graph.tupleCount),
    );
  }

  #listsOf(plan: Plan, node: number): KnownLists | undefined {
    const entry = this.#entries.find(plan.index, node);
    const pairs = entry === -1 ? -1 : this.#entries.firstCount(entry);
    if (pairs === -1) return undefined;
    const list = this.#entries.copyOf(entry, pairs * 2 + this.#entries.secondCount(entry));
    return { pairs, list };
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
