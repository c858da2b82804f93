import type { TupleKey } from '../tuple.ts';
import { demandQuestion } from '../validate-tuple.ts';
import { type Circumstances, Query, type QueryScope } from './query.ts';

/**
 * Has the user the relation to the object? Synchronous, from memory.
 * @throws `validation_error` when the question does not fit the model, or the answer hangs on a condition that can't be
 *   evaluated; `invalid_tuple`; `authorization_model_resolution_too_complex`
 */
export function answerCheck(scope: QueryScope, key: TupleKey, circumstances: Circumstances): boolean {
  if (circumstances.contextualTuples === undefined && circumstances.context === undefined) {
    const quick = scope.quick?.answer(key.user, key.relation, key.object);
    if (quick !== undefined) return quick;
  }
  const { object, subject } = demandQuestion(scope.model, key);
  const query = new Query(scope, circumstances);
  const who = query.subject(subject);
  const node = query.node(object.type, object.id);
  // Nothing is known of the object: no tuple gives anybody anything, only a userset has itself (`document:1#viewer`).
  if (node === -1) return false;
  return query.check(who).allowed(query.plan(object.type, key.relation), node);
}
