import { relationsErrors } from '../../errors.ts';
import { describeSubject, isUserset } from './graph-view.ts';
import { TupleGraph } from './tuple-graph.ts';

/** What was looked for and is not here yet, by the columns in which tuples are stored. */
export interface Wanted {
  edges: { type: string; id: string; relation: string; subject: string }[];
  /** All tuples of a set, with usersets or with objects. */
  sets: { type: string; id: string; relation: string; usersets: boolean }[];
  /** All tuples that name a subject. */
  subjects: string[];
}

/** Above everything that can be loaded, so that what a request brings along never shares a number with what comes later. */
const OVERLAY_FROM = 2 ** 28;

/**
 * The part of a large graph that one question needs. Whoever evaluates finds what was loaded; what else he looks for is
 * written down and, for the time being, not there. So an answer counts only when nothing was {@link wanted} on the way to
 * it; otherwise that is loaded and the question asked again.
 */
export class PartialGraph extends TupleGraph {
  readonly #known = new Set<string>();
  readonly #cut = new Set<string>();
  #wanted: Wanted = { edges: [], sets: [], subjects: [] };

  override get isWhole() {
    return false;
  }

  override get end() {
    return OVERLAY_FROM;
  }

  /** What was looked for since this was last asked; from now on it counts as loaded. */
  takeWanted(): Wanted | undefined {
    const wanted = this.#wanted;
    if (wanted.edges.length + wanted.sets.length + wanted.subjects.length === 0) return undefined;
    this.#wanted = { edges: [], sets: [], subjects: [] };
    return wanted;
  }

  /** There are more tuples of this set, or that name this subject, than were loaded: whoever gets to their end is refused. */
  markCut(what: Wanted['sets'][number] | string): void {
    this.#cut.add(typeof what === 'string' ? subjectKey(what) : setKey(what));
  }

  override findNode(type: number, id: string): number {
    return type === -1 ? -1 : this.internNode(type, id);
  }

  override findSet(node: number, relation: number): number {
    return relation === -1 ? -1 : this.internSet(node, relation);
  }

  override findEdge(set: number, subject: number): number {
    const edge = super.findEdge(set, subject);
    if (edge !== -1) return edge;
    const key = `e ${set} ${subject}`;
    const name = this.#nameOfSet(set, isUserset(subject));
    if (this.#known.has(key) || this.#isWhole(setKey(name))) return -1;
    this.#known.add(key);
    this.#wanted.edges.push({ ...name, subject: describeSubject(this, subject) });
    return -1;
  }

  override firstObjectEdge(set: number): number {
    return this.#firstOfSet(set, false, super.firstObjectEdge(set));
  }

  override firstUsersetEdge(set: number): number {
    return this.#firstOfSet(set, true, super.firstUsersetEdge(set));
  }

  override nextEdge(edge: number): number {
    const next = super.nextEdge(edge);
    if (next === -1 && this.#cut.size > 0) {
      this.#demandWhole(setKey(this.#nameOfSet(this.setOf(edge), isUserset(this.subjectOf(edge)))));
    }
    return next;
  }

  override firstEdgeOfSubject(subject: number): number {
    const name = describeSubject(this, subject);
    const key = subjectKey(name);
    if (!this.#known.has(key)) {
      this.#known.add(key);
      this.#wanted.subjects.push(name);
    }
    return super.firstEdgeOfSubject(subject);
  }

  override nextEdgeOfSubject(edge: number): number {
    const next = super.nextEdgeOfSubject(edge);
    if (next === -1 && this.#cut.size > 0) this.#demandWhole(subjectKey(describeSubject(this, this.subjectOf(edge))));
    return next;
  }

  #firstOfSet(set: number, usersets: boolean, first: number): number {
    const name = this.#nameOfSet(set, usersets);
    const key = setKey(name);
    if (!this.#known.has(key)) {
      this.#known.add(key);
      this.#wanted.sets.push(name);
    }
    return first;
  }

  #nameOfSet(set: number, usersets: boolean): Wanted['sets'][number] {
    const node = this.nodeOfSet(set);
    const type = this.types.nameOf(this.typeOf(node));
    return { type, id: this.idOf(node), relation: this.relations.nameOf(this.relationOfSet(set)), usersets };
  }

  #isWhole(key: string): boolean {
    return this.#known.has(key) && !this.#cut.has(key);
  }

  #demandWhole(key: string): void {
    if (this.#cut.has(key)) throw relationsErrors.authorization_model_resolution_too_complex();
  }
}

function setKey({ type, id, relation, usersets }: Wanted['sets'][number]): string {
  return `${usersets ? 'u' : 'o'} ${type}:${id}#${relation}`;
}

function subjectKey(subject: string): string {
  return `s ${subject}`;
}
