/**
 * Makes pieces of work take turns, in the order they were asked for: of two reads of the same state, an older answer then
 * never overwrites a newer one. One that fails is its caller's trouble, and does not hold up the next.
 */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
