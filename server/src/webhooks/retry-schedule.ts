import type { Random } from '#base';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** After the first, the second … attempt, as Standard Webhooks suggests: a restart is met soon, and a lost weekend survived. */
const PAUSES_MS = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

export const ATTEMPTS_MAX = PAUSES_MS.length + 1;
/** What a receiver may ask for with `retry-after`. */
const RETRY_AFTER_MAX_MS = 24 * HOUR;
/** Up to a fifth longer, so that what failed together does not come again together. */
const JITTER = 0.2;

/** How long to wait after the so-manieth attempt; undefined: it was the last. `retryAfter` is the header, as it came. */
export function pauseAfter(
  attempts: number,
  { random, retryAfter, now }: { random: Random; retryAfter: string | undefined; now: number },
): number | undefined {
  const planned = PAUSES_MS[attempts - 1];
  if (planned === undefined) return undefined;
  const jittered = planned * (1 + (JITTER * random.bytes(2).readUInt16BE()) / 0x1_0000);
  return Math.round(Math.max(jittered, Math.min(askedFor(retryAfter, now), RETRY_AFTER_MAX_MS)));
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function askedFor(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
