/** RFC 9110 §9.3 and RFC 5789, but for CONNECT. */
const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const BY_LENGTH = Array.from({ length: 8 }, (_, length) => METHODS.filter((name) => name.length === length));

/**
 * The method at `bytes[start, end)`; methods are case-sensitive (RFC 9110 §9.1). For the usual ones it is the same text each
 * time: one that was just made from bytes would have to be hashed wherever something is looked up by it.
 */
export function methodName(bytes: Buffer, start: number, end: number): string {
  for (const name of BY_LENGTH[end - start] ?? []) if (spells(bytes, start, name)) return name;
  return bytes.toString('latin1', start, end);
}

function spells(bytes: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}
