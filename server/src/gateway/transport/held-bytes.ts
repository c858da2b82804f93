const CAPACITY_MIN = 1024;

/**
 * Bytes that came before they could be used: part of a head, or what a caller sent ahead. They are copied here because
 * the buffer they were read into is shared. Grows by doubling, so that a head sent byte by byte costs no more than one
 * sent at once; given up when empty, so that an idle connection holds nothing.
 */
export class HeldBytes {
  bytes: Buffer = EMPTY;
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  append(source: Buffer, from: number, to: number): void {
    const added = to - from;
    if (this.end + added > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(CAPACITY_MIN, (this.length + added) * 2));
      this.bytes.copy(larger, 0, this.start, this.end);
      this.bytes = larger;
      this.end -= this.start;
      this.start = 0;
    }
    source.copy(this.bytes, this.end, from, to);
    this.end += added;
  }

  /** Forgets what stands before `position`. */
  consumeTo(position: number): void {
    this.start = position;
    if (this.start === this.end) this.clear();
  }

  clear(): void {
    this.bytes = EMPTY;
    this.start = 0;
    this.end = 0;
  }
}

const EMPTY = Buffer.alloc(0);
