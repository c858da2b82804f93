/** Decisions: scopes, roles and Cedar policies, deny by default. Evaluation is pure and synchronous. */
export { type Authorizer, type AuthorizerDeps, openAuthorizer } from './authorizer.ts';
export { decide } from './decide.ts';
export { PRINCIPAL_ENTITY_TYPES } from './decision-environment.ts';
export {
  type ClauseExplanation,
  type Explanation,
  explainDecision,
  type PolicyExplanation,
} from './explain-decision.ts';
export { type PolicySpec, policyKind } from './policy-kind.ts';
export { compilePolicies, describeProblem, type PolicySet, type PolicySource, readPolicy } from './policy-set.ts';
