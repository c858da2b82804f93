import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * V8 halves the room for young objects as soon as some seconds bring few of them, and doubles it again bit by bit: the first
 * seconds of the next burst then promote what would have died young. It is back at once.
 */
const YOUNG_SPACE_GROWTH = 8;
/**
 * V8 gives back what it does not need 8 s after the last big collection, and with it the room for young objects and compiled
 * code: the next requests then cost a fifth more for seconds, and some wait 60 ms. A pause between two bursts is longer.
 */
const QUIET_MILLISECONDS = 600_000;
/**
 * How much may be left lying before everything is collected. By itself V8 waits for a tenth of a heap that grows slowly, 5 MB
 * where there are 50: under load a collection every two seconds, whose marking took a tenth of the processor.
 */
const ROOM_BYTES = 64 * 2 ** 20;
/** What V8 does by itself at the least. */
const GROWTH_PERCENT_MIN = 10;
const GROWTH_PERCENT_MAX = 100;
const LOOK_MILLISECONDS = 60_000;

/** By which part the heap grows before it is collected; 0 where it is so large that V8's own tenth is enough. */
export function growthPercent(usedBytes: number): number {
  const percent = Math.ceil((ROOM_BYTES * 100) / usedBytes);
  return percent <= GROWTH_PERCENT_MIN ? 0 : Math.min(percent, GROWTH_PERCENT_MAX);
}

/**
 * Lets memory follow the work, from the moment the program is ready: bin/gatehouse.mjs held it down while loading.
 * See docs/adr/0065-writes-leave-together.md.
 */
export function giveHeapRoom(): void {
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_SPACE_GROWTH}`);
  setFlagsFromString(`--memory-reducer-delay-ms=${QUIET_MILLISECONDS}`);
  // Else a quiet minute lowers the limit to what was in use, and the first second of the next burst collects everything.
  setFlagsFromString('--no-scavenger-updates-allocation-limit');
  let current = 0;
  const follow = () => {
    const percent = growthPercent(getHeapStatistics().used_heap_size);
    if (percent === current) return;
    current = percent;
    setFlagsFromString(`--heap-growing-percent=${percent}`);
  };
  follow();
  // By now it goes by the room that was just said.
  collectOnce();
  setInterval(follow, LOOK_MILLISECONDS).unref();
}

/**
 * Until everything was collected for the first time V8 goes by a limit of its own, far above what a program has that has
 * just started. The function for it exists in contexts that were made under the flag: in this one, which is thrown away.
 */
function collectOnce(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
