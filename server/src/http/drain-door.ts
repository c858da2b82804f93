import type { Server } from 'node:http';

/** Requests under way get this long when the program is told to stop. */
const DRAIN_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 50;

/**
 * To be called when a door is closed: it stays so long as somebody keeps a connection. Node ends those that are idle at that
 * moment. One whose last answer is still being sent is kept alive by its caller for as long as we once said (65 s), and one
 * on which nothing was ever asked is none that Node calls idle.
 */
export function drainDoor(door: Server, milliseconds = DRAIN_MILLISECONDS): void {
  const idle = setInterval(() => door.closeIdleConnections(), LOOK_MILLISECONDS);
  const late = setTimeout(() => door.closeAllConnections(), milliseconds);
  door.once('close', () => {
    clearInterval(idle);
    clearTimeout(late);
  });
}
