import { constants, type ServerHttp2Stream } from 'node:http2';
import type { TransportContext } from '../transport-context.ts';
import { breakOff } from './break-off.ts';
import type { Http2Exchange } from './http2-exchange.ts';

/**
 * What is left of a stream when all of its answer was handed to the library. Who never ends his side would keep it, and with
 * it the connection; and so would who never takes the answer: closing without an error waits for that, however long.
 */
export class LastBytes implements Http2Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #context: TransportContext;
  #closeBy: number;
  #waiting = Number.NaN;

  constructor(
    context: TransportContext,
    stream: ServerHttp2Stream,
    milliseconds = context.limits.bodyIdleMilliseconds,
  ) {
    this.#context = context;
    this.#stream = stream;
    this.#closeBy = context.ticker.after(milliseconds);
    // However late he took the last of it: from here on only his own end is waited for, and no longer than at once.
    stream.once('finish', () => {
      this.#closeBy = Math.min(this.#closeBy, context.ticker.after(milliseconds));
    });
  }

  checkDeadline(now: number): void {
    if (now < this.#closeBy) return;
    const stream = this.#stream;
    const { writableFinished, writableLength } = stream;
    if (writableFinished || writableLength === this.#waiting) {
      // What was closed without an error before can only be destroyed: it waits until it is read, or until its answer is taken.
      if (stream.closed) stream.destroy();
      else if (writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
      else breakOff(stream, constants.NGHTTP2_CANCEL);
      return;
    }
    // He is slow, or has just begun to be: as long as he takes something, he may.
    this.#waiting = writableLength;
    this.#closeBy = this.#context.ticker.after(this.#context.limits.callerStallMilliseconds);
  }
}
