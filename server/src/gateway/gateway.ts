/** Enforcement: match → authenticate → authorize → limit → forward → record, on a listener of its own. */
export { GATEWAY_AUDIT_EVENTS } from './audit-events.ts';
export { type Beside, openBeside } from './beside/open-beside.ts';
export { type ClientAddressReader, clientAddressReader } from './client-address.ts';
export type { DriftReport } from './drift/drift-report.ts';
export { findDrift } from './drift/find-drift.ts';
export { type ApiTraffic, openApiTraffic } from './drift/open-traffic.ts';
export { writeTraffic } from './drift/traffic-table.ts';
export { type GatewayErrorCode, gatewayErrors } from './errors.ts';
export type {
  ExchangeOutcome,
  Forward,
  GatewayTransport,
  Handler,
  RawHeaders,
  Reply,
  RequestHead,
  TransportErrors,
  TransportStats,
  UpstreamFailure,
  UpstreamTarget,
  Verdict,
} from './exchange.ts';
export {
  type Gateway,
  type GatewayDeps,
  type GatewayOptions,
  openGateway,
} from './gateway-runtime.ts';
export { createEntityTags } from './masking/entity-tags.ts';
export { DURATION_BOUNDS_SECONDS, type RouteMetrics } from './metrics.ts';
export { apiDocumentKind } from './openapi/document-kind.ts';
export type { ApiDocumentSpec } from './openapi/document-spec.ts';
export { importDocument } from './openapi/import-document.ts';
export { IMPORT_WARNINGS, importWarnings } from './openapi/import-warnings.ts';
export { type DescribedApi, describedApi, publicDocument } from './openapi/public-document.ts';
export type {
  AccessRecorder,
  AccessTokenVerifier,
  ApiKeyVerifier,
  Authorizer,
  ConfigurationSource,
  GatewayConfiguration,
  IdentitySigner,
  Named,
  TenantConfiguration,
  Verification,
} from './ports.ts';
export { resourceConfiguration } from './resource-configuration.ts';
export { routeKind } from './route-kind.ts';
export { acceptedCredentials, passedApi, type RouteSpec, routeSchema } from './route-spec.ts';
export { type BrowserSessions, openBrowserSessions } from './sessions/browser-sessions.ts';
export { browserSessionKind } from './sessions/session-kind.ts';
export type { SignInFlows } from './sessions/session-port.ts';
export { removeOldGatewaySessions } from './sessions/session-rows.ts';
export { settleHashParameters } from './settle-hash-parameters.ts';
export { settleTokenTargets } from './settle-token-targets.ts';
export { type StepOutcome, stepOutcomes } from './step-outcomes.ts';
export type { CertificateSet } from './tls/certificate-set.ts';
export { openListenerTls } from './tls/listener-tls.ts';
export type { CertificateStatus } from './tls/read-certificate.ts';
export { openRevocationLists, type RevocationLists } from './tls/revocation-lists.ts';
export { openUpstreamTls } from './tls/upstream-tls.ts';
export { type OpenTracing, openTracing } from './tracing/open-tracing.ts';
export type { ListenerTls } from './transport/listening.ts';
export { readWholeRequest, type WholeRequest } from './transport/read-whole-request.ts';
export { createSocketTransport } from './transport/socket-transport.ts';
export {
  listUpstreamSecrets,
  removeUpstreamSecret,
  setUpstreamSecret,
  type UpstreamSecretDeps,
  type UpstreamSecretInfo,
} from './upstream-secrets/change-secrets.ts';
export { openUpstreamSecrets, type UpstreamSecrets } from './upstream-secrets/secret-memory.ts';
export { gatewayMigrations } from './upstream-secrets/secret-table.ts';
export { settleUpstreamSecrets } from './upstream-secrets/settle-secrets.ts';
export { targetCheck } from './upstreams/check-target.ts';
export type { UpstreamHealth } from './upstreams/upstream-health.ts';
export { upstreamKind } from './upstreams/upstream-kind.ts';
export { type PolicyView, whatPoliciesSee } from './what-policies-see.ts';
