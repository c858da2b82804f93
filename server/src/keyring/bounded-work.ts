export interface BoundedWorkOptions {
  /** How many run at once. */
  runningMax: number;
  /** How many may wait for a turn, all lanes together. */
  waitingMax: number;
  /** How many of one lane may wait; as many as may wait at all unless told. */
  laneWaitingMax?: number;
  /** The error for the one who comes after that. */
  busy: () => Error;
}

export interface BoundedWork {
  <T>(work: () => Promise<T>, lane?: string): Promise<T>;
  /** How many wait for a turn. */
  waiting(): number;
}

/**
 * Runs heavy work a few at a time, and refuses what would make the queue too long. Work comes in lanes (whom it is for):
 * each lane in the order it came, the lanes in turn, so that one that floods waits for itself and not for the others.
 */
export function boundWork({
  runningMax,
  waitingMax,
  laneWaitingMax = waitingMax,
  busy,
}: BoundedWorkOptions): BoundedWork {
  let running = 0;
  let waitingCount = 0;
  // In the order in which they get their turns: a lane that had one goes to the end.
  const lanes = new Map<string, (() => void)[]>();

  function wait(lane: string): Promise<void> {
    const queue = lanes.get(lane) ?? [];
    if (waitingCount >= waitingMax || queue.length >= laneWaitingMax) throw busy();
    waitingCount += 1;
    lanes.set(lane, queue);
    return new Promise((resolve) => queue.push(resolve));
  }

  function takeNext(): (() => void) | undefined {
    const [first] = lanes;
    if (first === undefined) return undefined;
    const [lane, queue] = first;
    const next = queue.shift();
    waitingCount -= 1;
    lanes.delete(lane);
    if (queue.length > 0) lanes.set(lane, queue);
    return next;
  }

  async function run<T>(work: () => Promise<T>, lane = ''): Promise<T> {
    if (running < runningMax) running += 1;
    // The one who ends hands its place over, so `running` is not touched here.
    else await wait(lane);
    try {
      return await work();
    } finally {
      const next = takeNext();
      if (next === undefined) running -= 1;
      else next();
    }
  }
  return Object.assign(run, { waiting: () => waitingCount });
}
