/** RFC 5321 §4.5.3.1.3: a path is at most 256 octets with its angle brackets. */
export const EMAIL_LENGTH_MAX = 254;

/**
 * One `@`, something before it, a dotted or single-label name after it, no white space, controls, or angle brackets.
 * Whether an address exists only a message to it can tell, so nothing finer is asked.
 */
const EMAIL = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}.]+(\.[^\s@<>()[\]\\,;:"\p{Cc}.]+)*$/u;

export function isEmail(email: string): boolean {
  return Buffer.byteLength(email) <= EMAIL_LENGTH_MAX && EMAIL.test(email);
}

/**
 * What makes two addresses the same account: Unicode NFC and lower case, and nothing else. No dots or `+tags` removed,
 * no look-alike letters folded (NFKC would make `ﬀ` and `ff` one): each of those has let one person into another's account.
 */
export function emailKey(email: string): string {
  // Lower-casing can leave a decomposed sequence behind (U+0130), so NFC comes last too.
  return email.normalize('NFC').toLowerCase().normalize('NFC');
}
