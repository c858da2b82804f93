import { type GraphView, indexOfSubject } from '../graph/graph-view.ts';
import { type BoundModel, type DirectStep, kindOf, type Plan } from './plan.ts';
import type { SetLists } from './set-lists.ts';

/** Objects with more behind them than this are followed step by step. */
const SETS_MAX = 48;
const STATES_MAX = 256;

/** What was gathered before: usersets as its sets, and the sets in which somebody may be named. */
export interface KnownLists {
  lists: SetLists;
  list: number;
}

/** Gathers the sets in which somebody may be named, and the groups, that lie behind an object. */
export class Behind {
  /** Sets, and the number of the direct step that each belongs to. */
  readonly named = new Map<number, number>();
  readonly usersets = new Set<number>();
  readonly #graph: GraphView;
  readonly #model: BoundModel;
  readonly #known: (plan: Plan, node: number) => KnownLists | undefined;

  constructor(graph: GraphView, model: BoundModel, known: (plan: Plan, node: number) => KnownLists | undefined) {
    this.#graph = graph;
    this.#model = model;
    this.#known = known;
  }

  /** False when there is too much. */
  gather(plan: Plan, node: number): boolean {
    const { gathering } = this.#model;
    gathering.begin(this);
    gathering.enqueue(plan, node);
    let states = 0;
    for (let next = gathering.plans.pop(); next !== undefined; next = gathering.plans.pop()) {
      const at = gathering.nodes.pop() ?? -1;
      states += 1;
      if (states > STATES_MAX || this.#isTooMuch) return false;
      for (const direct of next.leaves.directs) if (!this.#lookAt(direct, at)) return false;
      if (!this.#followParents(next, at)) return false;
    }
    return !this.#isTooMuch;
  }

  get #isTooMuch(): boolean {
    return this.named.size + this.usersets.size > SETS_MAX;
  }

  #lookAt(direct: DirectStep, node: number): boolean {
    const graph = this.#graph;
    const set = graph.findSet(node, direct.relation);
    if (set === -1) return true;
    if (graph.firstObjectEdge(set) !== -1) this.named.set(set, direct.index);
    for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
      const other = indexOfSubject(graph.subjectOf(edge));
      const inside = graph.nodeOfSet(other);
      const allowed = direct.usersets.get(kindOf(graph.typeOf(inside), graph.relationOfSet(other)));
      if (allowed === undefined || graph.conditionOf(edge) !== undefined) continue;
      if (allowed.plan.flat) this.usersets.add(other);
      else this.#model.gathering.enqueue(allowed.plan, inside);
      if (this.usersets.size > SETS_MAX) return false;
    }
    return true;
  }

  #followParents({ leaves }: Plan, node: number): boolean {
    const graph = this.#graph;
    for (const from of leaves.froms) {
      const set = graph.findSet(node, from.direct.relation);
      if (set === -1) continue;
      let count = 0;
      for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge)) {
        count += 1;
        if (count > STATES_MAX) return false;
        const parent = indexOfSubject(graph.subjectOf(edge));
        const plan = from.parents[graph.typeOf(parent)];
        if (plan === undefined || graph.conditionOf(edge) !== undefined) continue;
        const known = this.#known(plan, parent);
        if (known === undefined) this.#model.gathering.enqueue(plan, parent);
        else this.#take(known);
      }
    }
    return true;
  }

  #take({ lists, list }: KnownLists): void {
    const named = lists.namedCount(list);
    for (let place = 0; place < named; place += 1) {
      this.named.set(lists.namedAt(list, place), lists.directAt(list, place));
    }
    const sets = lists.setCount(list);
    for (let place = 0; place < sets; place += 1) this.usersets.add(lists.setAt(list, place));
  }
}
