import { closeSync, type Dirent, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundCredential {
  file: string;
  line: number;
  column: number;
  kind: string;
  /** The beginning and the end, to tell them apart; the whole would be one more place to find it. */
  display: string;
  text: string;
}

/** What could not be looked into, and why. */
export interface UnreadPlace {
  file: string;
  why: string;
}

/** How credentials look: `#keyring`, which only commands that need it load. */
type Words = Pick<typeof import('#keyring'), 'CREDENTIAL_IN_TEXT' | 'describeCredential' | 'recogniseCredential'>;

/** Nobody writes keys there by hand, and there is much of it. */
const PASSED_OVER = new Set(['.git', 'node_modules']);
const PORTION_BYTES = 1024 * 1024;
/** Longer than any credential, also where each character takes two bytes. */
const KEPT_CHARACTERS = 128;
/** UTF-16, of either byte order: as some editors and shells of Windows write. */
const WIDE = Buffer.from('g\0h\0_', 'latin1');

/**
 * Looks for credentials of ours in a file or a tree, a portion of each file at a time: none is too large, whatever is in it.
 * The checksum tells them from text that only looks like one. Links are not followed: they lead out of the tree, or round
 * in it. What can't be read is told, not passed over.
 */
export function* findCredentials(path: string, words: Words): Generator<FoundCredential | UnreadPlace> {
  for (const place of filesUnder(path)) {
    if (typeof place !== 'string') yield place;
    else {
      try {
        yield* inFile(place, words);
      } catch (error) {
        yield { file: place, why: codeOf(error) };
      }
    }
  }
}

function* filesUnder(path: string): Generator<string | UnreadPlace> {
  const top = statSync(path);
  if (top.isFile()) return yield path;
  if (!top.isDirectory()) return yield { file: path, why: 'neither a file nor a folder' };
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries: Dirent[] = [];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      yield { file: folder, why: codeOf(error) };
    }
    for (const entry of entries) {
      if (entry.isFile()) yield join(folder, entry.name);
      else if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) folders.push(join(folder, entry.name));
    }
  }
}

function* inFile(file: string, words: Words): Generator<FoundCredential> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(PORTION_BYTES);
    let kept = '';
    let line = 1;
    let column = 1;
    let size = readSync(descriptor, buffer);
    while (size > 0) {
      const portion = buffer.subarray(0, size);
      const text =
        kept + (portion.includes(WIDE) ? portion.toString('latin1').replaceAll('\0', '') : portion.toString('latin1'));
      size = readSync(descriptor, buffer);
      // What begins in the last characters may go on in the next portion, and is found there.
      const end = size > 0 ? Math.max(0, text.length - KEPT_CHARACTERS) : text.length;
      let counted = 0;
      const countTo = (place: number) => {
        for (let next = text.indexOf('\n', counted); next !== -1 && next < place; next = text.indexOf('\n', counted)) {
          line += 1;
          column = 1;
          counted = next + 1;
        }
        column += place - counted;
        counted = place;
      };
      for (const { at, found, kind } of inText(text, words)) {
        if (at >= end) break;
        countTo(at);
        const { displayPrefix, last4 } = words.describeCredential(found);
        yield { file, line, column, kind, display: `${displayPrefix}…${last4}`, text: found };
      }
      countTo(end);
      kept = text.slice(end);
    }
  } finally {
    closeSync(descriptor);
  }
}

function* inText(
  text: string,
  { CREDENTIAL_IN_TEXT, recogniseCredential }: Words,
): Generator<{ at: number; found: string; kind: string }> {
  if (!text.includes('gh_')) return;
  const pattern = new RegExp(CREDENTIAL_IN_TEXT);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const kind = recogniseCredential(match[0])?.kind;
    if (kind !== undefined) yield { at: match.index, found: match[0], kind };
    // What only looks like one may reach into the next, which is one.
    else pattern.lastIndex = match.index + 1;
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unreadable';
}
