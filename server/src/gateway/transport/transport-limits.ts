/**
 * A limit on everything a peer can make us hold or wait for. Milliseconds are checked on a coarse tick, so a time limit
 * is met late by at most two ticks and never early.
 */
export interface TransportLimits {
  /** Request or response head, request line and field lines together: 431, or a bad response. */
  readonly headBytesMax: number;
  /** Request target: 414. */
  readonly targetBytesMax: number;
  /** Field lines in one head: 431. */
  readonly fieldCountMax: number;
  /** Connections from callers; further ones are closed as they come. */
  readonly connectionsMax: number;
  /** From one address, unless it is a trusted proxy's; further ones are closed as they come. */
  readonly connectionsPerAddressMax: number;
  /** Streams under way on one connection of HTTP/2. */
  readonly http2StreamsMax: number;
  /** What may come on all streams of one connection of HTTP/2 together before it is read, with 256 bytes for each piece. */
  readonly http2HeldBytesMax: number;
  /** The same on all connections of HTTP/2 together; beyond it each may hold `heldBytesMax` and no more. */
  readonly http2HeldBytesTotalMax: number;
  /** Streams that one caller of HTTP/2 resets: at once, and from then on in each second. Beyond it the connection ends. */
  readonly http2ResetsBurst: number;
  readonly http2ResetsPerSecond: number;
  /** Requests answered on one connection before it is closed. */
  readonly requestsPerConnectionMax: number;
  /** Bytes held for a caller who sends ahead (pipelined requests, a body before its upstream stands) before reading stops. */
  readonly heldBytesMax: number;
  /** Bytes of bodies kept for the pipeline, of all callers together; then requests that need it are refused. */
  readonly heldBodiesBytesMax: number;
  /** Rest of a request body that is read and thrown away so that the connection can be kept after an early answer. */
  readonly discardBytesMax: number;
  /** From the first byte of a head to its last: 408. Also for a new connection that says nothing, which is just closed. */
  readonly headMilliseconds: number;
  /** Between requests on a kept connection. */
  readonly keepAliveMilliseconds: number;
  /** Between two pieces of a request body: 408. */
  readonly bodyIdleMilliseconds: number;
  /**
   * On the whole, beyond that time: 408. Only while it is the caller who is waited for; otherwise a few who send a byte
   * now and then would hold all connections to an upstream for as long as they like.
   */
  readonly bodyBytesPerSecondMin: number;
  /** A caller who does not take the response: cut. */
  readonly callerStallMilliseconds: number;
  /** After our last byte on a connection we close: how long the caller may take to read it (RFC 9112 §9.6). */
  readonly lingerMilliseconds: number;
  /** Connections to one origin, in use and idle; exchanges beyond it wait, for the connect time at most. */
  readonly upstreamConnectionsMax: number;
  /** Exchanges waiting for a connection to one origin; further ones fail at once. */
  readonly upstreamWaitersMax: number;
  /** Below the 5 seconds after which Node's own servers, the most impatient of the common ones, close a kept connection. */
  readonly upstreamIdleMilliseconds: number;
  readonly tickMilliseconds: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  headBytesMax: 32 * 1024,
  targetBytesMax: 8 * 1024,
  fieldCountMax: 100,
  connectionsMax: 16_384,
  connectionsPerAddressMax: 4_096,
  http2StreamsMax: 128,
  http2HeldBytesMax: 4 * 1024 * 1024,
  http2HeldBytesTotalMax: 64 * 1024 * 1024,
  http2ResetsBurst: 200,
  http2ResetsPerSecond: 20,
  requestsPerConnectionMax: Number.MAX_SAFE_INTEGER,
  heldBytesMax: 64 * 1024,
  heldBodiesBytesMax: 64 * 1024 * 1024,
  discardBytesMax: 64 * 1024,
  headMilliseconds: 10_000,
  keepAliveMilliseconds: 65_000,
  bodyIdleMilliseconds: 30_000,
  bodyBytesPerSecondMin: 240,
  callerStallMilliseconds: 60_000,
  lingerMilliseconds: 1_000,
  upstreamConnectionsMax: 1_024,
  upstreamWaitersMax: 4_096,
  upstreamIdleMilliseconds: 4_000,
  tickMilliseconds: 250,
};

/** Limits that nobody needs to turn. */
export const FIXED_LIMITS = {
  /** A method; the longest registered one has 17 characters. RFC 9112 §3: longer than any we know is 501. */
  methodLengthMax: 32,
  /** Digits of a chunk size: 4 GiB less one in one chunk. */
  chunkSizeDigitsMax: 8,
  /** Chunk extensions are read past and dropped (RFC 9112 §7.1.1): in one chunk, and in one body. */
  chunkExtensionBytesMax: 256,
  chunkExtensionBytesTotalMax: 16 * 1024,
  /** The whole trailer section. */
  trailerBytesMax: 8 * 1024,
  trailerCountMax: 100,
  /** 1xx responses before the final one. */
  interimResponsesMax: 8,
  /** Digits of a Content-Length: below Number.MAX_SAFE_INTEGER. */
  contentLengthDigitsMax: 15,
} as const;
