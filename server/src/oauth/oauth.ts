/** The OAuth 2.1 and OpenID Connect server: clients, grants, tokens, and who may still use them. */
export { OAUTH_AUDIT_EVENTS } from './audit-events.ts';
export type { WorkloadVerdict } from './authentication/check-workload-token.ts';
export type { AuthorizationOutcome } from './authorization/context.ts';
export type { Approval, ApprovalCode, ApprovalsOutcome } from './ciba/answer-approval.ts';
export {
  type ClientSecretInfo,
  type IssueClientSecretInput,
  issueClientSecret,
  listClientSecrets,
  revokeClientSecret,
} from './clients/client-secrets.ts';
export { ADMIN_API_PATH, CONSOLE_CALLBACK_PATH, CONSOLE_CLIENT_ID } from './clients/own-applications.ts';
export { IDENTITY_SCOPES } from './clients/scope.ts';
export type { DeviceOutcome, DevicePrompt } from './device/answer-device.ts';
export type { GatewayProofs } from './dpop/gateway-proofs.ts';
export { RESOURCE_METADATA_PATH, resourceMetadataUrl } from './endpoints/protected-resource.ts';
export { erasePersonOfOAuth } from './erase-person.ts';
export { oauthErrors, type WireError, wireErrorOf } from './errors.ts';
export type { IssueRecorder } from './grants/client-credentials.ts';
export type { ConnectedApplication } from './grants/connected-applications.ts';
export type { RevokeTokensInput } from './grants/revoke-tokens.ts';
export { type Issuers, singleIssuer } from './issuers.ts';
export {
  apiKind,
  authorizationServerKind,
  clientKind,
  clientRegistrationPolicyKind,
  securityProfileKind,
  signingPolicyKind,
  trustedIssuerKind,
} from './kinds.ts';
export type { LogoutOutcome } from './logout/end-session.ts';
export { oauthMigrations } from './migrations.ts';
export { type OAuthDeps, type OAuthServer, openOAuth } from './open-oauth.ts';
export type {
  ApiKeysPort,
  AuthorizerPort,
  BrowserRequest,
  BrowserSession,
  ConsentPrompt,
  NoticePort,
  OAuthNotice,
  OutboundFetches,
  SigninPort,
  UserClaims,
  UsersPort,
} from './ports.ts';
export type { EndpointRequest, EndpointResponse } from './protocol/endpoint.ts';
export { type OAuthProblem, type ProblemDeps, problemResponse, toProblem } from './protocol/error-response.ts';
export { type Params, readParams } from './protocol/read-params.ts';
export { findRefusal, listRefusals, pruneRefusals } from './refusals/read-refusals.ts';
export type { Refusal } from './refusals/refusal.ts';
export {
  type InitialAccessTokenInfo,
  issueInitialAccessToken,
  listInitialAccessTokens,
  revokeInitialAccessToken,
} from './registration/initial-access-tokens.ts';
export type { ManageRequest } from './registration/manage-registration.ts';
export { REGISTRATION_PATH, type RegistrationRequest } from './registration/register-client.ts';
export { removeExpired } from './remove-expired.ts';
export type { RevocationKind } from './tokens/revocation-list.ts';
export type { IdentitySigner } from './tokens/sign-identity.ts';
export type { AccessTokenVerifier, Verification, VerificationFailure } from './tokens/verify-access-token.ts';
