import type { Clock, Logger, Random } from '#base';
import { clientAddressReader } from './client-address.ts';
import { decisionIds } from './decision-ids.ts';
import type { ExchangeOutcome, Handler, Reply, TransportErrors } from './exchange.ts';
import { type Limiter, MemoryLimiter } from './limiter.ts';
import { count, GatewayMetrics, type RouteMetrics } from './metrics.ts';
import { pipelineHandler } from './pipeline.ts';
import type {
  AccessRecorder,
  AccessTokenVerifier,
  ApiKeyVerifier,
  Authorizer,
  ConfigurationChanges,
  ConfigurationSource,
  IdentitySigner,
} from './ports.ts';
import { problem, problemBody, problemHeaders } from './problems.ts';
import type { PipelineParts } from './request-exchange.ts';
import { buildSnapshot, type GatewaySnapshot } from './snapshot.ts';
import { traceAppender } from './trace-context.ts';

export interface GatewayDeps {
  configuration: ConfigurationSource;
  changes: ConfigurationChanges;
  apiKeys: ApiKeyVerifier;
  accessTokens: AccessTokenVerifier;
  identity: IdentitySigner;
  authorizer: Authorizer;
  recorder: AccessRecorder;
  clock: Clock;
  random: Random;
  log: Logger;
  /** In memory unless given. */
  limiter?: Limiter;
}

export interface GatewayOptions {
  /** Addresses and CIDR ranges whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  trustedProxies?: readonly string[];
  /** Where the protected resource metadata (RFC 9728) of an audience is found, for challenges. */
  resourceMetadataUrl?: (audience: string) => string | undefined;
}

export interface Gateway {
  handler: Handler;
  errors: TransportErrors;
  /** Counters per route, for `/metrics`. */
  metrics: () => readonly RouteMetrics[];
  /** The configuration in use. */
  snapshot: () => GatewaySnapshot;
  /** Reads the configuration again, now. Resolves when it is in use; on failure the one before stays, and this rejects. */
  reload(): Promise<void>;
  /** Stops listening to changes. */
  close(): void;
}

/** What the gateway is configured with. A change to any of them makes a new snapshot. */
export const CONFIGURATION_TOPICS = ['resource:route', 'resource:api', 'resource:plan'] as const;

/** After a failed reload; changes that come meanwhile try at once. */
const RETRY_MILLISECONDS = 1000;

/** Loads the configuration and opens the pipeline. Listens to nothing but changes: a transport carries the requests. */
export async function openGateway(deps: GatewayDeps, options: GatewayOptions = {}): Promise<Gateway> {
  const { log, clock } = deps;
  const metrics = new GatewayMetrics();
  const nextDecisionId = decisionIds(deps);
  let version = 0;

  async function load(): Promise<GatewaySnapshot> {
    const configuration = await deps.configuration.load();
    version += 1;
    const snapshot = buildSnapshot(configuration, {
      version,
      metrics,
      resourceMetadataUrl: options.resourceMetadataUrl,
    });
    for (const warning of snapshot.warnings) log.warn({ version }, warning);
    return snapshot;
  }

  const parts: PipelineParts = {
    // Knows no tenant, so that everything is answered 404 until the first one stands.
    snapshot: buildSnapshot({ tenants: [] }, { version, metrics }),
    apiKeys: deps.apiKeys,
    accessTokens: deps.accessTokens,
    identity: deps.identity,
    authorizer: deps.authorizer,
    recorder: deps.recorder,
    limiter: deps.limiter ?? new MemoryLimiter(),
    clientAddress: clientAddressReader(options.trustedProxies ?? []),
    appendTrace: traceAppender(deps.random),
    nextDecisionId,
    isoTime: isoTimes(),
  };

  const reload = coalesced(async () => {
    parts.snapshot = await load();
  });
  let retry: NodeJS.Timeout | undefined;
  const onChange = async () => {
    clearTimeout(retry);
    try {
      await reload();
    } catch (error) {
      log.error({ err: error }, 'the gateway keeps its configuration: the new one could not be loaded');
      retry = setTimeout(onChange, RETRY_MILLISECONDS).unref();
    }
  };
  // Before the first reading, so that a change in between is not missed.
  const unsubscribe = [deps.changes.subscribe(CONFIGURATION_TOPICS, onChange), deps.changes.onResync(onChange)];
  await reload();

  return {
    handler: pipelineHandler(parts, { clock, log }),
    errors: transportErrors(nextDecisionId, metrics),
    metrics: () => metrics.read(),
    snapshot: () => parts.snapshot,
    reload,
    close() {
      clearTimeout(retry);
      for (const stop of unsubscribe) stop();
    },
  };
}

/** Runs one at a time. Who asks while one runs gets the next one, together with all others who asked meanwhile. */
function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (next !== undefined) return next;
    if (running === undefined) return start();
    next = running.then(start, start);
    return next;
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
        onDone: (outcome: ExchangeOutcome) => count(metrics.route('', ''), { ...outcome, upstreamFailed: false }),
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
