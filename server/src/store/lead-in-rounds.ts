import type { Logger } from '#base';
import type { ChangeFeed } from './changes/change-feed.ts';
import type { LeaderHandle, LeaderWork } from './leader.ts';
import { pause } from './pause.ts';

export interface RoundsDeps {
  store: { changes: Pick<ChangeFeed, 'subscribe' | 'onResync'>; leader(name: string, work: LeaderWork): LeaderHandle };
  log: Logger;
}

export interface Rounds {
  name: string;
  /** What wakes it before its time. */
  topics: readonly string[];
  /** What is due only later, or was missed, is found within this time. */
  pollMilliseconds: number;
  /** Called for each time that the lock is won. */
  work: (signal: AbortSignal, wake: () => void) => RoundWork;
}

export interface RoundWork {
  /** For who has just won the lock: whoever held it before is most likely dead. */
  begin?(): Promise<unknown>;
  /**
   * @returns how much was done: as long as there is something, the next round follows at once. `nothing_to_follow` when
   * nothing can come but by a topic.
   */
  round(): Promise<number | 'nothing_to_follow'>;
  /** What is still under way, before the lock is given to others. */
  end?(): Promise<unknown>;
}

/** A look all the same, should the feed have missed something: it is empty, and a program that has nothing to do sleeps. */
const REST_MILLISECONDS = 30_000;

/**
 * Work that lies in a table and is done by the one process that holds the lock: round after round, as soon as the change
 * feed tells of some. A round that fails is tried again; two processes that do it for a moment must take different work.
 */
export function leadInRounds({ store, log }: RoundsDeps, { name, topics, ...rest }: Rounds): LeaderHandle {
  return store.leader(name, async (signal) => {
    let nudge = new AbortController();
    const wake = () => nudge.abort();
    const stopListening = [store.changes.subscribe(topics, wake), store.changes.onResync(wake)];
    const work = rest.work(signal, wake);
    const failed = (what: string) => (err: unknown) => {
      log.error({ err, leader: name }, what);
      return 0;
    };
    try {
      await work.begin?.().catch(failed('what was taken waits for its lease'));
      while (!signal.aborted) {
        nudge = new AbortController();
        const done = await work.round().catch(failed('a round failed; it is tried again'));
        if (done !== 'nothing_to_follow' && done > 0) continue;
        const milliseconds = done === 'nothing_to_follow' ? REST_MILLISECONDS : rest.pollMilliseconds;
        await pause(milliseconds, AbortSignal.any([signal, nudge.signal]));
      }
    } finally {
      for (const stop of stopListening) stop();
      await work.end?.();
    }
  });
}
