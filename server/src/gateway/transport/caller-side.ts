import type { Writable } from 'node:stream';
import type { BodyReader } from './body-reader.ts';

/** What an exchange needs of the connection it came on. */
export interface CallerSide {
  /** What an answer is written to, as HTTP/1.1 has it. */
  readonly socket: Writable;
  /** Is this the last exchange the connection will carry, whatever the caller wishes? */
  readonly closesAfterThis: boolean;
  /** Are they counted from before the handler is asked, by whoever asks it? */
  readonly countsExchanges: boolean;
  /** The exchange takes request body now: hand over what was held back, and read on. */
  resumeBody(): void;
  /** @param requestBody what may be left of it must be skipped before the next request. */
  onExchangeEnded(close: boolean, requestBody: BodyReader): void;
  /** Ends the connection so that nobody can take the response for complete. */
  cut(): void;
  /** The exchange goes on as a WebSocket; no other follows on this connection. */
  become(tunnel: CallerExchange): void;
  onTunnelEnded(): void;
}

/** What a connection asks of the exchange it carries. */
export interface CallerExchange {
  /** May `onRequestBytes` be called? */
  readonly acceptsBody: boolean;
  /** @returns the position after what it used. */
  onRequestBytes(bytes: Buffer, at: number, end: number): number;
  /** The bytes at hand are used up. */
  flushRequest(): void;
  onCallerDrain(): void;
  onCallerGone(): void;
  checkDeadline(now: number): void;
  /** The process is to stop. Left out: it finishes by itself. */
  goAway?(): void;
}
