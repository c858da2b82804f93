import { FIXED_LIMITS } from './transport-limits.ts';

/**
 * Content-Length (RFC 9110 §8.6): digits only. A list such as `5, 5` is refused though RFC 9112 §6.3 would let it be
 * collapsed, because what the next parser makes of it can't be known.
 * @returns `undefined` when `bytes[start, end)` is no valid length.
 */
export function parseContentLength(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (start === end || end - start > FIXED_LIMITS.contentLengthDigitsMax) return undefined;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    length = length * 10 + digit;
  }
  return length;
}

/**
 * Transfer-Encoding, all its values joined by commas. Only exactly `chunked` can be read; `unknown` is a proper list
 * that ends in chunked but names codings we don't have (RFC 9112 §6.1: 501).
 */
export function readTransferEncoding(value: string): 'chunked' | 'unknown' | 'invalid' {
  const codings = value.toLowerCase().split(',').map(trimSpace);
  if (codings.length === 1 && codings[0] === 'chunked') return 'chunked';
  if (codings.pop() !== 'chunked' || codings.includes('chunked')) return 'invalid';
  return codings.every((coding) => coding !== '') ? 'unknown' : 'invalid';
}

/** Is `option` among the comma-separated options of a Connection header? (RFC 9110 §7.6.1) */
export function hasConnectionOption(value: string, option: string): boolean {
  if (value.length < option.length) return false;
  const text = value.toLowerCase();
  if (text === option) return true;
  return text.includes(option) && text.split(',').some((item) => trimSpace(item) === option);
}

/** Only SP and HTAB: `trim` would also take U+00A0, which is a byte of the value in Latin-1. */
function trimSpace(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
