import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { measureEventLoopLag } from './event-loop-lag.ts';

/** Of prom-client's monitor of the event loop, in whose place ours stands: a day. */
const NEVER_MILLISECONDS = 86_400_000;

export interface Metrics {
  /** Rooms register their own gauges and counters here, under names that begin with `gatehouse_`. */
  registry: Registry;
  requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MILLISECONDS });
  measureEventLoopLag(registry);
  const requestSeconds = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'Control plane requests, by route as declared (never by path: a path may hold anything)',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  return { registry, requestSeconds };
}

export function measureRequests(server: FastifyInstance, { requestSeconds }: Metrics): void {
  server.addHook('onResponse', async (request, reply) => {
    // Methods are a closed set here: an unknown one has no route, and is counted with the unknown paths.
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const method = request.is404 ? 'unknown' : request.method;
    requestSeconds.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    request.log.debug({ method, route, status: reply.statusCode, milliseconds: reply.elapsedTime }, 'request');
  });
}

/**
 * Needs a permission, not merely an address: behind a proxy on the same machine every caller comes from 127.0.0.1.
 * Prometheus sends a key with the role `viewer` as its `authorization.credentials_file`.
 */
export function metricsRoute(server: FastifyInstance, { registry }: Metrics): void {
  server.get('/metrics', { config: { permission: 'metrics:read' } }, async (_request, reply) =>
    reply
      .type(registry.contentType)
      .header('cache-control', 'no-store')
      .send(await registry.metrics()),
  );
}
