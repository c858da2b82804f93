import { type GraphView, indexOfSubject, isUserset } from '../graph/graph-view.ts';
import { type Conditions, NO, type Outcome, YES } from './outcome.ts';
import {
  type DirectStep,
  kindOf,
  OBJECT_ALLOWED,
  OBJECT_UNCONDITIONAL,
  WILDCARD_ALLOWED,
  WILDCARD_UNCONDITIONAL,
} from './plan.ts';

/** Who is asked about. */
export interface CheckedSubject {
  /** An object or userset; -1 for everybody, and for an object that stands in no tuple. */
  subject: number;
  /** Everybody of the subject's type (`user:*`); -1 when no tuple names that, and for usersets. */
  everybody: number;
  type: number;
}

/** Finds the tuples that name whoever is asked about. */
export class AskedSubject {
  readonly isUserset: boolean;
  readonly #graph: GraphView;
  readonly #conditions: Conditions;
  readonly #subject: number;
  readonly #everybody: number;
  readonly #type: number;
  readonly #set: number;
  readonly #kind: number;

  constructor(graph: GraphView, conditions: Conditions, { subject, everybody, type }: CheckedSubject) {
    this.#graph = graph;
    this.#conditions = conditions;
    this.#subject = subject;
    this.#everybody = everybody;
    this.#type = type;
    this.isUserset = subject >= 0 && isUserset(subject);
    this.#set = this.isUserset ? indexOfSubject(subject) : -1;
    this.#kind = this.isUserset ? kindOf(type, graph.relationOfSet(this.#set)) : -1;
  }

  /** Every userset has the relation that it is made of. */
  is(node: number, relation: number): boolean {
    const set = this.#set;
    return set !== -1 && this.#graph.nodeOfSet(set) === node && this.#graph.relationOfSet(set) === relation;
  }

  /** Is the subject itself, or everybody, named in a tuple of the set? */
  named(direct: DirectStep, set: number): Outcome {
    if (this.isUserset) return this.#namedAsUserset(direct, set);
    const allowed = direct.subjects[this.#type] ?? 0;
    let outcome: Outcome = NO;
    if (this.#subject >= 0 && (allowed & OBJECT_ALLOWED) !== 0) {
      outcome = this.#counts(direct, set, this.#subject, (allowed & OBJECT_UNCONDITIONAL) !== 0);
    }
    if (outcome !== YES && this.#everybody >= 0 && (allowed & WILDCARD_ALLOWED) !== 0) {
      const next = this.#counts(direct, set, this.#everybody, (allowed & WILDCARD_UNCONDITIONAL) !== 0);
      if (next !== NO) outcome = next;
    }
    return outcome;
  }

  /** The tuple of the set that names the subject, or everybody, and counts; -1 when there is none. */
  namingEdge(direct: DirectStep, set: number): number {
    const subjects = [this.#subject, this.#everybody].filter((each) => each >= 0);
    const edges = subjects.map((subject) => this.#graph.findEdge(set, subject)).filter((edge) => edge !== -1);
    return edges.find((edge) => this.#edgeCounts(direct, edge)) ?? -1;
  }

  #edgeCounts(direct: DirectStep, edge: number): boolean {
    const allowed = direct.subjects[this.#type] ?? 0;
    const everybody = this.#graph.subjectOf(edge) === this.#everybody;
    const [may, free] = everybody ? [WILDCARD_ALLOWED, WILDCARD_UNCONDITIONAL] : [OBJECT_ALLOWED, OBJECT_UNCONDITIONAL];
    const userset = this.isUserset ? direct.usersets.get(this.#kind) : undefined;
    if (this.isUserset ? userset === undefined : (allowed & may) === 0) return false;
    const unconditional = userset?.unconditional ?? (allowed & free) !== 0;
    return this.#conditions.ofEdge(direct, edge, this.#type, unconditional) === YES;
  }

  #namedAsUserset(direct: DirectStep, set: number): Outcome {
    const allowed = direct.usersets.get(this.#kind);
    return allowed === undefined ? NO : this.#counts(direct, set, this.#subject, allowed.unconditional);
  }

  #counts(direct: DirectStep, set: number, subject: number, unconditional: boolean): Outcome {
    const edge = this.#graph.findEdge(set, subject);
    return edge === -1 ? NO : this.#conditions.ofEdge(direct, edge, this.#type, unconditional);
  }
}
