import type { Http2Stream } from 'node:http2';

/**
 * Ends a stream with an error (RST_STREAM, RFC 9113 §6.4), so that nobody takes what was sent on it for whole. The library's
 * own `close` ends our half before (Node 26.9): where all that was written has left, a frame tells the peer that the body is
 * complete, and nothing follows it to a caller, or the reset only once an upstream has acted on what it took for the whole.
 * @param code of RFC 9113 §7, and not NO_ERROR.
 */
export function breakOff(stream: Http2Stream, code: number): void {
  stream.end = () => stream;
  stream.close(code);
}
