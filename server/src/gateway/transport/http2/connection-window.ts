import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** What all streams of a connection may have under way together, as every connection begins (RFC 9113 §6.9.2). */
const OPEN_BYTES = 65_535;
/** What a piece costs besides its bytes; without it, somebody could send us a byte in each of millions of frames. */
const PIECE_BYTES = 256;
/** The library sums up in 32 bits what was ever taken back; long before that is full, the connection is closed in order. */
const TAKEN_BACK_MAX = 2 ** 30;

/**
 * The flow control of a connection (RFC 9113 §5.2), which the library leaves open: it returns the connection's window as soon
 * as bytes have come, read or not, so that each stream could fill a window of its own. Here the connection's window is shut
 * while its streams together hold too much that nobody has read, and opened again as they are read.
 */
export class ConnectionWindow {
  readonly #session: ServerHttp2Session;
  readonly #heldBytesMax: number;
  readonly #onWorn: () => void;
  #heldBytes = 0;
  #isShut = false;
  /** The library gives a larger window only after all that it was made smaller by before. */
  #takenBackBytes = 0;

  /** @param onWorn no further stream should come on this connection. */
  constructor(session: ServerHttp2Session, heldBytesMax: number, onWorn: () => void) {
    this.#session = session;
    this.#heldBytesMax = heldBytesMax;
    this.#onWorn = onWorn;
  }

  /** Counts what comes on this stream and is not read yet. */
  follow(stream: ServerHttp2Stream): void {
    let counted = 0;
    let pieces = 0;
    let isOver = false;
    const count = () => {
      if (isOver) return;
      const { readableLength } = stream;
      if (readableLength === 0) pieces = 0;
      const bytes = readableLength + pieces * PIECE_BYTES;
      if (bytes === counted) return;
      this.#heldBytes += bytes - counted;
      counted = bytes;
      this.#adjust();
    };
    const push = stream.push.bind(stream);
    const read = stream.read.bind(stream);
    stream.push = (piece, encoding) => {
      const wantsMore = push(piece, encoding);
      pieces += 1;
      count();
      return wantsMore;
    };
    stream.read = (size) => {
      const piece = read(size);
      if (piece !== null && pieces > 0) pieces -= 1;
      count();
      return piece;
    };
    stream.once('close', () => {
      isOver = true;
      this.#heldBytes -= counted;
      this.#adjust();
    });
  }

  #adjust(): void {
    if (this.#session.destroyed) return;
    // Not at every piece that is read: each time costs a frame, and a little of what can be taken back.
    const opensAt = this.#heldBytesMax - this.#heldBytesMax / 8;
    if (!this.#isShut && this.#heldBytes >= this.#heldBytesMax) this.#shut();
    else if (this.#isShut && this.#heldBytes < opensAt) this.#open();
  }

  #shut(): void {
    this.#isShut = true;
    this.#session.setLocalWindowSize(0);
    this.#takenBackBytes += OPEN_BYTES;
  }

  /** So that the caller has as much as at the beginning. He may not have used all that he still had. */
  #open(): void {
    this.#isShut = false;
    const { localWindowSize: left = 0 } = this.#session.state;
    this.#session.setLocalWindowSize(this.#takenBackBytes + OPEN_BYTES - left);
    this.#session.setLocalWindowSize(OPEN_BYTES);
    this.#takenBackBytes -= left;
    // The library says it with the next frame it sends, and nobody knows when that will be. A session that is closing sends
    // no PING.
    if (this.#session.closed) this.#session.settings({});
    else this.#session.ping(() => {});
    if (this.#takenBackBytes > TAKEN_BACK_MAX) this.#onWorn();
  }
}
