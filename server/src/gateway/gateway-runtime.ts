import type { Clock, Logger, Random } from '#base';
import { type Limiter, type LimiterState, MemoryLimiter } from '#limits';
import { type Check, refusalOf } from './beside/check-handler.ts';
import { checkPipeline } from './beside/check-pipeline.ts';
import { clientAddressReader } from './client-address.ts';
import { clientCertificateReader } from './client-certificate.ts';
import { decisionIdOf, decisionLines } from './decision-ids.ts';
import type { TrafficCounter } from './drift/traffic-counter.ts';
import type { ExchangeOutcome, Handler, Reply, TransportErrors } from './exchange.ts';
import type { EntityTags } from './masking/entity-tags.ts';
import { count, GatewayMetrics, type RouteMetrics } from './metrics.ts';
import { pipelineHandler } from './pipeline.ts';
import type {
  AccessRecorder,
  AccessTokenVerifier,
  ApiKeyVerifier,
  Authorizer,
  ChangeHearing,
  ConfigurationSource,
  ExternalEngines,
  IdentitySigner,
  ResourceMetadata,
  SenderProofs,
  UpstreamSecretValues,
  UpstreamTokens,
} from './ports.ts';
import { type Problem, problem, problemBody, problemHeaders } from './problems.ts';
import type { PipelineParts } from './request-exchange.ts';
import type { BrowserSessions } from './sessions/browser-sessions.ts';
import { buildSnapshot, type GatewaySnapshot } from './snapshot.ts';
import type { RevocationLists } from './tls/revocation-lists.ts';
import { traceAppender } from './trace-context.ts';
import type { Tracing } from './tracing/tracing.ts';
import { type CheckTarget, targetCheck } from './upstreams/check-target.ts';
import { HealthChecks } from './upstreams/health-checks.ts';
import { UpstreamGroups } from './upstreams/upstream-groups.ts';
import { type UpstreamHealth, upstreamHealth } from './upstreams/upstream-health.ts';

export interface GatewayDeps {
  configuration: ConfigurationSource;
  apiKeys: ApiKeyVerifier;
  accessTokens: AccessTokenVerifier;
  /** Left out: tokens that are bound to a key are refused. */
  proofs?: SenderProofs;
  identity: IdentitySigner;
  /** Left out: routes that pass a token on are refused. */
  upstreamTokens?: UpstreamTokens;
  /** Left out: upstreams that need a secret get no request. */
  upstreamSecrets?: UpstreamSecretValues;
  /** Left out: nobody signs in here. */
  sessions?: BrowserSessions;
  /** Left out: responses of which something is hidden have none. */
  entityTags?: EntityTags;
  authorizer: Authorizer;
  /** Left out: routes that name one deny. */
  externalEngines?: ExternalEngines;
  recorder: AccessRecorder;
  changes: ChangeHearing;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Left out: the gateway describes no API. */
  resourceMetadata?: ResourceMetadata;
  /** Left out: requests are not traced. */
  tracing?: Tracing | undefined;
  /** Left out: what is seen of APIs is not counted. */
  traffic?: TrafficCounter;
  /** In memory unless given. */
  limiter?: Limiter;
  /** How a target is asked whether it is well; without TLS of our own when left out. */
  checkTarget?: CheckTarget;
}

export interface GatewayOptions {
  /** Addresses and CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  trustedProxies?: readonly string[];
  /** Those of them whose `Client-Cert` (RFC 9440) is believed. */
  clientCertificatesFrom?: readonly string[];
  /** Lists of revoked certificates, for those that proxies tell. */
  revocations?: Pick<RevocationLists, 'standingOfDer'> | undefined;
  /** Where the protected resource metadata (RFC 9728) of the API of this name is found, for challenges. */
  resourceMetadataUrl?: (api: string) => string | undefined;
}

export interface Gateway {
  handler: Handler;
  /** The same judgement for requests that another program carries. */
  check: Check;
  /** Answers what can't be judged at all. */
  refuse: (found: Problem) => Reply;
  errors: TransportErrors;
  /** Counters per route, for `/metrics`. */
  metrics: () => readonly RouteMetrics[];
  /** How limits are shared with other processes; undefined when they are not. */
  limits: () => LimiterState | undefined;
  /** How this process sees each upstream with targets. */
  upstreams: () => readonly (UpstreamHealth & { tenantId: string })[];
  /** The configuration in use. */
  snapshot: () => GatewaySnapshot;
  /** Stops listening to changes. */
  close(): void;
}

