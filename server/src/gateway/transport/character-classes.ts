/** Which bytes may stand where, as one look-up per byte: 1 when allowed. */

function classOf(allowed: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (allowed(code) ? 1 : 0));
}

const isAlphanumeric = (code: number) => /[0-9A-Za-z]/.test(String.fromCharCode(code));

/** tchar (RFC 9110 §5.6.2): methods and field names. */
export const TOKEN_BYTES = classOf(
  (code) => isAlphanumeric(code) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code)),
);

/** field-vchar, SP and HTAB (RFC 9110 §5.5). Every other control byte, DEL among them, is refused, not replaced. */
export const FIELD_VALUE_BYTES = classOf((code) => code === 0x09 || (code >= 0x20 && code !== 0x7f));

/**
 * Request target. Wider than RFC 3986 by what browsers send unescaped (`[ ] ^ { | }` and the backtick), narrower than
 * most servers: bytes above ASCII, `"`, `#`, `<`, `>` and the backslash, which some upstreams read as a slash, are refused.
 */
export const TARGET_BYTES = classOf(
  (code) => code > 0x20 && code < 0x7f && !'"#<>\\'.includes(String.fromCharCode(code)),
);

/** Value of a hexadecimal digit, 255 for any other byte. */
export const HEX_VALUES = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

export const CR = 0x0d;
export const LF = 0x0a;
export const SP = 0x20;
export const HTAB = 0x09;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

const UNSAFE_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * May this string be written into a head as it stands? Refuses what would end the line, and characters beyond Latin-1,
 * whose high byte is cut when written: U+010A would become a line feed.
 */
export function isSafeFieldValue(value: string): boolean {
  const { length } = value;
  if (length >= LONG_MIN && length <= LONG_MAX) return isSafeLongValue(value);
  // The same values are written again and again: the last one of its length is compared with before it is read through.
  if (length < LONG_MIN && lastSafe[length] === value) return true;
  if (UNSAFE_IN_VALUE.test(value)) return false;
  if (length < LONG_MIN) lastSafe[length] = value;
  return true;
}

function isSafeLongValue(value: string): boolean {
  if (knownSafe.has(value)) return true;
  if (UNSAFE_IN_VALUE.test(value)) return false;
  if (knownSafe.size >= KNOWN_MAX) knownSafe.clear();
  knownSafe.add(value);
  return true;
}

const LONG_MIN = 200;
const LONG_MAX = 2048;
const lastSafe: string[] = new Array(LONG_MIN).fill('');
/**
 * Long values are identity tokens above all, the same few hundred, and reading them through took a twentieth of an
 * exchange's time. At most 1 MB is kept.
 */
const knownSafe = new Set<string>();
const KNOWN_MAX = 512;
