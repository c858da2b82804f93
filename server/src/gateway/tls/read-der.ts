/** A value in DER (X.690 §8.1): where it lies in the bytes, and where its contents do. */
export interface DerValue {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/**
 * Reads one value. No contents are judged but their length, which must lie within `limit`.
 * @throws RangeError for whatever is not well formed.
 */
export function readDer(bytes: Buffer, from: number, limit = bytes.length): DerValue {
  if (from + 2 > limit) throw malformed();
  const tag = bytes.readUInt8(from);
  const first = bytes.readUInt8(from + 1);
  // Four bytes of length hold more than any file that is read here; 0x80 would be a length that is found out later (BER).
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 4 || from + 2 + lengthBytes > limit) throw malformed();
  const start = from + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(from + 2, lengthBytes);
  if (start + length > limit) throw malformed();
  return { tag, from, start, end: start + length };
}

/** Of a value that is made of others, one after another. @throws RangeError */
export function* derChildren(bytes: Buffer, { start, end }: DerValue): Generator<DerValue, undefined> {
  for (let at = start; at < end; ) {
    const child = readDer(bytes, at, end);
    yield child;
    at = child.end;
  }
}

/** @throws RangeError unless it is there and of this kind. */
export function expectDer(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag !== tag) throw malformed();
  return value;
}

/** Milliseconds. RFC 5280 §4.1.2.5: seconds are written, and the zone is always Z. @throws RangeError */
export function derTime(bytes: Buffer, value: DerValue | undefined): number {
  const text = value === undefined ? '' : bytes.toString('latin1', value.start, value.end);
  const [, year = '', rest = ''] =
    (value?.tag === DER.utcTime ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  if (value?.tag !== DER.utcTime && value?.tag !== DER.generalizedTime) throw malformed();
  // §4.1.2.5.1: two digits are of the years 1950 to 2049.
  const fullYear = year.length === 4 ? year : `${Number(year) < 50 ? '20' : '19'}${year}`;
  const [month, day, hour, minute, second] = rest.match(/\d{2}/g) ?? [];
  const time = Date.parse(`${fullYear}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw malformed();
  return time;
}

/** The bytes of what is in it, one a character: fit to be compared, and for a key of a map. */
export function derContents(bytes: Buffer, { start, end }: DerValue): string {
  return bytes.toString('latin1', start, end);
}

/** The same of the whole value. */
export function derWhole(bytes: Buffer, { from, end }: DerValue): string {
  return bytes.toString('latin1', from, end);
}

function malformed(): RangeError {
  return new RangeError('the DER is malformed');
}