/**
 * Opens the pipeline on the configuration as it is, and follows its changes: requests under way keep the snapshot they
 * began with, the next one gets the new. A transport carries the requests.
 * @throws `configuration_unusable` when the first configuration can't be used; later, only what is at fault stays as it was.
 */
export function openGateway(deps: GatewayDeps, options: GatewayOptions = {}): Gateway {
  const { log, clock } = deps;
  const metrics = new GatewayMetrics();
  const chance = () => (deps.random.bytes(4).readUInt32BE() + 1) / 2 ** 32;
  const upstreams = new UpstreamGroups(chance);
  const { checkTarget: check = targetCheck() } = deps;
  const healthChecks = new HealthChecks({ groups: () => upstreams.all(), check, random: chance, log });
  healthChecks.start();
  const nextDecisionLine = decisionLines(deps);
  const nextDecisionId = () => decisionIdOf(nextDecisionLine());
  let version = 0;

  function build(previous?: GatewaySnapshot): GatewaySnapshot {
    version += 1;
    const { resourceMetadataUrl } = options;
    const snapshot = buildSnapshot(deps.configuration.load(), {
      version,
      metrics,
      upstreams,
      resourceMetadataUrl,
      previous,
    });
    for (const warning of snapshot.warnings) log.warn({ version }, warning);
    for (const fault of snapshot.broken) log.error({ version }, `${fault} It goes on as it last was, if it ever was.`);
    return snapshot;
  }

  const parts: PipelineParts = {
    snapshot: build(),
    apiKeys: deps.apiKeys,
    accessTokens: deps.accessTokens,
    proofs: deps.proofs,
    clientCertificate: clientCertificateReader(options),
    identity: deps.identity,
    upstreamTokens: deps.upstreamTokens,
    upstreamSecrets: deps.upstreamSecrets,
    sessions: deps.sessions,
    entityTags: deps.entityTags,
    random: deps.random,
    authorizer: deps.authorizer,
    externalEngines: deps.externalEngines,
    recorder: deps.recorder,
    changes: deps.changes,
    resourceMetadata: deps.resourceMetadata,
    limiter: deps.limiter ?? new MemoryLimiter(),
    clientAddress: clientAddressReader(options.trustedProxies ?? []),
    appendTrace: traceAppender(deps.random),
    tracing: deps.tracing,
    traffic: deps.traffic,
    now: () => clock.now(),
    nextDecisionLine,
    isoTime: isoTimes(),
  };

  const unsubscribe = deps.configuration.onChange(() => {
    try {
      parts.snapshot = build(parts.snapshot);
    } catch (error) {
      log.error({ err: error }, 'the gateway keeps its configuration: the new one can not be used');
    }
  });

  const refuse = refusalOf(nextDecisionId, (outcome) => count(metrics.route('', ''), outcome));
  return {
    handler: pipelineHandler(parts, { clock, log }),
    check: checkPipeline(parts, { clock, log, refuse }),
    refuse,
    errors: transportErrors(nextDecisionId, metrics),
    metrics: () => metrics.read(),
    limits: () => parts.limiter.state?.(),
    upstreams: () =>
      upstreams.all().map((group) => ({ tenantId: group.tenantId, ...upstreamHealth(group, performance.now()) })),
    snapshot: () => parts.snapshot,
    close() {
      healthChecks.stop();
      unsubscribe();
    },
  };
}

/** Protocol errors have no route, no principal and often no readable head: they are counted, not recorded. */
function transportErrors(nextDecisionId: () => string, metrics: GatewayMetrics): TransportErrors {
  return {
    malformed(reason, status): Reply {
      const decisionId = nextDecisionId();
      const found = problem('request_malformed', { status, detail: reason });
      return {
        kind: 'reply',
        status,
        headers: problemHeaders(found, ['gatehouse-decision-id', decisionId]),
        body: problemBody(found, decisionId),
        onDone: (outcome: ExchangeOutcome) => count(metrics.route('', ''), outcome),
      };
    },
  };
}

/** The text of an instant, kept while the millisecond lasts. */
function isoTimes(): (now: number) => string {
  let at = Number.NaN;
  let text = '';
  return (now) => {
    if (now !== at) {
      at = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}
