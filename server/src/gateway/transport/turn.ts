/** Called with bytes that are valid only until it returns. */
export type BytesListener = (bytes: Buffer, start: number, end: number) => void;

const SLAB_BYTES = 128 * 1024;
/** A longer read is part of a body, and copying it would cost more than it saves. */
const KEPT_BYTES_MAX = 4 * 1024;

/**
 * One turn of the event loop, as the sockets of a transport see it: first whatever is readable is read, then it is worked
 * on, then what came of it is written. Read, worked on and written one by one, the kernel's code and ours drive each other
 * out of the processor's caches, which costs a twentieth of a request. See docs/adr/0065-writes-leave-together.md.
 *
 * Nothing waits longer for it than for the other reads of the turn. The order of what one socket brings is kept; whoever
 * hears of its end calls {@link settle} before he acts on it.
 */
export class Turn {
  readonly #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** Who gets what was read, and where each read ends; each begins where the one before ends. As long as they ever were. */
  readonly #listeners: (BytesListener | undefined)[] = [];
  readonly #ends: number[] = [];
  #count = 0;
  /** The first that has not been told. */
  #next = 0;
  #to = 0;
  #willEnd = false;
  readonly #atEnd: (() => void)[] = [];

  /** To be called at the end of each turn that {@link awaitEnd} was called in, or in which something was read. */
  onEnd(act: () => void): void {
    this.#atEnd.push(act);
  }

  awaitEnd(): void {
    if (this.#willEnd) return;
    this.#willEnd = true;
    setImmediate(this.#end);
  }

  /** `bytes[0, length)` has been read and may be overwritten once this returns. */
  read(bytes: Buffer, length: number, listener: BytesListener): void {
    if (length > KEPT_BYTES_MAX) {
      this.settle();
      listener(bytes, 0, length);
      return;
    }
    if (length > SLAB_BYTES - this.#to) this.settle();
    bytes.copy(this.#slab, this.#to, 0, length);
    this.#to += length;
    this.#listeners[this.#count] = listener;
    this.#ends[this.#count] = this.#to;
    this.#count += 1;
    this.awaitEnd();
  }

  /** Hands out what was read so far. */
  settle(): void {
    const listeners = this.#listeners;
    const ends = this.#ends;
    // Counted on the turn: should a listener come here, he goes on behind himself.
    while (this.#next < this.#count) {
      const index = this.#next;
      const listener = listeners[index];
      listeners[index] = undefined;
      this.#next += 1;
      listener?.(this.#slab, index === 0 ? 0 : (ends[index - 1] ?? 0), ends[index] ?? 0);
    }
    this.#count = 0;
    this.#next = 0;
    this.#to = 0;
  }

  readonly #end = (): void => {
    try {
      this.settle();
      for (const act of this.#atEnd) act();
    } finally {
      this.#willEnd = false;
    }
  };
}
