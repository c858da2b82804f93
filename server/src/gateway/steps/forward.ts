import type { CompiledRoute } from '../compile-route.ts';
import { DECISION_NAMES } from '../decision-ids.ts';
import { hashOfRequest } from '../hash-of-request.ts';
import { type KnownHeaders, knownOf, type RepeatedHeaders } from '../known-headers.ts';
import { askForWhole } from '../masking/response-mask.ts';
import { OwnHeaders } from '../own-headers.ts';
import { fillTemplate } from '../path-pattern.ts';
import { problem } from '../problems.ts';
import { passedOn, repeatedHeaders } from '../repeated-headers.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import { rewriteHeaders } from '../rewrite-headers.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { isHeaders, type UpstreamIdentity, upstreamIdentity } from '../upstream-identity.ts';
import { injectSecrets, type SecretPlaces } from '../upstream-secrets/inject-secrets.ts';
import { Attempts } from '../upstreams/attempts.ts';

/** What goes to the upstream, but for who does the sending. */
export interface UpstreamRequest {
  path: string;
  headers: OwnHeaders;
  /** Before those. */
  repeated?: RepeatedHeaders | undefined;
}

/** Before it is known who is said to call. */
interface PreparedRequest {
  readonly path: string;
  readonly headers: OwnHeaders;
  /** Its headers pass as others like them did. */
  readonly known: KnownHeaders | undefined;
}

/** Prepares the request to the upstream: its path, its headers, and who calls, in the gateway's own words. */
export function forwardStep(send: (exchange: RequestExchange, request: UpstreamRequest) => void): Step {
  return {
    name: 'forward',
    run(exchange) {
      const { route } = exchange;
      if (route === undefined) return problem('gateway_failed');
      const known = knownOfRoute(exchange, route);
      const request = { path: upstreamPath(exchange, route), headers: upstreamHeaders(exchange, known), known };
      const identity = upstreamIdentity(exchange);
      return identity instanceof Promise
        ? withIdentityLater(exchange, request, identity, send)
        : withIdentity(exchange, request, identity, send);
    },
  };
}

/** Apart from the step: a closure in there would cost each request an object. */
function withIdentityLater(
  exchange: RequestExchange,
  request: PreparedRequest,
  identity: Promise<UpstreamIdentity>,
  send: (exchange: RequestExchange, request: UpstreamRequest) => void,
): Promise<StepResult> {
  return identity.then((found) => withIdentity(exchange, request, found, send));
}

function withIdentity(
  exchange: RequestExchange,
  { path, headers, known }: PreparedRequest,
  identity: UpstreamIdentity,
  send: (exchange: RequestExchange, request: UpstreamRequest) => void,
): StepResult {
  if (!isHeaders(identity)) return identity;
  if (known !== undefined)
    return sent(exchange, { path, headers, repeated: repeatedHeaders(exchange, known, identity) }, send);
  headers.addAll(identity);
  return sent(exchange, { path, headers }, send);
}

function sent(
  exchange: RequestExchange,
  prepared: UpstreamRequest,
  send: (exchange: RequestExchange, request: UpstreamRequest) => void,
): StepResult {
  const { group, secrets } = exchange.route ?? {};
  const request = secrets === undefined ? prepared : withSecrets(exchange, secrets, prepared);
  if (request === undefined) {
    exchange.allowed = true;
    exchange.reason = 'upstream_secret_missing';
    return problem('upstream_secret_missing');
  }
  if (group !== undefined) {
    const { hash: by } = group.spec;
    const hash = by === undefined ? undefined : hashOfRequest(exchange, by);
    const target = group.begin(performance.now(), hash);
    if (typeof target === 'string') {
      exchange.allowed = true;
      exchange.reason = target;
      return problem(target, { headers: ['retry-after', '1'] });
    }
    exchange.attempts = new Attempts(group, target, secrets?.origins, hash);
    // The upstream was given other targets while the request was on its way: its secrets are not for those.
    if (!exchange.attempts.mayGoThere) {
      exchange.allowed = true;
      exchange.reason = 'upstream_unavailable';
      return problem('upstream_unavailable', { headers: ['retry-after', '1'] });
    }
  }
  exchange.allowed = true;
  send(exchange, request);
  return undefined;
}

/** @returns undefined when one has no value. */
function withSecrets({ route, parts }: RequestExchange, secrets: SecretPlaces, { path, headers }: UpstreamRequest) {
  const injected = injectSecrets({ path, headers: headers.list }, secrets, (upstream, name, origins) =>
    parts.upstreamSecrets?.secretOf(route?.tenantId ?? '', upstream, name, origins),
  );
  return injected && { path: injected.path, headers: new OwnHeaders(injected.headers) };
}

const NOTHING: readonly string[] = [];

/** Nothing that belongs to the route, or to this request alone, may change what passes. */
function knownOfRoute(
  { head, masked }: RequestExchange,
  { rewrite, secrets }: CompiledRoute,
): KnownHeaders | undefined {
  const passesUnchanged =
    head.asksForWebSocket !== true && rewrite === undefined && secrets === undefined && masked === undefined;
  return passesUnchanged ? knownOf(head) : undefined;
}

function upstreamHeaders(exchange: RequestExchange, known: KnownHeaders | undefined): OwnHeaders {
  const { head, parts } = exchange;
  const headers = new OwnHeaders(known === undefined ? passedOnByRoute(exchange) : NOTHING);
  if (parts.tracing === undefined) parts.appendTrace(headers, head.headers);
  else appendOwnTrace(exchange, parts.tracing, headers);
  headers.addMade(DECISION_NAMES, exchange.decisionLine);
  return headers;
}

function passedOnByRoute(exchange: RequestExchange): string[] {
  const { route, masked } = exchange;
  return passedOn(exchange, (passed) => {
    const rewritten = route?.rewrite === undefined ? passed : rewriteHeaders(passed, route.rewrite);
    return masked === undefined ? rewritten : askForWhole(rewritten, masked);
  });
}

/** Our own part of the trace goes between the caller's and the upstream's. */
function appendOwnTrace(exchange: RequestExchange, tracing: Tracing, headers: OwnHeaders): void {
  exchange.trace = tracing.begin({ headers: exchange.head.headers, method: exchange.head.method, at: exchange.at });
  const { traceparent, tracestate } = exchange.trace.forward();
  headers.add('traceparent', traceparent);
  if (tracestate !== undefined) headers.add('tracestate', tracestate);
}

function upstreamPath({ target, captured }: RequestExchange, route: CompiledRoute): string {
  if (target === undefined) return '/';
  const { path, trailingSlash, query } = target;
  if (route.upstreamPath === undefined) {
    return `${route.basePath}${path}${trailingSlash ? '/' : ''}${query}`;
  }
  // Captures are in canonical spelling, which holds no separator that the template did not have.
  let filled = fillTemplate(route.upstreamPath, captured);
  if (route.upstreamPathOpen) {
    // An empty rest takes the slash before it along; the request's own trailing slash stays.
    if (filled.length > 1 && filled.endsWith('/')) filled = filled.slice(0, -1);
    if (trailingSlash && filled !== '/') filled += '/';
  }
  return `${route.basePath}${filled}${query}`;
}
