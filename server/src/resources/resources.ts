/** Declarative kinds: everything that is configured after the start is a resource, declared once and applied as a whole. */
export {
  type AppliedChange,
  type ApplyDeps,
  type ApplyInput,
  type ApplyResult,
  applyResources,
  planResources,
} from './apply-resources.ts';
export { type ResourceEventType, resourceEventType } from './audit-events.ts';
export { authorizedBy } from './authorized-by.ts';
export { type Caller, demandPermissions, systemCaller } from './caller.ts';
export type { Action } from './change.ts';
export { closestWord } from './closest-word.ts';
export { resourcesErrors } from './errors.ts';
export { explainIssues, type Problem } from './explain-issues.ts';
export { type Export, type ExportedDocument, exportResources, exportToYaml } from './export-resources.ts';
export { type FindInput, findResource, getResource } from './find-resource.ts';
export { alsoUsed, holdResources } from './find-uses.ts';
export { holdResource } from './hold-resource.ts';
export type { JsonSchema, Path } from './json-schema.ts';
export {
  type Authorize,
  type Conflict,
  defineKind,
  type Finding,
  type Kind,
  type KindDefinition,
  type LoadedResource,
  NAME_PATTERN,
  NAME_RULE,
  type Reference,
  readPermission,
  type Settle,
  type SettleInput,
  SINGLETON_NAME,
  type SpecOf,
  type WarningCheck,
  type World,
  writePermission,
} from './kind.ts';
export { type ListInput, listResources, type Page } from './list-resources.ts';
export { resourcesMigrations } from './migrations.ts';
export { nearMisses } from './near-misses.ts';
export {
  type DeleteInput,
  deleteResource,
  type Expected,
  type PutInput,
  type PutResult,
  putResource,
} from './put-resource.ts';
export {
  describeFields,
  type LocatedField,
  type ResourceDocument,
  readPlainDocuments,
  readSpec,
  readYamlDocuments,
} from './read-documents.ts';
export { readYaml, type YamlDocument } from './read-yaml.ts';
export { type Kinds, kindRegistry } from './registry.ts';
export { type Resource, resourceTag } from './resource.ts';
export {
  openResourceSnapshot,
  openResourceSnapshots,
  type ResourceSnapshot,
  type ResourceSnapshots,
} from './resource-snapshot.ts';
export { settledBy } from './settled-by.ts';
export type { FindUses, Use, UsesInput } from './uses.ts';
export { type Warning, warnedBy } from './warning.ts';
export { orderFields, toYaml } from './write-yaml.ts';
