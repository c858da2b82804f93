import type { JsonObject } from '#audit';
import { GatehouseError } from '#base';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { CedarRecord } from '../cedar/values.ts';
import { findPath } from '../relations/evaluate/find-path.ts';
import { Query, type QueryScope } from '../relations/evaluate/query.ts';
import { type ObjectName, readObject, type TupleKey, WILDCARD } from '../relations/tuple.ts';
import type { FactQuestion, TenantFacts } from './request-facts.ts';

/** Where the relationships of an entity type are: the graph under its model, when it is in memory, and the type there. */
export interface FactPlace {
  /** The name of the fact source, for messages. */
  source: string;
  type: string;
  /** Undefined while it is not in memory. */
  scope(): PlacedScope | undefined;
}

/** The model's version is known where it was read from the database. */
type PlacedScope = QueryScope & { modelId?: string };

/** What policies of one tenant may ask. `places` by entity type; `extra` are tuples as if they stood in the graph. */
export function tenantFacts(places: ReadonlyMap<string, FactPlace>, extra: readonly TupleKey[] = []): TenantFacts {
  return {
    relationsOf(type) {
      const place = places.get(type);
      return place === undefined ? undefined : (scopeOf(place).model.types.get(place.type) ?? NO_RELATIONS);
    },
    modelOf: (type) => places.get(type)?.scope()?.modelId,
    check(question, context, stepsMax) {
      const object = places.get(question.object.type);
      const subject = places.get(question.subject.type);
      // A subject whose type has no relationships there stands in no tuple.
      if (object === undefined || subject?.source !== object.source) return { allowed: false, stepsLeft: stepsMax };
      try {
        return ask(object, { subjectType: subject.type, question, context, extra }, stepsMax);
      } catch (cause) {
        if (cause instanceof GatehouseError) throw new EvaluationFailure(`${describe(question)}: ${cause.message}`);
        throw cause;
      }
    },
  };
}

const NO_RELATIONS = new Map<string, never>();

function scopeOf({ source, scope }: FactPlace): QueryScope {
  const found = scope();
  if (found !== undefined) return found;
  throw new EvaluationFailure(`the relationships of ${source} are not in memory`);
}

interface Asked {
  subjectType: string;
  question: FactQuestion;
  context: CedarRecord;
  extra: readonly TupleKey[];
}

function ask(place: FactPlace, asked: Asked, stepsMax: number) {
  const { query, object, subject } = pose(place, asked);
  const who = query.subject(subject);
  const node = query.node(object.type, object.id);
  if (node === -1) return { allowed: false, stepsLeft: stepsMax };
  const check = query.check(who, stepsMax);
  const allowed = check.allowed(query.plan(object.type, asked.question.relation), node);
  return { allowed, stepsLeft: check.stepsLeft };
}

function pose(place: FactPlace, { subjectType, question, context, extra }: Asked) {
  const scope = scopeOf(place);
  const object = nameOf(place.type, question.object.id);
  const subject = nameOf(subjectType, question.subject.id);
  // Conditions read the request's context; without one nobody walks through it.
  const conditional = scope.conditions.size > 0 ? { context: context as JsonObject } : NO_CIRCUMSTANCES;
  const query = new Query(scope, extra.length === 0 ? conditional : { ...conditional, contextualTuples: extra });
  return { query, object, subject };
}

/** The tuples that make a relationship hold, for explanations. Undefined when it does not hold now. */
export function pathOfFact(
  places: ReadonlyMap<string, FactPlace>,
  question: FactQuestion,
  context: CedarRecord,
  extra: readonly TupleKey[] = [],
): readonly TupleKey[] | undefined {
  const object = places.get(question.object.type);
  const subject = places.get(question.subject.type);
  if (object === undefined || subject === undefined) return undefined;
  const posed = pose(object, { subjectType: subject.type, question, context, extra });
  return findPath(posed.query, { ...posed, relation: question.relation });
}

const NO_CIRCUMSTANCES = Object.freeze({});

/** Ids come from outside: `*` would ask for everybody, `staff#member` for a set, and neither is an entity. */
export function nameOf(type: string, id: string): ObjectName {
  const name = id === WILDCARD ? undefined : readObject(`${type}:${id}`);
  if (name !== undefined) return name;
  throw new EvaluationFailure(
    `${JSON.stringify(id.slice(0, 100))} can not be the id of anything that has relationships`,
  );
}

function describe({ object, relation, subject }: FactQuestion): string {
  return `is ${subject.type}::${JSON.stringify(subject.id)} ${relation} of ${object.type}::${JSON.stringify(object.id)}?`;
}
