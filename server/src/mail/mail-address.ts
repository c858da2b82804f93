import { mailErrors } from './errors.ts';

/**
 * One address and nothing that could become a second one, a name, or another header (RFC 5322 §3.4): no white space,
 * control, quote, comment, list or angle bracket. The same shape that the directory accepts for an account.
 */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}.]+(\.[^\s@<>()[\]\\,;:"\p{Cc}.]+)*$/u;
/** RFC 5321 §4.5.3.1.3: a path is at most 256 octets with its angle brackets. */
const ADDRESS_BYTES_MAX = 254;

export function isMailAddress(text: string): boolean {
  return Buffer.byteLength(text) <= ADDRESS_BYTES_MAX && ADDRESS.test(text);
}

/** @throws `mail_address_refused` */
export function demandMailAddress(text: string): string {
  if (!isMailAddress(text)) throw mailErrors.mail_address_refused();
  return text;
}

const NAME_LENGTH_MAX = 64;

/**
 * A name that someone chose, in a mail to somebody else: mail programs make links of what looks like one, so that a name
 * such as `Win at https://evil.example` would send our readers there. What makes an address one is taken apart.
 */
export function plainName(name: string): string {
  return name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/[/\\:@<>]+/g, ' ')
    .replaceAll(/\.(?=\S)/g, '. ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, NAME_LENGTH_MAX)
    .toWellFormed();
}
