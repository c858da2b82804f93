/** Where fields stand in a JSON value: a pointer (RFC 6901) in which `*` and `**` are wild. */
export type FieldPath = readonly string[];

export const ANY = '*';
export const ANY_DEPTH = '**';
const SEGMENTS_MAX = 16;

/** @returns the segments, or what is wrong. */
export function parseFieldPath(text: string): FieldPath | string {
  if (!text.startsWith('/')) return 'must begin with a slash';
  const segments = text.slice(1).split('/');
  if (segments.length > SEGMENTS_MAX) return `may have at most ${SEGMENTS_MAX} levels`;
  if (segments.some((segment) => /~(?![01])/.test(segment))) return 'writes ~ as ~0 and / in a name as ~1';
  if (segments.at(-1) === ANY_DEPTH) return 'must end with the name of a field';
  if (segments.filter((segment) => segment === ANY_DEPTH).length > 1) return 'may hold ** once';
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
