import type { KnownHeaders, RepeatedHeaders } from './known-headers.ts';
import type { PeerCertificate } from './peer-certificate.ts';

/**
 * The narrow seam between HTTP transport and pipeline: the transport knows bytes, the pipeline knows meaning.
 *
 * The transport parses a request head strictly, asks the pipeline's {@link Handler} what to do with it, and does that:
 * answers a {@link Reply}, or forwards to the upstream of a {@link Forward} and streams both ways. It never judges a
 * credential and never rewrites a path; the pipeline never sees a socket or a body.
 */

/** Flat `[name, value, name, value, ...]`: names lower case, values trimmed of optional white space, order kept. */
export type RawHeaders = readonly string[];

export interface RequestHead {
  /** As sent: a valid token (RFC 9110 §9.1), case kept. */
  readonly method: string;
  /** The request target in origin form as sent, or `*`; absolute form is already reduced (RFC 9112 §3.2). */
  readonly target: string;
  /** Lower case, from Host or the absolute form, not trusted; may include a port. Empty when HTTP/1.0 sent none. */
  readonly host: string;
  readonly headers: RawHeaders;
  /** The lines are those of the request before on the connection, byte for byte: what was found in them then. */
  readonly known?: KnownHeaders | undefined;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  /** The peer's address, as the socket tells it. */
  readonly remoteAddress: string;
  /** Did the request arrive over TLS? */
  readonly encrypted: boolean;
  /** What the caller showed in the handshake with us, where he was asked to. */
  readonly certificate?: PeerCertificate | undefined;
  readonly hasBody: boolean;
  /** `undefined` with `hasBody`: chunked. 0 or undefined without. */
  readonly contentLength: number | undefined;
  /** It asks to go on as a WebSocket (RFC 6455 §4.1), which the pipeline may grant. */
  readonly asksForWebSocket?: boolean;
  /** It asks for nothing else (RFC 8441): over HTTP/2 every 2xx would be taken for an open WebSocket. */
  readonly onlyWebSocket?: boolean;
  /** `performance.now()` in milliseconds when the head was complete. */
  readonly receivedAt: number;
}

export type Verdict = Reply | Forward | Hold;

/** Keep the request's body until it is whole, and ask again with it. Nothing goes to an upstream before. */
export interface Hold {
  kind: 'hold';
  readonly bytesMax: number;
  complete(body: Buffer): Settled | Promise<Settled>;
  /** It is longer, or is said to be; or too many are held already. A Forward then gets what was held, and the rest. */
  incomplete(why: 'too_large' | 'no_room'): Settled | Promise<Settled>;
  /** Called when the caller goes away before there is another verdict. That verdict's own is called otherwise. */
  onDone(outcome: ExchangeOutcome): void;
}

/** A verdict for good. */
export type Settled = Reply | Forward;

/** Answer the caller without an upstream. For HEAD the transport sends Content-Length and leaves the body out. */
export interface Reply {
  kind: 'reply';
  status: number;
  /** Complete but for Content-Length, Connection and Date, which are the transport's. */
  headers: RawHeaders;
  body: string | Uint8Array;
  /** It may pass, for whoever asked before carrying it himself: what he adds for the upstream. */
  readonly granted?: RawHeaders | undefined;
  /** Then he takes this one out as well, besides those that never pass: a credential may be in it. */
  readonly keyHeader?: string | undefined;
  onDone(outcome: ExchangeOutcome): void;
}

/** Forward to this upstream, and stream its answer back. */
export interface Forward {
  kind: 'forward';
  /** Another one after {@link retry}. */
  readonly upstream: UpstreamTarget;
  method: string;
  /** Canonical path and query, ready to send. */
  path: string;
  /**
   * The complete end-to-end request headers: credentials, identity and hop-by-hop headers are already gone. The
   * transport adds Host (`upstream.hostHeader`), Connection, and Content-Length or Transfer-Encoding.
   */
  readonly headers: RawHeaders;
  /** The same as field lines, where each is known to be safe: to be written as they are. */
  readonly headerLines?: string | undefined;
  /** Headers before those, which many requests repeat. Never of one that goes on as a WebSocket. */
  repeatedHeaders?: RepeatedHeaders | undefined;
  timeouts: UpstreamTimeouts;
  /**
   * Added to the upstream's response; these win over headers of the same name from the upstream. The transport removes
   * the upstream's hop-by-hop headers (RFC 9110 §7.6.1) by itself.
   */
  readonly responseHeaders: RawHeaders;
  /** The same as field lines, where each is known to be safe: to be written as they are. */
  readonly responseLines?: string | undefined;
  /** Their names, in their order. */
  readonly responseNames?: readonly string[] | undefined;
  /** Ask the upstream for a WebSocket, and pipe both ways once it agrees. What it answers instead is passed on. */
  webSocket?: WebSocketTerms | undefined;
  /** Asked about once a second of an exchange that lasts: false ends it at once. */
  stillAllowed?(): boolean;
  /** Told of the upstream's response head, where somebody wants to know. */
  onResponse?: ((status: number, contentType: string | undefined) => void) | undefined;
  /** What of the upstream's response this caller may not have, if anything. */
  responseMask?: ResponseMask | undefined;
  /** What else happens to the upstream's response head, if anything. */
  responseRules?: ResponseRules | undefined;
  /**
   * What to answer when the upstream fails before its response head. The reply shares this verdict's record: the
   * transport calls `onDone` of the reply or of the forward, whichever it finished with, and never both.
   */
  failure(kind: UpstreamFailure): Reply;
  /**
   * Asked when the upstream failed in a way that allows another try, or answered a request that may be sent twice with a
   * status from 500 and the caller was told nothing of it: how many milliseconds from now to make it. From then on
   * `upstream` is where. Undefined: there is none, and an answer is the caller's.
   * @param retryAfter of that answer: a target that says to come back later is not asked again.
   */
  retry?(why: UpstreamFailure | number, retryAfter?: string): number | undefined;
  /** Called exactly once for each exchange, also when the caller went away. */
  onDone(outcome: ExchangeOutcome): void;
}

