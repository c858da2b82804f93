import { isIP } from 'node:net';

/**
 * The PROXY protocol, versions 1 and 2: one header before the first byte of a connection, in which a proxy that passes
 * bytes says whom they come from. Strict, because whoever can make two programs read it differently chooses his address.
 * Version 2 of the document, https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, §2.
 */
export type ProxyHeader =
  | { readonly state: 'incomplete' }
  | { readonly state: 'refused'; readonly reason: string }
  | {
      readonly state: 'complete';
      /** Bytes of the header; what follows is the connection. */
      readonly length: number;
      /** Undefined: the proxy speaks for itself, for example to see whether we are alive. */
      readonly source: string | undefined;
    };

const INCOMPLETE: ProxyHeader = { state: 'incomplete' };
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_START = Buffer.from('PROXY ', 'latin1');
/** §2.1: "the longest possible line": 107 bytes with its CRLF. */
const V1_BYTES_MAX = 107;
const V2_HEAD_BYTES = 16;
/** Addresses and extensions. A client certificate may be among the latter, nothing that is larger. */
const V2_BODY_BYTES_MAX = 4096;
const V2_LOCAL = 0x20;
const V2_PROXY = 0x21;
/** Family and transport, and the bytes that the two addresses and ports take. */
const V2_FAMILIES: Readonly<Record<number, { address: 4 | 16; block: number }>> = {
  17: { address: 4, block: 12 },
  33: { address: 16, block: 36 },
};
const TLV_CRC32C = 0x03;

export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  const isV2 = startsAlike(bytes, SIGNATURE);
  const isV1 = startsAlike(bytes, V1_START);
  if (isV2 && bytes.length >= SIGNATURE.length) return parseVersion2(bytes);
  if (isV1 && bytes.length >= V1_START.length) return parseVersion1(bytes);
  return isV1 || isV2 ? INCOMPLETE : refused('it does not begin with a PROXY header');
}

/** Is what there is of `bytes` the beginning that it should have? */
function startsAlike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function parseVersion1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_BYTES_MAX).indexOf('\r\n', 0, 'latin1');
  if (end === -1) return bytes.length < V1_BYTES_MAX ? INCOMPLETE : refused('the line is longer than 107 bytes');
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  // §2.1: what follows UNKNOWN says nothing, and is skipped.
  if (/^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/.test(line)) return { state: 'complete', length, source: undefined };
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = '', ...more] = line.split(' ');
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  if (version === 0) return refused('the protocol is neither TCP4, TCP6 nor UNKNOWN');
  if (more.length > 0) return refused('the line holds more than it may');
  if (isIP(source) !== version || isIP(destination) !== version || `${source}${destination}`.includes('%')) {
    return refused('an address is not of the family that is named');
  }
  if (!isPort(sourcePort) || !isPort(destinationPort)) return refused('a port is not a number below 65536');
  return { state: 'complete', length, source };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function parseVersion2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_HEAD_BYTES) return INCOMPLETE;
  const command = bytes[12] ?? 0;
  if (command !== V2_LOCAL && command !== V2_PROXY) return refused('version or command is not known');
  const bodyBytes = bytes.readUInt16BE(14);
  if (bodyBytes > V2_BODY_BYTES_MAX) return refused(`it is longer than ${V2_BODY_BYTES_MAX} bytes`);
  const length = V2_HEAD_BYTES + bodyBytes;
  if (bytes.length < length) return INCOMPLETE;
  const local: ProxyHeader = { state: 'complete', length, source: undefined };
  // §2.2: with LOCAL the receiver ignores everything but the length.
  if (command === V2_LOCAL) return local;
  const family = bytes[13] ?? 0;
  // AF_UNSPEC: the proxy could not tell, as with UNKNOWN.
  if (family === 0) return local;
  const shape = V2_FAMILIES[family];
  if (shape === undefined) return refused('it speaks of something other than TCP over IPv4 or IPv6');
  if (bodyBytes < shape.block) return refused('it is too short for its addresses');
  const problem = checkExtensions(bytes, V2_HEAD_BYTES + shape.block, length);
  if (problem !== undefined) return refused(problem);
  const address = bytes.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + shape.address);
  return { state: 'complete', length, source: shape.address === 4 ? [...address].join('.') : textOfIPv6(address) };
}

/** §2.2.1: type, length and value must fill the header exactly; a checksum that is there must be right (§2.2.3). */
function checkExtensions(bytes: Buffer, start: number, end: number): string | undefined {
  let at = start;
  while (at < end) {
    if (at + 3 > end) return 'an extension is cut off';
    const next = at + 3 + bytes.readUInt16BE(at + 1);
    if (next > end) return 'an extension is longer than the header';
    if (bytes[at] === TLV_CRC32C) {
      if (next - at !== 7) return 'the checksum has not four bytes';
      const zeroed = Buffer.from(bytes.subarray(0, end)).fill(0, at + 3, next);
      if (crc32c(zeroed) !== bytes.readUInt32BE(at + 3)) return 'the checksum is wrong';
    }
    at = next;
  }
  return undefined;
}

/** RFC 9260, appendix A, bit by bit: once for a connection, over some hundred bytes. */
function crc32c(bytes: Buffer): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}

/** As the socket would show it: `::ffff:` addresses and zeros shortened, by the URL parser's rules (RFC 5952). */
function textOfIPv6(address: Buffer): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(address.readUInt16BE(at).toString(16));
  const mapped = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  if (mapped) return [...address.subarray(12)].join('.');
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

function refused(reason: string): ProxyHeader {
  return { state: 'refused', reason };
}
