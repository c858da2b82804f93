/**
 * Is a password among the first that anyone would try? Three looks: the list of passwords found most often in leaks
 * (ASVS 6.2.4, 6.2.12), words of that list after undoing what people do to please a rule (capitals, `@` for `a`, a year, an
 * exclamation mark), and by rule, runs on the keyboard and repetitions.
 */
export interface CommonPasswords {
  isCommon(password: string): boolean;
  /** Listed passwords that are long enough to be chosen here. */
  count(lengthMin: number): number;
}

/** Famous, but found too seldom to be in the list. */
const FAMOUS = ['correcthorsebatterystaple'];

/** Two words in a row are refused when both are among so many of the list's first: 25 million pairs are soon tried. */
const WORDS_IN_PAIRS_MAX = 5000;

let loading: Promise<CommonPasswords> | undefined;

/**
 * The list, read when the first password is set: 40 ms and 10 MB that a start, and a process in which nobody sets one,
 * does without.
 */
export function loadCommonPasswords(): Promise<CommonPasswords> {
  loading ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) =>
    commonPasswords(dictionary['passwords-common']),
  );
  return loading;
}

function commonPasswords(list: readonly string[]): CommonPasswords {
  const listed = new Set([...list, ...FAMOUS]);
  const inPairs = new Set(list.slice(0, WORDS_IN_PAIRS_MAX).filter((word) => /^[a-z]{3,}$/.test(word)));
  return {
    isCommon(password) {
      const text = password.normalize('NFKC').toLowerCase();
      return listed.has(text) || isMonotonous(text) || isMadeOfRuns(text) || isDressedUpWord(text, { listed, inPairs });
    },
    count: (lengthMin) => [...listed].filter((password) => password.length >= lengthMin).length,
  };
}

interface Words {
  listed: ReadonlySet<string>;
  inPairs: ReadonlySet<string>;
}

/** What stands in for a letter. `1` is `i` and `l`: both are tried. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '€': 'e',
  '+': 't',
};

/** Rows and columns of common keyboards, the alphabet and the digits. Read both ways. */
const TRACKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '`1234567890-=',
  '!@#$%^&*()_+',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  'qawsedrftgyhujikolp',
  '147258369',
  '159357',
].flatMap((track) => [track, Array.from(track).reverse().join('')]);

/** Shortest run along a track that counts as one. */
const RUN_MIN = 3;

/** Other characters that may stand around a common word or between runs, and the password still be found by guessing. */
const LOOSE_MAX = 4;

/** Fewer than four different characters, or one short piece again and again. */
function isMonotonous(text: string): boolean {
  const characters = Array.from(text);
  if (new Set(characters).size < 4) return true;
  const longestPiece = Math.min(4, Math.floor(characters.length / 2));
  for (let size = 1; size <= longestPiece; size += 1) {
    if (characters.every((character, index) => character === characters[index % size])) return true;
  }
  return false;
}

/** `1234qwer`, `zaq12wsx`, `abcd1234!`: runs along the tracks, with little left over. */
function isMadeOfRuns(text: string): boolean {
  let index = 0;
  let loose = 0;
  while (index < text.length) {
    const run = longestRun(text, index);
    if (run >= RUN_MIN) index += run;
    else {
      loose += 1;
      index += 1;
    }
    if (loose > LOOSE_MAX) return false;
  }
  // Mostly loose is not made of runs: `abcX9!k` has a run of three and four others.
  return text.length - loose >= loose * 2;
}

function longestRun(text: string, start: number): number {
  let longest = 0;
  for (const track of TRACKS) {
    let length = RUN_MIN;
    while (start + length <= text.length && track.includes(text.slice(start, start + length))) {
      longest = Math.max(longest, length);
      length += 1;
    }
  }
  return longest;
}

/** `P@ssw0rd2024!`, `#Summer24`, `iloveyou<3`, `passwordpassword`: a common word, or several, with little around it. */
function isDressedUpWord(text: string, words: Words): boolean {
  // A year and a few marks at the end are dress; so is anything at the start that is not a letter or its stand-in.
  const undressed = text.replace(/^[^\p{L}@$€0134578]+/u, '').replace(/[^\p{L}@$€]+$/u, '');
  // Without accents as well: the list is ASCII, and `contraseña` is as common as `contrasena`.
  const bare = undressed.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return [text, undressed, bare].some((candidate) =>
    ['i', 'l'].some((one) => isCommonWords(plainLetters(candidate, one), words)),
  );
}

function plainLetters(text: string, one: string): string {
  return Array.from(text, (character) =>
    character === '1' || character === '!' ? one : (LOOKALIKES[character] ?? character),
  )
    .filter((character) => /\p{L}/u.test(character))
    .join('');
}

/** One word of the list, or two of its first in a row, or a word with a letter before or after it. */
function isCommonWords(letters: string, { listed, inPairs }: Words): boolean {
  if (letters.length >= 3 && listed.has(letters)) return true;
  for (let cut = 3; cut <= letters.length - 3; cut += 1) {
    if (inPairs.has(letters.slice(0, cut)) && inPairs.has(letters.slice(cut))) return true;
  }
  return [letters.slice(1), letters.slice(0, -1)].some((shorter) => shorter.length >= 5 && listed.has(shorter));
}
