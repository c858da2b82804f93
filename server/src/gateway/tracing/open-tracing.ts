import type { Span, SpanContext, Tracer } from '@opentelemetry/api';
import type { Logger } from '#base';
import { inboundTrace } from '../trace-context.ts';
import { sampleRatio, samplerName } from './sampling.ts';
import type { TracedExchange, TracedRequest, TracedResult, Tracing } from './tracing.ts';

/** What the exporter falls behind with is dropped, never waited for. */
const QUEUE_MAX = 4096;
const BATCH_MAX = 512;
const EXPORT_EVERY_MILLISECONDS = 2_000;
const EXPORT_TIMEOUT_MILLISECONDS = 5_000;

/** RFC 9110 §9.3 and RFC 5789. Callers invent others, and a backend keeps each value. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

type OpenTelemetry = typeof import('@opentelemetry/api');

export interface OpenTracing {
  tracing: Tracing;
  /** Sends what is left, for as long as an export may take. */
  close(): Promise<void>;
}

/**
 * Traces in the protocol of OpenTelemetry, to where its own environment variables say. The packages are loaded only then.
 * @returns undefined when no endpoint is named.
 */
export async function openTracing(
  environment: NodeJS.ProcessEnv,
  { log }: { log: Logger },
): Promise<OpenTracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const url = traces || (all && `${all.replace(/\/$/, '')}/v1/traces`);
  if (!url || environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const name = samplerName(environment.OTEL_TRACES_SAMPLER, log);
  const ratio = sampleRatio(environment.OTEL_TRACES_SAMPLER_ARG, log);
  const roots = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(ratio),
  };
  const root = roots[name.root]();
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': environment.OTEL_SERVICE_NAME || 'gatehouse' }),
    sampler: name.parentBased ? new sdk.ParentBasedSampler({ root }) : root,
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MILLISECONDS }),
        maxQueueSize: QUEUE_MAX,
        maxExportBatchSize: BATCH_MAX,
        scheduledDelayMillis: EXPORT_EVERY_MILLISECONDS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MILLISECONDS,
      }),
    ],
  });
  const tracer = provider.getTracer('gatehouse');
  return {
    tracing: { begin: (request) => new Traced(api, tracer, request) },
    close: () =>
      provider.shutdown().catch((err: unknown) => log.warn({ err }, 'the last traces could not be handed over')),
  };
}

class Traced implements TracedExchange {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #server: Span;
  readonly #method: string;
  readonly #at: number;
  #client: Span | undefined;

  constructor(api: OpenTelemetry, tracer: Tracer, { headers, method, at }: TracedRequest) {
    this.#api = api;
    this.#tracer = tracer;
    this.#at = at;
    this.#method = METHODS.has(method) ? method : '_OTHER';
    this.#server = tracer.startSpan(this.#method, { kind: api.SpanKind.SERVER, startTime: at }, parentOf(api, headers));
  }

  forward() {
    this.#client = this.#below(this.#server, this.#method, performance.now());
    const { traceId, spanId, traceFlags, traceState } = this.#client.spanContext();
    const flags = (traceFlags & 1).toString(16).padStart(2, '0');
    return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: traceState?.serialize() };
  }

  end(result: TracedResult): void {
    const endedAt = this.#at + result.durationMilliseconds;
    this.#endClient(result, endedAt);
    const server = this.#server;
    if (server.isRecording()) {
      if (result.pattern !== undefined) server.updateName(`${this.#method} ${result.pattern}`);
      server.setAttributes(serverAttributes(this.#method, result));
      if (result.status >= 500) {
        server.setAttribute('error.type', result.upstreamFailure ?? String(result.status));
        server.setStatus({ code: this.#api.SpanStatusCode.ERROR });
      }
    }
    server.end(endedAt);
  }

  #endClient({ tries, upstream, upstreamFailure, status }: TracedResult, endedAt: number): void {
    const client = this.#client;
    if (client === undefined) return;
    for (const { origin, failure, from, until } of tries) {
      const tried = this.#below(client, `${this.#method} (failed)`, from);
      tried.setAttributes({ 'url.full': origin, 'error.type': failure });
      tried.setStatus({ code: this.#api.SpanStatusCode.ERROR });
      tried.end(performance.timeOrigin + until);
    }
    client.setAttributes({
      'http.request.method': this.#method,
      'http.request.resend_count': tries.length,
      ...(upstream === undefined ? {} : { 'server.address': new URL(upstream).host }),
    });
    if (upstreamFailure === undefined) client.setAttribute('http.response.status_code', status);
    else {
      client.setAttribute('error.type', upstreamFailure);
      client.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    client.end(endedAt);
  }

  #below(parent: Span, name: string, from: number): Span {
    const { trace, ROOT_CONTEXT, SpanKind } = this.#api;
    const options = { kind: SpanKind.CLIENT, startTime: performance.timeOrigin + from };
    return this.#tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, parent));
  }
}

/** HTTP semantic conventions, and why it was let through or not. Never a header, a query, or who called. */
function serverAttributes(method: string, result: TracedResult) {
  return {
    'http.request.method': method,
    'http.response.status_code': result.status,
    ...(result.pattern === undefined ? {} : { 'http.route': result.pattern }),
    'url.path': result.path,
    'url.scheme': result.scheme,
    'server.address': result.host,
    'client.address': result.clientAddress,
    'network.protocol.version': result.httpVersion,
    ...(result.route === undefined ? {} : { 'gatehouse.route': result.route }),
    'gatehouse.decision_id': result.decisionId,
    'gatehouse.decision': result.allowed ? 'allow' : 'deny',
    'gatehouse.reason': result.reason,
  };
}

function parentOf(api: OpenTelemetry, headers: TracedRequest['headers']) {
  const inbound = inboundTrace(headers);
  if (inbound === undefined) return api.ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '00'] = inbound.traceparent.split('-');
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(inbound.tracestate === undefined ? {} : { traceState: api.createTraceState(inbound.tracestate) }),
  };
  return api.trace.setSpanContext(api.ROOT_CONTEXT, context);
}
