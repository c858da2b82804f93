/** A body that is read in one way only: UTF-8 (RFC 8259 §8.1), no name twice, not too deep. */
export type ReadBody = { readonly value: unknown } | { readonly problem: string };

/** Schemas that refer to themselves walk a value as deep as it goes. */
const DEPTH_MAX = 64;
// A mark at the beginning is no white space of JSON, and servers differ in what they make of it.
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function readJsonBody(body: Buffer): ReadBody {
  let text: string;
  try {
    text = UTF_8.decode(body);
  } catch {
    return { problem: 'must be UTF-8' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'must be JSON' };
  }
  const problem = oddity(text);
  return problem === undefined ? { value } : { problem };
}

/** Of a text that is JSON: servers differ in which of two fields of one name they believe (RFC 8259 §4). */
function oddity(text: string): string | undefined {
  const names: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        names.push(text.charCodeAt(at) === 0x7b ? new Set() : undefined);
        if (names.length > DEPTH_MAX) return `must not be nested more than ${DEPTH_MAX} levels deep`;
        break;
      case 0x7d:
      case 0x5d:
        names.pop();
        break;
      case 0x22: {
        const end = endOfString(text, at);
        const here = names.at(-1);
        if (here !== undefined && isName(text, end)) {
          const name = nameOf(text.slice(at, end));
          if (here.has(name)) return 'must not hold a field twice';
          here.add(name);
        }
        at = end - 1;
        break;
      }
      default:
    }
  }
  return undefined;
}

/** @returns the position after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

function nameOf(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
