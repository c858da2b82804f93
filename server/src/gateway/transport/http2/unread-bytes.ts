import type { TransportLimits } from '../transport-limits.ts';

/** Whose window is shut; asked again when there is room. */
interface ShutWindow {
  adjust(): void;
}

/**
 * What has come on all connections of HTTP/2 together and was not read. One may hold a lot, since it stands for many callers
 * or many calls; a thousand that do so would be the memory of the machine. While all together hold too much, each may hold no
 * more than a connection of HTTP/1.1.
 */
export class UnreadBytes {
  readonly shut = new Set<ShutWindow>();
  readonly #limits: TransportLimits;
  #bytes = 0;
  #isTooMuch = false;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
  }

  /** What one connection may hold for now, whatever it may hold at other times. */
  get connectionBytesMax(): number {
    return this.#isTooMuch ? this.#limits.heldBytesMax : Number.POSITIVE_INFINITY;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    const bytesMax = this.#limits.http2HeldBytesTotalMax;
    if (this.#bytes >= bytesMax) this.#isTooMuch = true;
    else if (this.#isTooMuch && this.#bytes < bytesMax - bytesMax / 8) this.#giveRoom();
  }

  #giveRoom(): void {
    this.#isTooMuch = false;
    for (const window of [...this.shut]) window.adjust();
  }
}
