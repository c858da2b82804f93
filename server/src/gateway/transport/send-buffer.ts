import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { DirectWrites } from './direct-write.ts';
import type { Turn } from './turn.ts';

const SLAB_BYTES = 256 * 1024;
/** When less than this is left behind bytes still in flight, a new slab is begun: one read of a socket, and a head. */
const ROOM_MIN = 96 * 1024;
/** A longer piece leaves at once: it is part of a body, whose sender must hear soon when there is no more room. */
const WAITING_BYTES_MAX = 16 * 1024;
/** How many may leave bytes lying in slabs: each of them holds a whole one where others were sent much in the same turn. */
const LENT_MAX = 256;

/**
 * Puts the pieces of one message together, so that a head and the body that came with it leave in one write, and without
 * garbage: as long as the kernel takes everything at once, the same memory is used for every write of every connection.
 * Bytes that the kernel did not take stay where they are, and the next message goes behind them.
 *
 * Short messages to sockets wait for the end of the turn of the event loop and leave one after the other: each write wakes
 * whoever reads the other end, and who is woken for one message of a turn finds the others as well. Nobody waits longer than
 * for what was readable together with his own bytes. See docs/adr/0065-writes-leave-together.md.
 *
 * One sequence of `open`, pieces, `send` at a time, all within one turn of the event loop.
 */
export class SendBuffer {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** What lies before it is still in flight, and stays as it is: somebody who reads slowly gets it, perhaps much later. */
  #base = 0;
  /** Where the message that is being put together begins; before it lie those that wait. */
  #from = 0;
  #to = 0;
  #socket: Writable | undefined;
  /** Whom the waiting messages are for, and where each ends; each begins where the one before ends. As long as they ever were. */
  readonly #receivers: (Socket | undefined)[] = [];
  readonly #ends: number[] = [];
  #waiting = 0;
  /** Where the first that waits begins. */
  #waitingFrom = 0;
  /** Pieces of slabs that streams have and have not written. */
  #lent = 0;
  readonly #turn: Turn;
  readonly #direct: DirectWrites;

  constructor(turn: Turn, direct = new DirectWrites()) {
    this.#turn = turn;
    this.#direct = direct;
    turn.onEnd(() => this.flush());
  }

  open(socket: Writable): void {
    this.#socket = socket;
    // Of a message that nobody finished nothing may reach the next receiver.
    this.#to = this.#from;
  }

  /** Latin-1 text: heads and chunk framing. Only strings that {@link isSafeFieldValue} admits may be part of it. */
  text(value: string): void {
    if (this.#to + value.length > SLAB_BYTES) this.#write();
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
      if (this.#to === SLAB_BYTES) this.#write();
      const next = Math.min(end, at + SLAB_BYTES - this.#to);
      this.#to += source.copy(this.#slab, this.#to, at, next);
      at = next;
    }
  }

  /** The message is whole. It leaves at the end of this turn, or at once when it is long or the slab nearly full. */
  send(): void {
    const socket = this.#socket;
    const mayWait = this.#to - this.#from <= WAITING_BYTES_MAX && SLAB_BYTES - this.#to >= ROOM_MIN;
    if (mayWait && socket instanceof Socket) this.#wait(socket);
    else this.#write();
    this.#socket = undefined;
  }

  /** A message of one piece. */
  say(socket: Writable, value: string | Buffer): void {
    this.open(socket);
    if (typeof value === 'string') this.text(value);
    else this.bytes(value, 0, value.length);
    this.send();
  }

  /** Lets go what waits. To be called before a socket is ended: its last message may be among it. */
  flush(): void {
    if (this.#waiting === 0) return;
    if (this.#writeWaiting()) this.#reuse();
    else this.#keep();
  }

  #wait(socket: Socket): void {
    if (this.#to === this.#from) return;
    const count = this.#waiting;
    if (count === 0) this.#waitingFrom = this.#from;
    if (count > 0 && this.#receivers[count - 1] === socket) {
      this.#ends[count - 1] = this.#to;
    } else {
      this.#receivers[count] = socket;
      this.#ends[count] = this.#to;
      this.#waiting = count + 1;
    }
    this.#from = this.#to;
    this.#turn.awaitEnd();
  }

  /** Writes what has been put together so far, behind what waits. */
  #write(): void {
    const socket = this.#socket;
    let taken = this.#writeWaiting();
    if (socket !== undefined && this.#to > this.#from) taken = this.#give(socket, this.#from, this.#to) && taken;
    if (taken) this.#reuse();
    else this.#keep();
  }

  /**
   * Whoever is behind already, or is no socket, gets a copy: some bytes that a slow reader leaves lying must not hold a slab
   * for each time that he was sent any. So does everybody while very many hold one. Long pieces go by the stream, which asks
   * whoever sends them to wait.
   * @returns whether the slab is free of it: a socket that is left with nothing has given all of it to the kernel.
   */
  #give(socket: Writable, start: number, end: number): boolean {
    const isIdle = socket instanceof Socket && socket.writableLength === 0 && !this.#direct.isBehind(socket);
    const isLent = isIdle && this.#lent + this.#direct.behind < LENT_MAX;
    const bytes = isLent ? this.#slab.subarray(start, end) : this.#copyOf(start, end);
    const taken = isIdle && bytes.length <= WAITING_BYTES_MAX ? this.#direct.write(socket, bytes) : undefined;
    if (taken !== undefined) return taken || !isLent;
    if (!isLent) {
      socket.write(bytes);
      return true;
    }
    this.#lent += 1;
    socket.write(bytes, this.#onGivenBack);
    return socket.writableLength === 0;
  }

  readonly #onGivenBack = (): void => {
    this.#lent -= 1;
  };

  #copyOf(start: number, end: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(end - start);
    this.#slab.copy(copy, 0, start, end);
    return copy;
  }

  /** @returns whether the slab is free of everything that waited. */
  #writeWaiting(): boolean {
    const receivers = this.#receivers;
    let taken = true;
    let from = this.#waitingFrom;
    for (let index = 0; index < this.#waiting; index += 1) {
      const socket = receivers[index];
      receivers[index] = undefined;
      const end = this.#ends[index] ?? from;
      if (socket !== undefined && !socket.destroyed) taken = this.#give(socket, from, end) && taken;
      from = end;
    }
    this.#waiting = 0;
    return taken;
  }

  #reuse(): void {
    this.#from = this.#base;
    this.#to = this.#base;
  }

  /** Some of it is still in flight: what comes next goes behind it. */
  #keep(): void {
    if (SLAB_BYTES - this.#to >= ROOM_MIN) {
      this.#base = this.#to;
    } else {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#base = 0;
    }
    this.#reuse();
  }
}
