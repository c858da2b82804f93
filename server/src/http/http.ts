/** Fastify and everything that knows it: the Admin API, pages, the issuer's endpoints, errors as problem documents. */
export type { AccessDeps, AdminVerification, PermissionRule, RequestFacts } from './access.ts';
export { authZenApi } from './authzen/authzen-api.ts';
export type { AuthZenDeps } from './authzen/authzen-deps.ts';
export {
  buildControlServer,
  buildProbeServer,
  type ControlServerDeps,
  type ProbeServerDeps,
} from './build-control-server.ts';
export { type Confinement, createConfinement } from './confinement.ts';
export { type OutboxRoutesDeps, outboxRoutes } from './dev/outbox-routes.ts';
export { httpErrors } from './errors.ts';
export { collectGatewayMetrics } from './gateway-metrics.ts';
export type { Probe } from './health-routes.ts';
export { type GitHubLeakRouteDeps, githubLeakRoute } from './leaks/github-leak-route.ts';
export { collectLimitMetrics } from './limit-metrics.ts';
export { collectCertificates, collectRefusedConnections, type ListenerCertificates } from './listener-metrics.ts';
export { type Metrics, openMetrics } from './metrics.ts';
export { type ClientSecretRoutesDeps, clientSecretRoutes } from './oauth/client-secret-routes.ts';
export { type InitialAccessTokenRoutesDeps, initialAccessTokenRoutes } from './oauth/initial-access-token-routes.ts';
export { directTokenEndpoints, type OAuthRoutesDeps, oauthRoutes } from './oauth/oauth-routes.ts';
export { refusalRoutes } from './oauth/refusal-routes.ts';
export { requestEncryptionRoutes } from './oauth/request-encryption-routes.ts';
export { tokenPreviewRoutes } from './oauth/token-preview-routes.ts';
export { type UserApplicationRoutesDeps, userApplicationRoutes } from './oauth/user-application-routes.ts';
export { workloadTokenRoutes } from './oauth/workload-token-routes.ts';
export { openFgaApi } from './openfga/openfga-api.ts';
export type { OpenFgaApiDeps } from './openfga/openfga-api-deps.ts';
export { type ControlTls, secureDoor } from './secure-door.ts';
export { type KeyPickUpPagesDeps, keyPickUpPages } from './signin/key-pick-up-routes.ts';
export { type MailPagesDeps, mailPages } from './signin/mail-pages.ts';
export { pageOfNothing } from './signin/page-reply.ts';
export { pageViews } from './signin/page-view.ts';
export { placeReader } from './signin/place-reader.ts';
export { type SigninPagesDeps, signinPages } from './signin/signin-pages.ts';
export { collectUpstreamMetrics } from './upstream-metrics.ts';
export { webhookRoutes } from './webhooks/webhook-routes.ts';
