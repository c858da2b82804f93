import type { World } from '#resources';

/** What several checks ask of the same world is worked out once. */
export function onceAWorld<Result>(work: (world: World) => Result): (world: World) => Result {
  const known = new WeakMap<World, { result: Result }>();
  return (world) => {
    const found = known.get(world) ?? { result: work(world) };
    known.set(world, found);
    return found.result;
  };
}
