/**
 * The one reading of a request path. Matching, policies and the upstream all use what stands here, so that no two layers
 * can disagree about which resource a request means. The rules, with their reasons, are in docs/guides/gateway-paths.md.
 *
 * In one sentence: each segment is percent-decoded once, checked, and encoded again in the only way this file knows, so
 * that one resource has exactly one spelling (RFC 3986 §6.2.2); what could mean two things to two servers is refused.
 */

export interface CanonicalTarget {
  readonly ok: true;
  /** Begins with `/`; no empty or dot segment; no trailing slash but for the root itself. */
  readonly path: string;
  /** Did the path end in a slash? Matching and policies ignore it; the upstream receives it. */
  readonly trailingSlash: boolean;
  /** With its `?`, byte for byte as sent; empty when there was none. */
  readonly query: string;
}

export interface RefusedTarget {
  readonly ok: false;
  readonly reason: PathRefusal;
}

export type PathRefusal = keyof typeof PATH_REFUSALS;

/** Why a path is refused, in words for the caller. Each is answered 400, but for `too_long`: 414. */
export const PATH_REFUSALS = {
  not_a_path: 'The request target must be a path that begins with a slash.',
  too_long: 'The request target is longer than 8192 characters.',
  raw_byte: 'The request target holds a space, a control character or a byte outside ASCII. Percent-encode it.',
  fragment: 'The request target holds a fragment (#). Fragments are for the client only.',
  invalid_percent: 'The path holds a percent sign that is not followed by two hexadecimal digits.',
  invalid_utf8: 'The path is not valid UTF-8 after percent-decoding.',
  control_character: 'The path holds an encoded control character.',
  encoded_slash: 'The path holds an encoded slash (%2F). Put such a value into the query or the body.',
  backslash: 'The path holds a backslash, plain or encoded. Use a slash between segments.',
  encoded_dot_segment: 'The path holds a dot segment written with percent-encoding.',
  above_root: 'The path climbs above its root.',
  double_encoding: 'The path is percent-encoded twice.',
  path_parameter: 'The path holds a semicolon. Encode it as %3B if it is part of a name.',
} as const;

/** What common servers accept in a request line; the transport's own limit is the same. */
export const TARGET_LENGTH_MAX = 8192;

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;

/**
 * Characters that stand for themselves in a canonical segment: unreserved (RFC 3986 §2.3) and pchar (§3.3) without `;`
 * (refused) and `+` (written %2B: some servers read a plain one as a space, and then see another name than we did).
 */
const PLAIN = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,:=@") {
  PLAIN[character.charCodeAt(0)] = 1;
}

export function canonicalTarget(target: string): CanonicalTarget | RefusedTarget {
  const length = target.length;
  if (length > TARGET_LENGTH_MAX) return refuse('too_long');
  if (target.charCodeAt(0) !== SLASH) return refuse('not_a_path');
  let previous = SLASH;
  let index = 1;
  for (; index < length; index += 1) {
    const code = target.charCodeAt(index);
    if (code === QUESTION) break;
    if (code === SLASH || code === DOT) {
      // An empty segment, or one that begins with a dot: rare, and worth the careful look.
      if (previous === SLASH) return slowTarget(target);
    } else if (code > 127 || PLAIN[code] === 0) {
      return slowTarget(target);
    }
    previous = code;
  }
  const query = index === length ? '' : target.slice(index);
  if (query !== '' && !isCleanQuery(query)) return slowTarget(target);
  const trailingSlash = index > 1 && previous === SLASH;
  return { ok: true, path: target.slice(0, trailingSlash ? index - 1 : index), trailingSlash, query };
}

function slowTarget(target: string): CanonicalTarget | RefusedTarget {
  if (UNPRINTABLE.test(target)) return refuse('raw_byte');
  if (target.includes('#')) return refuse('fragment');
  const queryAt = target.indexOf('?');
  const rawPath = queryAt === -1 ? target : target.slice(0, queryAt);
  const segments: string[] = [];
  const raw = rawPath.split('/');
  for (const segment of raw) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      if (segments.pop() === undefined) return refuse('above_root');
      continue;
    }
    const canonical = canonicalSegment(segment);
    if (typeof canonical === 'object') return canonical;
    segments.push(canonical);
  }
  const last = raw.at(-1);
  // RFC 3986 §5.2.4: `/a/b/..` names `/a/`, with its slash.
  const trailingSlash = segments.length > 0 && (last === '' || last === '.' || last === '..');
  return {
    ok: true,
    path: `/${segments.join('/')}`,
    trailingSlash,
    query: queryAt === -1 ? '' : target.slice(queryAt),
  };
}

/** One segment decoded once, checked, and encoded in the canonical way. */
function canonicalSegment(raw: string): string | RefusedTarget {
  if (raw.includes('\\')) return refuse('backslash');
  if (raw.includes(';')) return refuse('path_parameter');
  if (BROKEN_PERCENT.test(raw)) return refuse('invalid_percent');
  let decoded: string;
  try {
    // Refuses what is not UTF-8: overlong forms, surrogates, beyond U+10FFFF (RFC 3629 §3).
    decoded = decodeURIComponent(raw);
  } catch {
    return refuse('invalid_utf8');
  }
  if (decoded.includes('/')) return refuse('encoded_slash');
  if (decoded.includes('\\')) return refuse('backslash');
  if (CONTROL.test(decoded)) return refuse('control_character');
  if (decoded === '.' || decoded === '..') return refuse('encoded_dot_segment');
  // `%252e` means the text `%2e`, which an upstream that decodes twice would take for a dot.
  if (PERCENT_ENCODED.test(decoded)) return refuse('double_encoding');
  return encodeSegment(decoded);
}

/** The canonical spelling of one segment's text. Also used to write values into upstream paths. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(NEEDLESSLY_ENCODED, decodeURIComponent);
}

/** The text of one canonical segment. */
export function decodeSegment(segment: string): string {
  return segment.includes('%') ? decodeURIComponent(segment) : segment;
}

function isCleanQuery(query: string): boolean {
  return CLEAN_QUERY.test(query);
}

function refuse(reason: PathRefusal): RefusedTarget {
  return { ok: false, reason };
}

const CLEAN_QUERY = /^[\x21\x22\x24-\x7e]*$/;
const UNPRINTABLE = /[^\x21-\x7e]/;
const BROKEN_PERCENT = /%(?![0-9A-Fa-f]{2})/;
const PERCENT_ENCODED = /%[0-9A-Fa-f]{2}/;
const CONTROL = /\p{Cc}/u;
/** What encodeURIComponent encodes although a segment may hold it plain: `$ & , : = @`. */
const NEEDLESSLY_ENCODED = /%(?:24|26|2C|3A|3D|40)/g;
