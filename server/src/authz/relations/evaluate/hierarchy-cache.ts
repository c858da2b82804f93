import type { EpochCell } from '../graph/epoch-cell.ts';
import { indexOfSubject } from '../graph/graph-view.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import { Behind, type KnownLists } from './gather-behind.ts';
import { NOWHERE, PlaceTable, rememberedIntsMax, TOO_MUCH } from './place-table.ts';
import type { BoundModel, Plan } from './plan.ts';
import { SetLists } from './set-lists.ts';

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
  /** For each plan, where the list of an object stands: usersets as its sets, and the sets in which somebody may be named. */
  readonly #places: readonly PlaceTable[];
  /** Of a plan of another model, which nobody asks about. */
  readonly #none = new PlaceTable();
  readonly lists = new SetLists();

  constructor(graph: TupleGraph, model: BoundModel) {
    this.#graph = graph;
    this.#model = model;
    this.#places = model.plans.map(() => new PlaceTable());
    this.#cells = model.hierarchyKinds.map((kind) => graph.epochCell(kind));
    this.#epochs = this.#cells.map(({ epoch }) => epoch);
  }

  /** What lies behind an object, in {@link lists} until another is asked for; {@link TOO_MUCH} when it must be followed step by step. */
  listOf(plan: Plan, node: number): number {
    return this.placesOf(plan).listAt(this.find(plan, node));
  }

  /** Where the list is told in {@link placesOf} the plan, until another is asked for. */
  find(plan: Plan, node: number): number {
    const known = this.known(plan, node);
    return known === NOWHERE ? this.#make(plan, node) : known;
  }

  /** As {@link find}, but {@link NOWHERE} when it was not asked for before. */
  known(plan: Plan, node: number): number {
    this.#forgetWhatChanged();
    return this.placesOf(plan).find(node);
  }

  placesOf(plan: Plan): PlaceTable {
    return this.#places[plan.index] ?? this.#none;
  }

  /** From above: what lies behind a folder is what lies behind its parent, and a little more. */
  #make(plan: Plan, node: number): number {
    const [plans, nodes] = [[plan], [node]];
    for (let depth = 0; depth < CHAIN_MAX; depth += 1) {
      const above = this.#firstAbove(plans[depth] ?? plan, nodes[depth] ?? node);
      if (above === undefined || this.placesOf(above.plan).find(above.node) !== NOWHERE) break;
      if (nodes.includes(above.node)) break;
      plans.push(above.plan);
      nodes.push(above.node);
    }
    let at = NOWHERE;
    for (let depth = nodes.length - 1; depth >= 0; depth -= 1) {
      at = this.#makeOne(plans[depth] ?? plan, nodes[depth] ?? node);
    }
    return at;
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
    const list = behind.gather(plan, node) ? this.#intern(behind) : TOO_MUCH;
    return this.placesOf(plan).set(node, list, this.lists);
  }

  #intern({ named, usersets }: Behind): number {
    const tables = this.#places.reduce((sum, { ints }) => sum + ints, 0);
    if (tables + this.lists.ints > rememberedIntsMax(this.#graph.tupleCount)) this.#clear();
    return this.lists.intern(
      Int32Array.from(usersets).sort(),
      [...named].map(([set, direct]) => [direct, set]),
    );
  }

  #listsOf(plan: Plan, node: number): KnownLists | undefined {
    const at = this.placesOf(plan).find(node);
    const list = at === NOWHERE ? TOO_MUCH : this.placesOf(plan).listAt(at);
    return list === TOO_MUCH ? undefined : { lists: this.lists, list };
  }

  #clear(): void {
    for (const places of this.#places) places.clear();
    this.lists.clear();
  }

  #forgetWhatChanged(): void {
    for (let index = 0; index < this.#cells.length; index += 1) {
      const epoch = this.#cells[index]?.epoch ?? 0;
      if (epoch === this.#epochs[index]) continue;
      this.#epochs[index] = epoch;
      this.#clear();
    }
  }
}
