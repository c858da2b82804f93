import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { type ApiDocumentRoutesDeps, apiDocumentRoutes } from './api-document-routes.ts';
import { type AuditRoutesDeps, auditRoutes } from './audit-routes.ts';
import { type BackupRouteDeps, backupRoute } from './backup-route.ts';
import { type BreachRouteDeps, breachRoute } from './breach-route.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { type DecisionRoutesDeps, decisionRoutes } from './decision-routes.ts';
import { type DirectoryRoutesDeps, directoryRoutes } from './directory-routes.ts';
import { type ExplanationRoutesDeps, explanationRoutes } from './explanation-routes.ts';
import { type FactorRoutesDeps, factorRoutes } from './factor-routes.ts';
import { type ImpersonationRoutesDeps, impersonationRoutes } from './impersonation-routes.ts';
import { type KeyImportRouteDeps, keyImportRoute } from './key-import-route.ts';
import { type KeyRoutesDeps, keyRoutes } from './key-routes.ts';
import { type KeyUsageRoutesDeps, keyUsageRoutes } from './key-usage-routes.ts';
import { type LeakRoutesDeps, leakRoutes } from './leak-routes.ts';
import { openApiImportRoute } from './openapi-import-route.ts';
import { type PolicyRoutesDeps, policyRoutes } from './policy-routes.ts';
import { type PolicyWorkbenchRoutesDeps, policyWorkbenchRoutes } from './policy-workbench-routes.ts';
import { type RecoveryLinkRouteDeps, recoveryLinkRoute } from './recovery-link-route.ts';
import { relationModelRoute } from './relation-model-route.ts';
import { type ResourceRoutesDeps, resourceRoutes } from './resource-routes.ts';
import { type SessionRoutesDeps, sessionRoutes } from './session-routes.ts';
import { settleWrites } from './settle-writes.ts';
import { type SigningKeyRoutesDeps, signingKeyRoutes } from './signing-key-routes.ts';
import { type TrafficRouteDeps, trafficRoute } from './traffic-route.ts';
import { type UpstreamRoutesDeps, upstreamRoutes } from './upstream-routes.ts';
import { type UserImportRoutesDeps, userImportRoutes } from './user-import-routes.ts';
import { type WhatIfRouteDeps, whatIfRoute } from './what-if-route.ts';
import { whoamiRoute } from './whoami-route.ts';

export type AdminApiDeps = ResourceRoutesDeps &
  KeyRoutesDeps &
  KeyUsageRoutesDeps &
  KeyImportRouteDeps &
  LeakRoutesDeps &
  BreachRouteDeps &
  DirectoryRoutesDeps &
  RecoveryLinkRouteDeps &
  FactorRoutesDeps &
  ImpersonationRoutesDeps &
  UserImportRoutesDeps &
  AuditRoutesDeps &
  TrafficRouteDeps &
  DecisionRoutesDeps &
  PolicyRoutesDeps &
  PolicyWorkbenchRoutesDeps &
  WhatIfRouteDeps &
  ExplanationRoutesDeps &
  SessionRoutesDeps &
  SigningKeyRoutesDeps &
  UpstreamRoutesDeps &
  ApiDocumentRoutesDeps &
  BackupRouteDeps &
  Parameters<typeof settleWrites>[1];

/** Everything under /api/v1. Takes bearer credentials only, never a cookie: there is nothing a foreign page could ride on. */
export function adminApi(deps: AdminApiDeps): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    settleWrites(server, deps);
    whoamiRoute(server);
    resourceRoutes(server, deps);
    await server.register(bundleRoutes(deps));
    directoryRoutes(server, deps);
    recoveryLinkRoute(server, deps);
    factorRoutes(server, deps);
    impersonationRoutes(server, deps);
    userImportRoutes(server, deps);
    keyRoutes(server, deps);
    keyUsageRoutes(server, deps);
    keyImportRoute(server, deps);
    leakRoutes(server, deps);
    breachRoute(server, deps);
    auditRoutes(server, deps);
    trafficRoute(server, deps);
    decisionRoutes(server, deps);
    explanationRoutes(server, deps);
    whatIfRoute(server, deps);
    sessionRoutes(server, deps);
    policyRoutes(server, deps);
    policyWorkbenchRoutes(server, deps);
    relationModelRoute(server);
    signingKeyRoutes(server, deps);
    upstreamRoutes(server, deps);
    apiDocumentRoutes(server, deps);
    openApiImportRoute(server, deps);
    backupRoute(server, deps);
  };
}
