import type { Server } from 'node:http';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyServerFactory,
  LogController,
} from 'fastify';
import { type IdSource, LIMITS, type Logger, newId } from '#base';
import { type AccessDeps, guardRoutes } from './access.ts';
import { type AdminApiDeps, adminApi } from './admin/admin-api.ts';
import { answerClientErrors } from './client-errors.ts';
import { type ConsolePagesDeps, consolePages } from './console/console-pages.ts';
import { answerDirectly } from './direct/answer-directly.ts';
import type { DirectEndpoint } from './direct/direct-endpoint.ts';
import { type DocsPagesDeps, docsPages } from './docs/docs-pages.ts';
import { drainDoor } from './drain-door.ts';
import { healthRoutes, type Probe } from './health-routes.ts';
import { answerUnknownPaths, type PageOfNothing } from './known-paths.ts';
import { type Metrics, measureRequests, metricsRoute } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { answerError } from './problem.ts';
import { refuseAmbiguousHeads } from './refuse-ambiguous-heads.ts';
import { type ControlTls, HTTP_LIMITS, openAlso, secureDoor } from './secure-door.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { ZOD_SCHEMAS } from './validation.ts';

/** What every process answers, whatever its role: is it alive, is it ready, how is it doing. */
export interface ProbeServerDeps extends AccessDeps, IdSource {
  log: Logger;
  /** Origin of the control plane, without a trailing slash. */
  issuer: string;
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  metrics: Metrics;
  probes: readonly Probe[];
  /** Absent for plain HTTP. */
  secured?: ControlTls | undefined;
}

export interface ControlServerDeps extends ProbeServerDeps, AdminApiDeps, ConsolePagesDeps, DocsPagesDeps {
  /** The other faces: issuer endpoints, sign-in pages. Each has a scope of its own for body parsers and error pages. */
  plugins: readonly FastifyPluginAsync[];
  /** Of what the plugins serve, what is asked so often that it is answered before the framework. */
  direct?: readonly DirectEndpoint[];
  pageOfNothing?: PageOfNothing;
}

const PARAM_LENGTH_MAX = 200;

/** The control plane's listener: Admin API, issuer, pages and console on one port. */
export async function buildControlServer(deps: ControlServerDeps): Promise<FastifyInstance> {
  const server = baseServer(deps, deps.pageOfNothing);
  await describeApi(server, deps);
  healthRoutes(server, deps);
  metricsRoute(server, deps.metrics);
  await server.register(adminApi(deps), { prefix: '/api/v1' });
  await server.register(consolePages(deps));
  await server.register(docsPages(deps));
  for (const plugin of deps.plugins) await server.register(plugin);
  const door = deps.secured?.certificateDoor;
  if (door !== undefined) openAlso(server, door);
  answerDirectly(server, deps, deps.direct ?? [], door === undefined ? [server.server] : [server.server, door]);
  return server;
}

/** Health and metrics alone, for a process that only enforces. */
export function buildProbeServer(deps: ProbeServerDeps): FastifyInstance {
  const server = baseServer(deps);
  healthRoutes(server, deps);
  metricsRoute(server, deps.metrics);
  return server;
}

/**
 * Every request walks the same hooks, in the order in which they stand here; nothing of a body is read before all of
 * them agreed.
 */
function baseServer(deps: ProbeServerDeps, pageOfNothing?: PageOfNothing): FastifyInstance {
  const { secured } = deps;
  const server = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies],
    bodyLimit: LIMITS.adminBodyBytesMax,
    requestTimeout: HTTP_LIMITS.requestTimeout,
    keepAliveTimeout: HTTP_LIMITS.keepAliveTimeout,
    http: { maxHeaderSize: HTTP_LIMITS.maxHeaderSize },
    ...(secured === undefined ? {} : { serverFactory: secureFactory(secured) }),
    // Named here and not set later: Fastify would load its own, a hundred files, before.
    schemaController: ZOD_SCHEMAS,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    // An id from outside could be made to collide with another one, or to break a log line.
    requestIdHeader: false,
    genReqId: () => newId('access', deps),
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: answerClientErrors,
  });
  server.addHook('preClose', async () => {
    if (server.server.listening) drainDoor(server.server);
  });
  server.removeContentTypeParser('text/plain');
  server.setErrorHandler(answerError);
  addSecurityHeaders(server, deps);
  measureRequests(server, deps.metrics);
  refuseAmbiguousHeads(server);
  answerUnknownPaths(server, pageOfNothing);
  guardRoutes(server, deps);
  return server;
}

function secureFactory({ tls }: ControlTls): FastifyServerFactory<Server> {
  return (handler) => secureDoor(tls, false).on('request', handler);
}
