import { relationsErrors } from '../../errors.ts';
import { describeSubject } from '../graph/graph-view.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { type ObjectName, readSubject, type SubjectName } from '../tuple.ts';
import { demandRelation } from '../validate-tuple.ts';
import { reachableSubjects } from './forward.ts';
import { type Circumstances, Query, type QueryScope } from './query.ts';

export interface ListUsersInput extends Circumstances {
  object: ObjectName;
  relation: string;
  filter: { type: string; relation?: string | undefined };
}

/**
 * Users of the type (or usersets of the type and relation) that have the relation to the object, one by one, in no order.
 * Everybody (`user:*`) is named as such, not one by one.
 * @throws as `answerCheck`; also in the middle of the list.
 */
export function* usersOf(
  scope: QueryScope,
  { object, relation, filter, ...circumstances }: ListUsersInput,
): Generator<SubjectName> {
  if (!scope.model.types.has(filter.type)) {
    throw relationsErrors.type_not_found({ message: `type '${filter.type}' not found` });
  }
  if (filter.relation !== undefined) demandRelation(scope.model, filter.type, filter.relation);
  demandRelation(scope.model, object.type, relation);
  const query = new Query(scope, circumstances);
  const plan = query.plan(object.type, relation);
  const { types, relations } = query.graph;
  const wanted = {
    type: types.find(filter.type),
    relation: filter.relation === undefined ? -1 : relations.find(filter.relation),
  };
  const internUserset = (node: number, number: number) => {
    const known = query.graph.findSet(node, number);
    return known === -1 ? query.overlay.internSet(node, relations.nameOf(number)) : known;
  };
  const node = query.overlay.internNode(object.type, object.id);
  let stepsLeft: number = RELATION_LIMITS.listStepsMax;
  const spend = () => {
    stepsLeft -= 1;
    if (stepsLeft < 0) throw relationsErrors.authorization_model_resolution_too_complex();
  };
  for (const number of reachableSubjects(query.graph, scope.bound, plan, node, wanted, internUserset, spend)) {
    const subject = readSubject(describeSubject(query.graph, number));
    if (subject === undefined) continue;
    if (plan.certain || query.check(query.subject(subject)).allowed(plan, node)) yield subject;
  }
}
