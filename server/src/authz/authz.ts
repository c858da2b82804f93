/** Decisions: scopes, roles and Cedar policies, deny by default. Evaluation is pure and synchronous. */
export { type Authorizer, type AuthorizerDeps, openAuthorizer } from './authorizer.ts';
export { decide } from './decide.ts';
export { PRINCIPAL_ENTITY_TYPES } from './decision-environment.ts';
export { relationsErrors } from './errors.ts';
export {
  type ClauseExplanation,
  type Explanation,
  explainDecision,
  type PolicyExplanation,
} from './explain-decision.ts';
export { type PolicySpec, policyKind } from './policy-kind.ts';
export { compilePolicies, describeProblem, type PolicySet, type PolicySource, readPolicy } from './policy-set.ts';
export { answerCheck } from './relations/evaluate/answer-check.ts';
export { bindModel } from './relations/evaluate/bind-model.ts';
export { type ExpandNode, expandRelation } from './relations/evaluate/expand.ts';
export { objectsOf } from './relations/evaluate/list-objects.ts';
export { usersOf } from './relations/evaluate/list-users.ts';
export { compileModel } from './relations/model/compile-model.ts';
export { readDsl } from './relations/model/read-dsl.ts';
