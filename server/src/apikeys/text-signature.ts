/**
 * What stands in the texts of 256 keys, in 3,750 bytes: which three characters follow each other anywhere. A word
 * that has others is in none of these texts, and none has to be read; for one that may be there they are read. It is a
 * Bloom filter (B. H. Bloom, 1970): it never says no to what is there.
 */

/** Two of them fill a page of the database, which keeps larger values elsewhere. */
const BITS = 30_000;
const GRAM_LENGTH = 3;
/** More make no answer surer: each is there by chance once in ten. */
const GRAMS_ASKED_MAX = 24;
/** That of every id of this house: a prefix, and 26 characters. */
const ID_LENGTH = 30;

export interface SignedText {
  /** In small letters. */
  text: string;
  ids: readonly string[];
}

export function signatureOf(texts: readonly SignedText[]): Buffer {
  const signature = Buffer.alloc(BITS / 8);
  const note = (text: string, from: number, to: number) => {
    const hash = hashOf(text, from, to);
    set(signature, firstBit(hash));
    set(signature, secondBit(hash));
  };
  for (const { text, ids } of texts) {
    for (let at = 0; at + GRAM_LENGTH <= text.length; at += 1) note(text, at, at + GRAM_LENGTH);
    for (const id of ids) for (const token of tokensOf(id)) note(token, 0, token.length);
  }
  return signature;
}

function set(signature: Buffer, bit: number): void {
  signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
}

/**
 * The bits of a signature, any group of which is wholly set where the word may be found. Without a group it may be found
 * anywhere: it is too short to tell, or begins an id, of which only whole ones are in a signature.
 */
export function bitsOfWord(word: string): number[][] {
  const grams = [...new Set(gramsOf(word))];
  if (grams.length === 0 || (mayBeginId(word) && word.length < ID_LENGTH)) return [];
  const asked = grams.filter(
    (_, at) => grams.length <= GRAMS_ASKED_MAX || at === 0 || at % Math.ceil(grams.length / GRAMS_ASKED_MAX) === 0,
  );
  const groups = [asked.flatMap(bitsOf)];
  return mayBeginId(word) ? [...groups, tokensOf(word).flatMap(bitsOf)] : groups;
}

/** Every id begins with three letters and an underscore. Of other words nobody means an id. */
export const mayBeginId = (word: string): boolean => /^[a-z]{3}_/.test(word);

function gramsOf(word: string): string[] {
  return Array.from({ length: Math.max(word.length - GRAM_LENGTH + 1, 0) }, (_, at) =>
    word.slice(at, at + GRAM_LENGTH),
  );
}

/** Two for each id: a word of text has several grams to be told by, an id nothing else. */
const tokensOf = (id: string): string[] => [id.slice(0, ID_LENGTH), `${id.slice(0, ID_LENGTH)} `];

function bitsOf(text: string): [number, number] {
  const hash = hashOf(text, 0, text.length);
  return [firstBit(hash), secondBit(hash)];
}

/** FNV-1a of UTF-16 units, without making a text of its own for each three of them. */
function hashOf(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

const firstBit = (hash: number): number => (hash >>> 0) % BITS;
const secondBit = (hash: number): number => (Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b) >>> 8) % BITS;
