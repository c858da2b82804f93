import { type AccessRecord, actorsOf } from '#audit';
import { CREDENTIAL_IN_TEXT } from '#keyring';
import type { RouteOpenApi } from './compile-route.ts';
import type { ExchangeOutcome } from './exchange.ts';
import { count } from './metrics.ts';
import { plainType } from './openapi/read-operations.ts';
import type { RequestExchange } from './request-exchange.ts';
import type { FailedTry, Tracing } from './tracing/tracing.ts';

/** A refused path may be as long as the transport lets it; a record keeps the beginning. */
const RECORDED_PATH_MAX = 1024;

/**
 * The last step: one access record and one count for each exchange, however it ended. A second call does nothing.
 * A request for a host that no tenant answers for belongs to nobody's records: it is counted only.
 */
export function recordExchange(exchange: RequestExchange, outcome: ExchangeOutcome): void {
  if (exchange.recorded) return;
  exchange.recorded = true;
  const { route, tenant, parts } = exchange;
  exchange.attempts?.end(tellsOfCaller(exchange, outcome) ? CALLER_LEFT : outcome, performance.now());
  if (exchange.held.length > 0) parts.limiter.release(exchange.held);
  count(route?.metrics ?? tenant?.unmatched ?? exchange.snapshot.unmatched, outcome);
  if (tenant !== undefined) parts.recorder.record(accessRecord(exchange, tenant.tenantId, outcome));
  if (route?.openapi !== undefined && exchange.principal !== undefined) countSeen(exchange, route.openapi);
  if (parts.tracing !== undefined) endTrace(exchange, parts.tracing, outcome);
}

/** As far as targets are concerned. */
const CALLER_LEFT = { status: 499, aborted: true } as const;

/**
 * The time for everything was up while the caller was still sending, or reading: else a few who take their time would have
 * the targets ejected, and the upstream closed to everybody. Or what he sent was no body, and he was told so: no target
 * has done well by that.
 */
function tellsOfCaller({ route, head }: RequestExchange, outcome: ExchangeOutcome): boolean {
  const { upstreamFailure, durationMilliseconds, aborted, bytesIn, status } = outcome;
  const isIncomplete = head.hasBody && bytesIn < (head.contentLength ?? Number.POSITIVE_INFINITY);
  if (upstreamFailure === undefined) return isIncomplete && (status === 400 || status === 408);
  const total = route?.timeouts.totalMilliseconds ?? Number.POSITIVE_INFINITY;
  return upstreamFailure === 'timeout' && durationMilliseconds >= total && (aborted || isIncomplete);
}

/** Only of callers who proved who they are, where that is asked: others could fill the report with what they make up. */
function countSeen(exchange: RequestExchange, { name }: RouteOpenApi): void {
  const { tenant, target, head, operation, answered, violated, at } = exchange;
  if (tenant === undefined || target === undefined || exchange.preflight !== undefined) return;
  exchange.parts.traffic?.count({
    ...{ tenantId: tenant.tenantId, document: name, operation, method: head.method, violated, at },
    ...{ path: target.path, query: target.query, status: answered?.status },
    contentType: answered?.contentType && plainType(answered.contentType),
  });
}

function endTrace(exchange: RequestExchange, tracing: Tracing, outcome: ExchangeOutcome): void {
  const { head, route, attempts, client, trace } = exchange;
  const traced = trace ?? tracing.begin({ headers: head.headers, method: head.method, at: exchange.at });
  traced.end({
    decisionId: exchange.decisionId,
    path: recordedPath(exchange),
    pattern: route?.pattern.text,
    route: route?.name,
    host: head.host,
    scheme: client?.encrypted === true ? 'https' : 'http',
    httpVersion: head.httpVersion,
    clientAddress: client?.address ?? head.remoteAddress,
    status: outcome.status,
    allowed: exchange.allowed,
    reason: outcome.upstreamFailure === undefined ? exchange.reason : `upstream_${outcome.upstreamFailure}`,
    durationMilliseconds: outcome.durationMilliseconds,
    upstream: trace === undefined ? undefined : (attempts?.target.origin ?? route?.upstream.origin),
    upstreamFailure: outcome.upstreamFailure,
    tries: attempts?.failures ?? NO_TRIES,
  });
}

const NO_TRIES: readonly FailedTry[] = [];

/** In one piece: an object that grows is made several times. */
function accessRecord(exchange: RequestExchange, tenantId: string, outcome: ExchangeOutcome): AccessRecord {
  const { route, head, decision } = exchange;
  const principal = exchange.principal ?? exchange.formerPrincipal;
  const credential = principal?.credential;
  return {
    decisionId: exchange.decisionId,
    tenantId,
    organizationId: principal?.organizationId,
    at: exchange.at,
    principalType: principal?.type ?? 'anonymous',
    // Who could not prove who he is gets no name, and what he sent is not kept.
    principalId: principal?.id ?? 'unknown',
    credentialType: credential?.type ?? exchange.credentialType,
    credentialId: credential?.id ?? '',
    apiKeyId: credential?.apiKeyId,
    clientId: credential?.clientId,
    actors: principal?.act === undefined ? undefined : actorsOf(principal.act),
    route: route?.name,
    method: head.method,
    path: recordedPath(exchange),
    status: outcome.status,
    allowed: exchange.allowed,
    reason: outcome.upstreamFailure === undefined ? exchange.reason : `upstream_${outcome.upstreamFailure}`,
    policies: decision?.policies ?? NO_POLICIES,
    notes: notesOf(exchange, credential?.environment === 'test'),
    upstream: wasSent(exchange) ? (exchange.attempts?.trail ?? route?.upstream.origin) : undefined,
    bytesIn: outcome.bytesIn,
    bytesOut: outcome.bytesOut,
    durationMicros: Math.round(outcome.durationMilliseconds * 1000),
    remoteAddress: exchange.client?.address ?? head.remoteAddress,
  };
}

function wasSent({ allowed, preflight }: RequestExchange): boolean {
  return allowed && preflight === undefined;
}

function notesOf({ notes }: RequestExchange, isTest: boolean): string | undefined {
  if (isTest) return notes === '' ? TEST_NOTE : `${TEST_NOTE}; ${notes}`;
  return notes === '' ? undefined : notes;
}

const NO_POLICIES: readonly string[] = [];
/** Of whoever calls with a test key, or a token made from one: read by `step-outcomes.ts`. */
const TEST_NOTE = 'environment: test';

/** Records are kept for months and read by many: who puts a key into the path has put it nowhere else. */
function recordedPath({ target, head }: RequestExchange): string {
  const path = target?.path ?? withoutQuery(head.target);
  return path.includes('gh_') ? path.replace(CREDENTIAL_IN_TEXT, '$1[redacted]') : path;
}

/** A query may hold what nobody should keep. */
function withoutQuery(target: string): string {
  const end = target.indexOf('?');
  return target.slice(0, Math.min(end === -1 ? target.length : end, RECORDED_PATH_MAX));
}
