import type { Clock, Id, Random } from '#base';

/**
 * Ids for decisions, in the form of every other id (`newId` in base: UUIDv7 in base32) but made ten times as fast, since
 * each request needs one: randomness is drawn for many ids at once, and the time's characters are kept while they last.
 */
export function decisionIds({ clock, random }: { clock: Clock; random: Random }): () => Id<'dec'> {
  let pool = random.bytes(POOL_BYTES);
  let offset = 0;
  let at = -1;
  let head = '';
  return () => {
    if (offset + BYTES_PER_ID > POOL_BYTES) {
      pool = random.bytes(POOL_BYTES);
      offset = 0;
    }
    const now = clock.now();
    if (now !== at) {
      at = now;
      head = `dec_${encodeTime(now)}`;
    }
    const start = offset;
    offset += BYTES_PER_ID;
    // UUIDv7 after its 48 bits of time: 0111 rrrrrrrrrrrr 10 and 62 random bits, in groups of five.
    return `${head}${VERSION.charAt((pool[start] ?? 0) & 1)}${pair(pool, start + 1)}${VARIANT.charAt((pool[start + 3] ?? 0) & 7)}${pair(pool, start + 4)}${pair(pool, start + 6)}${pair(pool, start + 8)}${pair(pool, start + 10)}${pair(pool, start + 12)}${pair(pool, start + 14)}` as Id<'dec'>;
  };
}

const BYTES_PER_ID = 16;
const POOL_BYTES = BYTES_PER_ID * 1024;

/** Crockford's base32 in lower case. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 0111r */
const VERSION = 'ef';
/** r10rr */
const VARIANT = '89abrstv';

/** Two characters from ten random bits. */
const PAIRS: string[] = [];
for (const first of ALPHABET) for (const second of ALPHABET) PAIRS.push(first + second);

function pair(pool: Buffer, at: number): string {
  return PAIRS[(((pool[at] ?? 0) << 8) | (pool[at + 1] ?? 0)) & 1023] ?? '';
}

/** 48 bits as ten characters. */
function encodeTime(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (let index = 0; index < 10; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
