/** Work that rests now and then, where others may have a turn. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** All of it at once, where nobody waits. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * One piece in each turn of the event loop. Work that does not rest is done when this returns.
 * @param settle is called once, with what came of it, or with what was thrown. Not after it was stopped.
 * @returns stops it between two pieces.
 */
export function inPieces<T>(work: Pieces<T>, settle: (result: T | undefined, error: unknown) => void): () => void {
  let pause: NodeJS.Immediate | undefined;
  function step(): void {
    pause = undefined;
    let next: IteratorResult<undefined, T>;
    try {
      next = work.next();
    } catch (error) {
      settle(undefined, error);
      return;
    }
    if (next.done === true) settle(next.value, undefined);
    else pause = setImmediate(step);
  }
  step();
  return () => clearImmediate(pause);
}
