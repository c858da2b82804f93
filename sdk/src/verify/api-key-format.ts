/**
 * The look of Gatehouse's API keys: a prefix, 160 random bits in base 62 and a CRC-32 of all before, so that a typo is refused
 * without a look-up. The server has the same in keyring/credential-formats.ts, on Node's own functions; this package also
 * runs where there are none, and can't import the server.
 */
const API_KEY = /^gh_(?:live|test)_[0-9A-Za-z]{27}([0-9A-Za-z]{6})$/;
const PREFIX = /^gh_(?:live|test)_/;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Does it claim to be an API key? */
export const looksLikeApiKey = (text: string): boolean => PREFIX.test(text);

/** Is it whole? Says nothing about whether it was ever issued. */
export function isWholeApiKey(text: string): boolean {
  const checksum = API_KEY.exec(text)?.[1];
  return checksum !== undefined && base62(crc32(text.slice(0, -checksum.length)), checksum.length) === checksum;
}

function base62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = `${DIGITS[rest % 62]}${text}`;
  return text;
}

/** ISO 3309, bit by bit: forty characters need no table. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
