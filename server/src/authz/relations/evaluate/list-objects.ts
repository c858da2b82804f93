import { relationsErrors } from '../../errors.ts';
import { describeNode } from '../graph/graph-view.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { readSubject } from '../tuple.ts';
import { demandRelation, demandSubject } from '../validate-tuple.ts';
import { type Circumstances, Query, type QueryScope } from './query.ts';
import { reachableNodes } from './reverse.ts';

export interface ListObjectsInput extends Circumstances {
  user: string;
  relation: string;
  type: string;
}

/**
 * Objects of a type to which the user has the relation, one by one, in no order. Whoever takes them may stop at any time;
 * between two the graph must not change.
 * @throws as `answerCheck`; also in the middle of the list.
 */
export function* objectsOf(scope: QueryScope, input: ListObjectsInput): Generator<string> {
  demandRelation(scope.model, input.type, input.relation);
  const subject = readSubject(input.user);
  if (subject === undefined) throw relationsErrors.validation_error({ message: "the 'user' field is malformed" });
  demandSubject(scope.model, subject);
  const query = new Query(scope, input);
  const who = query.subject(subject);
  const plan = query.plan(input.type, input.relation);
  const check = query.check(who, RELATION_LIMITS.listStepsMax);
  let stepsLeft: number = RELATION_LIMITS.listStepsMax;
  const spend = () => {
    stepsLeft -= 1;
    if (stepsLeft < 0) throw relationsErrors.authorization_model_resolution_too_complex();
  };
  for (const node of reachableNodes(query.graph, scope.bound, who, plan, spend)) {
    if (plan.certain || check.allowed(plan, node)) yield describeNode(query.graph, node);
  }
}
