import type { JsonObject } from '#audit';
import { relationsErrors } from '../../errors.ts';
import { refuseContextSize } from '../context-size.ts';
import { type GraphView, objectSubject } from '../graph/graph-view.ts';
import { OverlayGraph } from '../graph/overlay-graph.ts';
import type { TupleGraph } from '../graph/tuple-graph.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { type SubjectName, type TupleKey, WILDCARD } from '../tuple.ts';
import { demandTuple, type TupleRules } from '../validate-tuple.ts';
import type { CheckedSubject } from './asked-subject.ts';
import { Check } from './check.ts';
import type { HierarchyCache } from './hierarchy-cache.ts';
import { findMemberships, type MembershipCache } from './memberships.ts';
import { type BoundModel, type Plan, planFor } from './plan.ts';
import type { QuickCheck } from './quick-check.ts';

/** A store's tuples under one of its models. */
export interface QueryScope extends TupleRules {
  graph: TupleGraph;
  bound: BoundModel;
  memberships: MembershipCache;
  hierarchy: HierarchyCache;
  /** Undefined for a graph that is not all there. */
  quick: QuickCheck | undefined;
}

/** What a request brings along, on top of what is stored. */
export interface Circumstances {
  contextualTuples?: readonly TupleKey[] | undefined;
  context?: JsonObject | undefined;
}

/** A scope as one request sees it. */
export class Query {
  readonly scope: QueryScope;
  readonly context: JsonObject | undefined;
  #overlay: OverlayGraph | undefined;

  /** @throws `validation_error`, `invalid_tuple`, when what the request brings along does not fit the model. */
  constructor(scope: QueryScope, { contextualTuples = [], context }: Circumstances) {
    this.scope = scope;
    this.context = context;
    if (contextualTuples.length > RELATION_LIMITS.contextualTuplesMax) {
      throw relationsErrors.validation_error({
        message: `A request can bring along at most ${RELATION_LIMITS.contextualTuplesMax} contextual tuples.`,
      });
    }
    const tooLarge = context === undefined ? undefined : refuseContextSize(context);
    if (tooLarge !== undefined) throw relationsErrors.validation_error({ message: tooLarge });
    for (const key of contextualTuples) {
      const { object, subject } = demandTuple(scope, key, 'invalid_tuple');
      this.overlay.put({ ...object, relation: key.relation, subject, condition: key.condition });
    }
  }

  get graph(): GraphView {
    return this.#overlay ?? this.scope.graph;
  }

  /** Where names that the graph does not know get a number for the time of the request. */
  get overlay(): OverlayGraph {
    this.#overlay ??= new OverlayGraph(this.scope.graph);
    return this.#overlay;
  }

  plan(type: string, relation: string): Plan {
    const { types, relations } = this.graph;
    const plan = planFor(this.scope.bound, types.find(type), relations.find(relation));
    if (plan === undefined) throw relationsErrors.relation_not_found();
    return plan;
  }

  /** -1 when no tuple and no userset of the request names it. */
  node(type: string, id: string): number {
    const { graph } = this;
    return graph.findNode(graph.types.find(type), id);
  }

  subject({ type, id, relation }: SubjectName): CheckedSubject {
    if (relation !== undefined) {
      const { graph } = this.scope;
      const known = this.#overlay === undefined ? graph.findSubject({ type, id, relation }) : -1;
      const subject = known === -1 ? this.overlay.internSubject({ type, id, relation }) : known;
      return { subject, everybody: -1, type: graph.types.find(type) };
    }
    const typeNumber = this.graph.types.find(type);
    const everybody = this.scope.bound.wildcardTypes.has(typeNumber) ? this.graph.findNode(typeNumber, WILDCARD) : -1;
    const node = id === WILDCARD ? -1 : this.graph.findNode(typeNumber, id);
    return {
      subject: node === -1 ? -1 : objectSubject(node),
      everybody: everybody === -1 ? -1 : objectSubject(everybody),
      type: typeNumber,
    };
  }

  /** Checks about one subject. Make it after all subjects and objects of the request have been named. */
  check(subject: CheckedSubject, stepsMax?: number): Check {
    const { bound, memberships, hierarchy } = this.scope;
    const { graph, context } = this;
    const shared = this.#overlay === undefined;
    return new Check({
      ...subject,
      graph,
      model: bound,
      context,
      hierarchy: shared ? hierarchy : undefined,
      memberships: shared
        ? () => memberships.of(subject.subject, subject.everybody)
        : () => findMemberships(graph, bound, subject.subject, subject.everybody),
      ...(stepsMax === undefined ? {} : { stepsMax }),
    });
  }
}
