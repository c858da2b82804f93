import type { RawHeaders } from '../exchange.ts';

/** Follows requests from service to service. Left out where nothing is traced: then nothing is spent on it. */
export interface Tracing {
  begin(request: TracedRequest): TracedExchange;
}

export interface TracedRequest {
  /** The caller's, with the trace that the request belongs to. */
  headers: RawHeaders;
  method: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** One request in its trace. */
export interface TracedExchange {
  /** What goes to the upstream, so that its part hangs below ours (W3C Trace Context). Begins the time of forwarding. */
  forward(): { traceparent: string; tracestate: string | undefined };
  /** Once, when all is over. */
  end(result: TracedResult): void;
}

export interface TracedResult {
  decisionId: string;
  /** Canonical, without its query: that may hold what nobody should keep. */
  path: string;
  /** Pattern and name of the route that took it, if any did. */
  pattern: string | undefined;
  route: string | undefined;
  host: string;
  scheme: 'http' | 'https';
  httpVersion: string;
  clientAddress: string;
  status: number;
  allowed: boolean;
  reason: string;
  durationMilliseconds: number;
  /** Origin that the request was sent to last. */
  upstream: string | undefined;
  upstreamFailure: string | undefined;
  /** Tries that failed before. */
  tries: readonly FailedTry[];
}

export interface FailedTry {
  readonly origin: string;
  readonly failure: string;
  /** When it began and was given up, in the time of `performance.now`. */
  readonly from: number;
  readonly until: number;
}
