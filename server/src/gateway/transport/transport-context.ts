import type { Logger } from '#base';
import type { Handler, TransportErrors } from '../exchange.ts';
import type { UnreadBytes } from './http2/unread-bytes.ts';
import type { UpstreamSessions } from './http2/upstream-sessions.ts';
import type { LinesOfPeers } from './lines-of-peers.ts';
import type { RequestHeadParser } from './request-head-parser.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import type { SendBuffer } from './send-buffer.ts';
import type { Ticker } from './ticker.ts';
import type { TransportLimits } from './transport-limits.ts';
import type { Turn } from './turn.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What every connection and exchange of one transport shares. */
export interface TransportContext {
  readonly handler: Handler;
  readonly errors: TransportErrors;
  readonly log: Logger;
  readonly limits: TransportLimits;
  readonly ticker: Ticker;
  readonly turn: Turn;
  readonly pool: UpstreamPool;
  readonly http2Upstreams: UpstreamSessions;
  readonly out: SendBuffer;
  readonly requestHeads: RequestHeadParser;
  readonly linesOfPeers: LinesOfPeers;
  readonly responseHeads: ResponseHeadParser;
  /** Reads what was written for a caller of HTTP/1.1 and goes to one of HTTP/2: with the lines that were added, up to twice as long. */
  readonly sinkHeads: ResponseHeadParser;
  /** Bytes of request bodies that are kept for the pipeline, of all exchanges together. */
  readonly heldBodies: { bytes: number };
  readonly unreadBytes: UnreadBytes;
  /** Exchanges under way. */
  exchanges: number;
  draining: boolean;
}
