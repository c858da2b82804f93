import type pg from 'pg';

const held = new WeakSet<object>();

/**
 * What is asked of a connection from now to the end of this turn goes out in one write. Each write wakes the database's
 * process, which takes the processor to find one statement, and again to find the next.
 */
export function sendTogether({ connection: { stream } }: Pick<pg.Client, 'connection'>): void {
  if (held.has(stream)) return;
  held.add(stream);
  stream.cork();
  // After everything that is ready to run by now, and before anything is waited for.
  process.nextTick(() => {
    held.delete(stream);
    stream.uncork();
  });
}
