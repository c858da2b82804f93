import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { UnreadBytes } from './unread-bytes.ts';

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
  readonly #unread: UnreadBytes;
  readonly #onWorn: () => void;
  #heldBytes = 0;
  #isShut = false;
  /** The library gives a larger window only after all that it was made smaller by before. */
  #takenBackBytes = 0;

  /** @param onWorn no further stream should come on this connection. */
  constructor(session: ServerHttp2Session, heldBytesMax: number, unread: UnreadBytes, onWorn: () => void) {
    this.#session = session;
    this.#heldBytesMax = heldBytesMax;
    this.#unread = unread;
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
      const more = bytes - counted;
      counted = bytes;
      this.#hold(more);
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
      this.#hold(-counted);
    });
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#unread.add(bytes);
    this.adjust();
  }

  /** Opens or shuts the window, as what is held has it. */
  adjust(): void {
    if (this.#session.destroyed) {
      this.#unread.shut.delete(this);
      return;
    }
    const bytesMax = Math.min(this.#heldBytesMax, this.#unread.connectionBytesMax);
    // Not at every piece that is read: each time costs a frame, and a little of what can be taken back.
    if (!this.#isShut && this.#heldBytes >= bytesMax) this.#shut();
    else if (this.#isShut && this.#heldBytes < bytesMax - bytesMax / 8) this.#open();
  }

  #shut(): void {
    this.#isShut = true;
    this.#unread.shut.add(this);
    this.#session.setLocalWindowSize(0);
    this.#takenBackBytes += OPEN_BYTES;
  }

  /** So that the caller has as much as at the beginning. He may not have used all that he still had. */
  #open(): void {
    this.#isShut = false;
    this.#unread.shut.delete(this);
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
