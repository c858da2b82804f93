import { Socket } from 'node:net';
import type { Writable } from 'node:stream';

const SLAB_BYTES = 256 * 1024;
/** When less than this is left behind bytes still in flight, a new slab is begun: one read of a socket, and a head. */
const ROOM_MIN = 96 * 1024;

/**
 * Puts the pieces of one message together, so that a head and the body that came with it leave in one write, and without
 * garbage: as long as the kernel takes everything at once, the same memory is used for every write of every connection.
 * Bytes that the kernel did not take stay where they are, and the next message goes behind them.
 *
 * One sequence of `open`, pieces, `send` at a time, all within one turn of the event loop.
 */
export class SendBuffer {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #from = 0;
  #to = 0;
  #socket: Writable | undefined;

  open(socket: Writable): void {
    this.#socket = socket;
  }

  /** Latin-1 text: heads and chunk framing. Only strings that {@link isSafeFieldValue} admits may be part of it. */
  text(value: string): void {
    if (this.#to + value.length > SLAB_BYTES) this.#flush();
    if (value.length > SLAB_BYTES - this.#to) {
      this.#socket?.write(value, 'latin1');
      return;
    }
    this.#to += this.#slab.write(value, this.#to, 'latin1');
  }

  /** Copies `source[start, end)`: at some 10 GB/s that is cheaper than an allocation for each read would be. */
  bytes(source: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#to === SLAB_BYTES) this.#flush();
      const next = Math.min(end, at + SLAB_BYTES - this.#to);
      this.#to += source.copy(this.#slab, this.#to, at, next);
      at = next;
    }
  }

  /** Hands everything to the socket. */
  send(): void {
    this.#flush();
    this.#socket = undefined;
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#to === this.#from) return;
    socket.write(this.#slab.subarray(this.#from, this.#to));
    if (socket.writableLength === 0 && socket instanceof Socket) {
      // A socket that is left with nothing has given everything to the kernel: the memory is free again.
      this.#to = this.#from;
      return;
    }
    this.#from = this.#to;
    if (SLAB_BYTES - this.#to >= ROOM_MIN) return;
    this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#from = 0;
    this.#to = 0;
  }
}
