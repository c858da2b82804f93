import type { Clock } from '#base';

export interface FixedClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands still until told. Starts at 2026-01-01T00:00:00Z unless given another instant. */
export function fixedClock(start = '2026-01-01T00:00:00Z'): FixedClock {
  let now = Date.parse(start);
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}
