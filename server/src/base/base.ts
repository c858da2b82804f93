/** The ground floor: no domain, no input or output of its own but logging and the guarded fetch. */
export { addressRanges, isAddressRange, isWithinRanges, plainAddress } from './address-ranges.ts';
export { type AttemptBudget, type AttemptLimits, createAttemptBudget } from './attempt-budget.ts';
export { type Clock, epochSeconds, systemClock } from './clock.ts';
export type { Decision, DecisionReason, DecisionRequest } from './decision.ts';
export {
  baseErrors,
  defineErrors,
  type ErrorCatalogue,
  type ErrorCategory,
  type ErrorDefinition,
  type ErrorOptions,
  type FieldError,
  GatehouseError,
} from './errors.ts';
export {
  DEFAULT_TENANT_ID,
  ID_PREFIXES,
  type Id,
  type IdKind,
  type IdPrefix,
  type IdSource,
  isId,
  newId,
  timeOfId,
} from './ids.ts';
export { inBatches } from './in-batches.ts';
export { LIMITS } from './limits.ts';
export { createLogger, isSecretField, type Logger, type LoggingOptions, redact } from './logging.ts';
export { networkOf, siteOf, subnetOf } from './network-of.ts';
export { oneAtATime } from './one-at-a-time.ts';
export { outOfBounds } from './out-of-bounds.ts';
export { parse, toFieldErrors } from './parse.ts';
export {
  type Actor,
  anonymousPrincipal,
  CREDENTIAL_ENVIRONMENTS,
  type Credential,
  type CredentialEnvironment,
  type Principal,
  type PrincipalType,
  systemPrincipal,
} from './principal.ts';
export { type Random, systemRandom } from './random.ts';
export {
  createSafeFetch,
  type SafeFetch,
  type SafeFetchOptions,
  type SafeFetchPolicy,
  type SafeFetchResponse,
} from './safe-fetch.ts';
export { equalSecrets } from './secret-text.ts';
export { together } from './together.ts';
