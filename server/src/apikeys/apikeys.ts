/** API keys: issued once, verified from memory, revoked everywhere at once; and the plans whose limits apply to them. */
export type { ApiKey, ApiKeyOwner, ApiKeyRestrictions } from './api-key.ts';
export type { ApiKeyVerification } from './api-key-entry.ts';
export {
  type ApiKeySnapshot,
  type ApiKeySnapshotDeps,
  openApiKeySnapshot,
} from './api-key-snapshot.ts';
export { APIKEYS_AUDIT_EVENTS, type ApikeysAuditEvent } from './audit-events.ts';
export { type ChangeApiKeyInput, changeApiKey } from './change-api-key.ts';
export { demandDeclaredPlan, demandOfferedPlan } from './choose-plan.ts';
export {
  type DeclareBreachDeps,
  type DeclareBreachInput,
  type DeclaredBreach,
  declareBreach,
  draftNotice,
} from './declare-breach.ts';
export { endApiKeysOf } from './end-api-keys-of.ts';
export { apikeysErrors } from './errors.ts';
export { foreignFormatSchema } from './foreign/foreign-format.ts';
export { type ForeignFormats, openForeignFormats } from './foreign/foreign-formats.ts';
export { type ImportKeysDeps, importForeignKeys } from './foreign/import-foreign-keys.ts';
export { type GitHubReports, openGitHubReports } from './github-reports.ts';
export {
  type ApiKeyGrant,
  type IssueApiKeyDeps,
  type IssueApiKeyInput,
  type IssuedApiKey,
  issueApiKey,
} from './issue-api-key.ts';
export type { KeyOwners, KeyRights, OwnerPlace, OwnerStanding } from './key-owners.ts';
export type { KeyPlace } from './key-place.ts';
export { type KeyPolicySpec, keyPolicyKind } from './key-policy.ts';
export { API_KEY_STATES, findApiKeys, getApiKey, type ListApiKeysInput, listApiKeys } from './list-api-keys.ts';
export { apikeysMigrations } from './migrations.ts';
export { apiKeyChangeSchema, newApiKeySchema } from './new-api-key.ts';
export { type KeyUseNotes, openKeyUseNotes } from './note-key-uses.ts';
export { organizationOfKey } from './organization-of-key.ts';
export {
  type KeyPickUpDeps,
  type OfferRotationsDeps,
  offerRotations,
  type PickedUpKey,
  pickUpKey,
  prunePickUps,
  type ShownPickUp,
  viewPickUp,
} from './pick-up-api-key.ts';
export { type PlanSpec, planKind } from './plan-kind.ts';
export { type JudgeApiKeyInput, quarantineApiKey, releaseApiKey } from './quarantine-api-key.ts';
export {
  KEY_USAGE_KEPT_MILLISECONDS,
  type KeyUsage,
  type LastUse,
  pruneKeyUsage,
  readKeyUsage,
  type UsageGrouping,
  wholeHours,
} from './read-key-usage.ts';
export { recordKeyUsage } from './record-key-usage.ts';
export { pruneReminders, type RemindOfKeysDeps, remindOfKeys } from './remind-of-keys.ts';
export { type LeakOutcome, type LeakReport, type ReportLeakedKeyDeps, reportLeakedKey } from './report-leaked-key.ts';
export { retireUnusedKeys } from './retire-unused-keys.ts';
export { type RevokeApiKeyDeps, type RevokeApiKeyInput, revokeApiKey } from './revoke-api-key.ts';
export { type RotateApiKeyInput, type RotatedApiKey, rotateApiKey } from './rotate-api-key.ts';
export { signKeyTexts } from './sign-key-texts.ts';
export { tagsOfKeys } from './tags-of-keys.ts';
export { usesOfKeyOrganizations, usesOfKeyPlaces, usesOfKeyRoles } from './uses.ts';
