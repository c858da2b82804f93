import type { Clock, Logger } from '#base';
import { type SeenFact, TrafficCounter } from './traffic-counter.ts';

/** Writes what was counted, so often; that much can be lost when a process is killed. */
const INTERVAL_MILLISECONDS = 30_000;

export interface ApiTraffic {
  readonly counter: TrafficCounter;
  /** Resolves when all that was counted before is written, or can't be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What is seen of described APIs: counted in memory, added to the database now and then. */
export function openApiTraffic({
  write,
  clock,
  log,
}: {
  write: (facts: readonly SeenFact[], now: number) => Promise<void>;
  clock: Clock;
  log: Logger;
}): ApiTraffic {
  const counter = new TrafficCounter();
  async function flush(): Promise<void> {
    const facts = counter.take();
    if (facts.length === 0) return;
    // Counts of what is seen, and no more: they are not worth keeping in memory while the database is away.
    await write(facts, clock.now()).catch((err: unknown) => log.warn({ err }, 'what was seen of APIs is not counted'));
  }
  const timer = setInterval(() => void flush(), INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    counter,
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
