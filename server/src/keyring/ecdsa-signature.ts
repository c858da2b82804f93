/**
 * ES256 signatures in the two forms they have: OpenSSL makes and takes DER (RFC 3279 §2.2.3), JWS wants R and S side by
 * side (RFC 7518 §3.4). Node turns one into the other when told `ieee-p1363`, but takes the key apart for it each time:
 * that costs 15 µs, on top of the 23 µs that the signature itself takes. Here it is moving some bytes.
 */

/** Bytes of R, and of S, on P-256. */
const INTEGER_BYTES = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** R ‖ S of what OpenSSL has just signed. */
export function toJoseSignature(der: Buffer): Buffer {
  const jose = Buffer.alloc(2 * INTEGER_BYTES);
  // P-256 needs at most 72 bytes, so every length stands in one byte.
  const rEnd = 4 + (der[3] ?? 0);
  const sEnd = rEnd + 2 + (der[rEnd + 1] ?? 0);
  if (der[0] !== SEQUENCE || der[2] !== INTEGER || der[rEnd] !== INTEGER || sEnd !== der.length) {
    throw new TypeError('not an ECDSA signature on P-256');
  }
  placeInteger(der, 4, rEnd, jose, INTEGER_BYTES);
  placeInteger(der, rEnd + 2, sEnd, jose, 2 * INTEGER_BYTES);
  return jose;
}

/** Right-aligned before `end`; the zero that keeps DER's integers positive is left out. */
function placeInteger(der: Buffer, start: number, stop: number, jose: Buffer, end: number): void {
  const from = Math.max(start, stop - INTEGER_BYTES);
  der.copy(jose, end - (stop - from), from, stop);
}

/** The DER of a signature from outside; undefined when it has not the length that P-256 gives it. */
export function toDerSignature(jose: Uint8Array): Buffer | undefined {
  if (jose.byteLength !== 2 * INTEGER_BYTES) return undefined;
  const r = integerStart(jose, 0);
  const s = integerStart(jose, INTEGER_BYTES);
  const rLength = INTEGER_BYTES - r.skip + r.pad;
  const sLength = INTEGER_BYTES - s.skip + s.pad;
  const der = Buffer.alloc(6 + rLength + sLength);
  der[0] = SEQUENCE;
  der[1] = 4 + rLength + sLength;
  der[2] = INTEGER;
  der[3] = rLength;
  der.set(jose.subarray(r.skip, INTEGER_BYTES), 4 + r.pad);
  der[4 + rLength] = INTEGER;
  der[5 + rLength] = sLength;
  der.set(jose.subarray(INTEGER_BYTES + s.skip), 6 + rLength + s.pad);
  return der;
}

/** DER writes integers as short as can be, with a zero in front where the first bit would make them negative. */
function integerStart(jose: Uint8Array, from: number): { skip: number; pad: number } {
  let skip = 0;
  while (skip < INTEGER_BYTES - 1 && jose[from + skip] === 0) skip += 1;
  return { skip, pad: ((jose[from + skip] ?? 0) & 0x80) === 0 ? 0 : 1 };
}
