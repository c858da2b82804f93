/** Decisions: scopes, roles and Cedar policies, deny by default. Evaluation is pure and synchronous. */
export { type Authorizer, type AuthorizerDeps, openAuthorizer } from './authorizer.ts';
export { formatPolicies, validatePolicies } from './cedar/check-schema.ts';
export type { NamedAttribute } from './cedar/read-schema.ts';
export { writePolicyTypes } from './cedar/write-policy-types.ts';
export { decide } from './decide.ts';
export { PRINCIPAL_ENTITY_TYPES } from './decision-environment.ts';
export { type DecisionLogSpec, decisionLogKind } from './decision-log/decision-log-kind.ts';
export type { LoggedDecision } from './decision-log/logged-decision.ts';
export { decisionsMigrations } from './decision-log/migrations.ts';
export { type DecisionLog, openDecisionLog } from './decision-log/open-decision-log.ts';
export { type DecisionFilter, findDecision, listDecisions, pruneDecisionLog } from './decision-log/read-decisions.ts';
export { type AccessReport, reportReach, reportReached } from './decisions/access-report.ts';
export { type AskedDecision, askedOrganization, readSubjectType } from './decisions/asked-decision.ts';
export {
  type Answer,
  type DecisionPointDeps,
  evaluate,
  evaluateAll,
  SEMANTICS,
  type Semantic,
} from './decisions/decision-point.ts';
export type { KnownPrincipal, PrincipalDirectory } from './decisions/principal-directory.ts';
export {
  type SearchDeps,
  type SearchResult,
  searchActions,
  searchResources,
  searchSubjects,
} from './decisions/search.ts';
export { decisionsErrors, relationsErrors } from './errors.ts';
export { describeChange } from './explain/change.ts';
export { type ChangeForm, changeForm, readChange, writeChange } from './explain/change-form.ts';
export {
  type ClauseExplanation,
  type ExplainedFact,
  type Explanation,
  explainDecision,
  type PolicyExplanation,
} from './explain/explain-decision.ts';
export { explainLogged, type LoggedExplanation } from './explain/explain-logged.ts';
export type { Suggestion } from './explain/suggest-changes.ts';
export { type WhatIf, type WhatIfDeps, whatIf } from './explain/what-if.ts';
export { externalEngineKind } from './external/external-engine-kind.ts';
export { type ExternalEngines, openExternalEngines } from './external/open-external-engines.ts';
export { placesUnderModels } from './facts/candidate-models.ts';
export { type FactSourceSpec, factSourceKind } from './facts/fact-source-kind.ts';
export { type Facts, openFacts } from './facts/open-facts.ts';
export { type FactPlace, tenantFacts } from './facts/tenant-facts.ts';
export { tableSchema } from './filter/fields.ts';
export {
  FILTER_FORMATS,
  type FilterFormat,
  type FilterInput,
  filterResources,
  type RenderedFilter,
} from './filter/filter-resources.ts';
export { toKysely } from './filter/render-kysely.ts';
export { policySchemaKind } from './policies/policy-schema-kind.ts';
export { type PolicyTestSpec, policyTestKind } from './policies/policy-test-kind.ts';
export { getPolicyVersion, listPolicyVersions, type PolicyVersion } from './policies/policy-versions.ts';
export { type Mentions, mentionsOf } from './policies/read-mentions.ts';
export { type ReplayReport, replayDecisions } from './policies/replay-decisions.ts';
export { type PolicyTestReport, runPolicyTests } from './policies/run-policy-tests.ts';
export { settlePolicies } from './policies/settle-policies.ts';
export { type TriedPolicies, tryPolicies } from './policies/try-policies.ts';
export { trySchema } from './policies/try-schema.ts';
export { vocabularyOf } from './policies/vocabulary.ts';
export { type PolicySpec, policyKind, toPolicySource } from './policy-kind.ts';
export {
  compilePolicies,
  describeProblem,
  type ParsedTexts,
  type PolicySet,
  type PolicySource,
  readPolicy,
} from './policy-set.ts';
export { RELATIONS_AUDIT_EVENTS, type RelationsAuditEvent } from './relations/audit-events.ts';
export { writeConsistencyToken } from './relations/consistency-token.ts';
export { answerCheck } from './relations/evaluate/answer-check.ts';
export { type Collected, collect } from './relations/evaluate/collect.ts';
export { collectPage } from './relations/evaluate/collect-page.ts';
export { type ExpandNode, expandRelation } from './relations/evaluate/expand.ts';
export { type ListObjectsInput, objectsOf } from './relations/evaluate/list-objects.ts';
export { type ListUsersInput, usersOf } from './relations/evaluate/list-users.ts';
export { openQueryScope } from './relations/evaluate/open-scope.ts';
export type { Circumstances, QueryScope } from './relations/evaluate/query.ts';
export { TupleGraph } from './relations/graph/tuple-graph.ts';
export { RELATION_LIMITS } from './relations/limits.ts';
export { compileModel } from './relations/model/compile-model.ts';
export { readDsl } from './relations/model/read-dsl.ts';
export { readModules } from './relations/model/read-modules.ts';
export { openRelationGraphs, type RelationGraphs, type ScopeInput } from './relations/relation-graphs.ts';
export { type Assertion, readAssertions, writeAssertions } from './relations/storage/assertions.ts';
export { relationsMigrations } from './relations/storage/migrations.ts';
export { getModel, listModels, type StoredModel, writeModel } from './relations/storage/models.ts';
export { purgeDeletedStores } from './relations/storage/purge-stores.ts';
export { readChanges, type TupleChange } from './relations/storage/read-changes.ts';
export { readTuples, type StoredTuple } from './relations/storage/read-tuples.ts';
export {
  createRelationStore,
  deleteRelationStore,
  getRelationStore,
  listRelationStores,
  type RelationStore,
} from './relations/storage/stores.ts';
export { writeTuples } from './relations/storage/write-tuples.ts';
export type { ModelScope } from './relations/store-graph.ts';
export { type SubjectName, type TupleKey, writeSubject } from './relations/tuple.ts';
