import type { Clock, Id, Random } from '#base';

/**
 * Ids for decisions, in the form of every other id (`newId` in base: UUIDv7 in base32) but made twenty times as fast,
 * since each request needs one: what is random is made for many ids at once, as one text of which each gets a piece, and
 * the time's characters are kept while they last.
 */
export function decisionIds({ clock, random }: { clock: Clock; random: Random }): () => Id<'dec'> {
  let tails = '';
  let offset = 0;
  let at = -1;
  let head = '';
  return () => {
    if (offset === tails.length) {
      tails = randomTails(random);
      offset = 0;
    }
    const now = clock.now();
    if (now !== at) {
      at = now;
      head = `dec_${encodeTime(now)}`;
    }
    const start = offset;
    offset += TAIL_LENGTH;
    return (head + tails.slice(start, offset)) as Id<'dec'>;
  };
}

/** Characters after the time. */
const TAIL_LENGTH = 16;
const TAILS_AT_ONCE = 1024;

/** Crockford's base32 in lower case. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** UUIDv7 after its 48 bits of time: 0111 rrrrrrrrrrrr 10 and 62 random bits, in groups of five. Where one is not all random: */
const GROUPS: Readonly<Record<number, string>> = {
  /** 0111r */
  0: 'ef',
  /** r10rr */
  3: '89abrstv',
};

/** Which character stands for a random byte, by place and byte: every alphabet is a power of two long, so none is favoured. */
const CHARACTERS = Uint8Array.from({ length: TAIL_LENGTH * 256 }, (_, index) => {
  const alphabet = GROUPS[index >> 8] ?? ALPHABET;
  return alphabet.charCodeAt((index & 255) % alphabet.length);
});

function randomTails(random: Random): string {
  const bytes = Buffer.from(random.bytes(TAIL_LENGTH * TAILS_AT_ONCE));
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = CHARACTERS[(at % TAIL_LENGTH) * 256 + (bytes[at] ?? 0)] ?? 0;
  }
  return bytes.toString('latin1');
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
