/** Frames of HTTP/2 by hand, for what no library of a client sends. */

/** RFC 9113 §4.1. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 §6.2.2: names and values as they are. */
export function fields(all: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat(Object.entries(all).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

export const number = (value: number) => Buffer.from(Uint32Array.of(value).buffer).reverse();
const POST = { ':method': 'POST', ':scheme': 'http', ':path': '/', ':authority': 'a' };
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const SETTINGS = frame(4, 0, 0, Buffer.alloc(0));
export const START = Buffer.concat([PREFACE, SETTINGS]);
/** Of a caller who takes so many bytes of each stream, until he says otherwise (RFC 9113 §6.9.2). */
export const startWithWindow = (bytes: number) =>
  Buffer.concat([PREFACE, frame(4, 0, 0, Buffer.concat([Buffer.from([0, 4]), number(bytes)]))]);
export const headers = (stream: number, more = {}, flags = 0) =>
  frame(1, 4 | flags, stream, fields({ ...POST, ...more }));
export const data = (stream: number, bytes: string, flags = 0) => frame(0, flags, stream, Buffer.from(bytes));
export const reset = (stream: number, code: number) => frame(3, 0, stream, number(code));
export const goAway = (code: number) => frame(7, 0, 0, Buffer.concat([number(0), number(code)]));
export const END = 1;
