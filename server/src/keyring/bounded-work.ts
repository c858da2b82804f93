export interface BoundedWorkOptions {
  /** How many run at once. */
  runningMax: number;
  /** How many may wait for a turn. */
  waitingMax: number;
  /** The error for the one who comes after that. */
  busy: () => Error;
}

/** Runs heavy work a few at a time, in the order it came, and refuses what would make the queue too long. */
export function boundWork({
  runningMax,
  waitingMax,
  busy,
}: BoundedWorkOptions): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async (work) => {
    if (running < runningMax) running += 1;
    else {
      if (waiting.length >= waitingMax) throw busy();
      // The one who ends hands its place over, so `running` is not touched here.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
