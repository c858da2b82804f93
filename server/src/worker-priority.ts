import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const TASKS = '/proc/self/task';
/** What libuv calls the threads that hash passwords, read files and look names up. */
const WORKER = 'libuv-worker';
/** A tenth of what the main thread gets, where a processor has more to do than it can. */
const NICENESS = 10;

/**
 * Lets the worker threads stand back: what answers requests, and the database, go before the hashing of passwords, so that a
 * flood of sign-ins slows sign-ins. Where processors are idle it changes nothing. Linux only, where a thread has a priority
 * of its own. See docs/adr/0067-hashing-stands-back.md.
 * @returns how many threads stand back; they begin with the first file that is read asynchronously.
 */
export function lowerWorkerPriority(): number {
  if (process.platform !== 'linux') return 0;
  let count = 0;
  try {
    for (const task of readdirSync(TASKS)) {
      if (readFileSync(`${TASKS}/${task}/comm`, 'utf8').trim() !== WORKER) continue;
      setPriority(Number(task), NICENESS);
      count += 1;
    }
  } catch {
    // A sandbox that does not allow it: everything works as before.
  }
  return count;
}
