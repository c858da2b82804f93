import type { Clock, Id, Random } from '#base';
import { type MadeLines, MadeNames } from './own-headers.ts';

export const DECISION_NAMES = new MadeNames('gatehouse-decision-id');
const NAME = 'gatehouse-decision-id: ';
const LINE_END = '\r\n';

/** The id that a line of {@link decisionLines} tells. */
export function decisionIdOf(line: MadeLines): Id<'dec'> {
  return line.slice(NAME.length, -LINE_END.length) as Id<'dec'>;
}

/**
 * Ids for decisions, in the form of every other id (`newId` in base: UUIDv7 in base32) but made ten times as fast, since
 * each request needs one: what is random is drawn for many ids at once, and the time's characters are kept while they
 * last. Each comes as the line of a head that tells it, as the caller and the upstream are sent it; all of that is put
 * together as bytes: texts put together would be several until somebody reads them, and everybody does.
 */
export function decisionLines({ clock, random }: { clock: Clock; random: Random }): (now?: number) => MadeLines {
  const lines = Buffer.alloc(LINE_LENGTH * LINES_AT_ONCE, `${NAME}${' '.repeat(ID_LENGTH)}${LINE_END}`, 'latin1');
  let offset = lines.length;
  let at = Number.NaN;
  let head = Buffer.alloc(0);
  return (now = clock.now()) => {
    if (offset === lines.length) {
      drawTails(lines, random);
      offset = 0;
    }
    if (now !== at) {
      at = now;
      head = Buffer.from(`dec_${encodeTime(now)}`, 'latin1');
    }
    const start = offset;
    offset += LINE_LENGTH;
    lines.set(head, start + NAME.length);
    // A name of ours, `dec_`, and base32.
    return lines.toString('latin1', start, offset) as MadeLines;
  };
}

const HEAD_LENGTH = 14;
/** Characters after the time. */
const TAIL_LENGTH = 16;
const ID_LENGTH = HEAD_LENGTH + TAIL_LENGTH;
const LINE_LENGTH = NAME.length + ID_LENGTH + LINE_END.length;
const LINES_AT_ONCE = 1024;

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

function drawTails(lines: Buffer, random: Random): void {
  const bytes = random.bytes(TAIL_LENGTH * LINES_AT_ONCE);
  let index = 0;
  for (let tail = NAME.length + HEAD_LENGTH; tail < lines.length; tail += LINE_LENGTH) {
    for (let place = 0; place < TAIL_LENGTH; place += 1) {
      lines[tail + place] = CHARACTERS[place * 256 + (bytes[index] ?? 0)] ?? 0;
      index += 1;
    }
  }
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