export interface WebSocketTerms {
  /** Nothing passed either way. */
  readonly idleMilliseconds: number;
  readonly totalMilliseconds: number;
}

/** What a route does to the head of every response, beyond the headers that the pipeline adds to this one. */
export interface ResponseRules {
  /** Names, in lower case, of headers of the upstream that do not pass. */
  readonly removed: readonly string[];
  /** Beside the upstream's own of the same name, which stay. */
  readonly appended: RawHeaders;
  /** Where the upstream sends none of the headers named in `unless`. */
  readonly defaults: readonly { readonly headers: RawHeaders; readonly unless: readonly string[] }[];
  /** Not for shared caches, unless the upstream has decided that: a cache knows Authorization, and no other credential. */
  readonly privateByDefault: boolean;
}

/** Of a header of the upstream, all its lines joined; undefined when it sent none. */
export type ResponseField = (name: string) => string | undefined;

/** Responses of which a caller may have only a part, or that are marked since others have more of them. */
export interface ResponseMask {
  /** Of the body, kept in memory until it is known what the caller may have of it. */
  readonly bytesMax: number;
  /** How long it would be for others says something of what is hidden. */
  readonly hidesLength: boolean;
  /** Names of headers of the upstream that do not pass. */
  readonly removed: readonly string[];
  /**
   * `pass`: the body streams. `head`: there is none, and its length is not told. `body`: it is kept until it is whole, and
   * what may be had of it is sent. `withhold`: {@link refusal} in its place.
   */
  plan(response: { status: number; hasBody: boolean; field: ResponseField }): 'pass' | 'head' | 'body' | 'withhold';
  /** Headers that take the place of the upstream's own. */
  headers(field: ResponseField): { headers: RawHeaders; dropsTag: boolean };
  /** Undefined: it can't be read, so nothing of it may be had. */
  hide(body: Buffer): Buffer | undefined;
  refusal(status: number): Reply;
}

export interface UpstreamTarget {
  readonly protocol: 'http:' | 'https:';
  /** Without brackets for IPv6, ready for `connect`. */
  readonly hostname: string;
  readonly port: number;
  /** `http://host:port`: the key of the connection pool. */
  readonly origin: string;
  /** It is spoken to in HTTP/2, for gRPC. */
  readonly http2?: boolean;
  /** Value of the Host header (RFC 9110 §7.2): port left out when it is the protocol's default. */
  readonly hostHeader: string;
}

export interface UpstreamTimeouts {
  /** Until a connection stands, including the TLS handshake. */
  readonly connectMilliseconds: number;
  /** From the request being sent until the response head is complete. */
  readonly headersMilliseconds: number;
  /** Between two pieces of the response body. */
  readonly idleMilliseconds: number;
  /** For everything from the first try to the end of the response; undefined: as long as it flows. */
  readonly totalMilliseconds?: number | undefined;
}

/**
 * - `connect`: no connection (refused, unreachable, name not found, TLS failure, connect time-out)
 * - `timeout`: no response head in time
 * - `reset`: the connection broke before the response head was complete
 * - `bad_response`: what came was not HTTP, or not allowed (for example a head that is too large)
 * - `saturated`: all connections that we open to it were taken, which says nothing of how it does
 */
export type UpstreamFailure = 'connect' | 'timeout' | 'reset' | 'bad_response' | 'saturated';

export interface ExchangeOutcome {
  /** The status that was sent to the caller; 499 when the caller went away before any was. */
  status: number;
  /** Request body bytes read from the caller. */
  bytesIn: number;
  /** Response body bytes written to the caller. */
  bytesOut: number;
  durationMilliseconds: number;
  /** The exchange ended before the response was complete: the caller went away, or the upstream broke half way. */
  aborted: boolean;
  upstreamFailure?: UpstreamFailure;
}

/** Synchronous in the steady state; never throws and never rejects. */
export type Handler = (head: RequestHead) => Verdict | Promise<Verdict>;

export type ProtocolErrorStatus = 400 | 408 | 413 | 414 | 431 | 501 | 505;

/** The transport asks the pipeline for the body of a protocol error, so that every error looks alike. */
export interface TransportErrors {
  malformed(reason: string, status: ProtocolErrorStatus): Reply;
}

export interface GatewayTransport {
  /** @returns the port in use, which matters when 0 was asked for. */
  listen(options: { host: string; port: number }): Promise<{ port: number }>;
  /** Accepts no more, lets exchanges under way finish until the deadline, then cuts them. */
  drain(deadlineMilliseconds: number): Promise<void>;
  stats(): TransportStats;
  /** How many connections were closed before they said anything of HTTP, by why, where the transport can tell. */
  refusedConnections?(): Readonly<Record<string, number>>;
}

export interface TransportStats {
  /** Connections from callers that stand now. */
  connections: number;
  /** Exchanges under way now. */
  exchanges: number;
  /** Connections to upstreams that stand now, in use or idle; 0 when the transport can't tell. */
  upstreamConnections: number;
  /** Field lines that are kept, since callers repeat them; 0 when the transport keeps none. */
  knownLines: number;
}
