import { EvaluationFailure } from './evaluation-failure.ts';

/** An IPv4 or IPv6 address or range. `first` and `last` are the bounds of the range; `number` for IPv4, `bigint` for IPv6. */
export class IpAddress {
  readonly version: 4 | 6;
  readonly address: number | bigint;
  readonly prefix: number;
  readonly first: number | bigint;
  readonly last: number | bigint;

  constructor(version: 4 | 6, address: number | bigint, prefix: number) {
    this.version = version;
    this.address = address;
    this.prefix = prefix;
    if (typeof address === 'number') {
      // 2^(32 - prefix) as a float: JavaScript's shifts take their count modulo 32.
      const size = 2 ** (32 - prefix);
      this.first = address - (address % size);
      this.last = this.first + size - 1;
    } else {
      const size = 1n << BigInt(128 - prefix);
      this.first = address - (address % size);
      this.last = this.first + size - 1n;
    }
  }
}

/** `ip("10.0.0.0/8")`. An IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) is refused, as the language has it. */
export function parseIpAddress(text: string): IpAddress {
  const slash = text.indexOf('/');
  const host = slash === -1 ? text : text.slice(0, slash);
  const version = host.includes(':') ? 6 : 4;
  const address = text.length > TEXT_LENGTH_MAX ? undefined : version === 4 ? parseIpv4(host) : parseIpv6(host);
  const prefixMax = version === 4 ? 32 : 128;
  const prefix = slash === -1 ? prefixMax : parsePrefix(text.slice(slash + 1));
  if (address === undefined || prefix === undefined || prefix > prefixMax) {
    throw new EvaluationFailure(`\`${text.slice(0, TEXT_LENGTH_MAX)}\` is not an IP address or range`);
  }
  return new IpAddress(version, address, prefix);
}

/** The longest form: eight groups of four digits and a prefix of three. */
const TEXT_LENGTH_MAX = 43;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;

function parsePrefix(text: string): number | undefined {
  return PREFIX.test(text) ? Number(text) : undefined;
}

/** No leading zeros: some readers take them for octal, and two readings of one address are a hole. */
function parseIpv4(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let address = 0;
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return undefined;
    address = address * 256 + Number(octet);
  }
  return address;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let address = 0n;
  for (const group of [...head, ...Array.from({ length: missing }, () => '0'), ...tail]) {
    if (!GROUP.test(group)) return undefined;
    address = (address << 16n) | BigInt(Number.parseInt(group, 16));
  }
  return address;
}

export function isInRange(address: IpAddress, range: IpAddress): boolean {
  return address.version === range.version && range.first <= address.first && address.last <= range.last;
}

/** 127.0.0.0/8 (RFC 1122 §3.2.1.3) or ::1 (RFC 4291 §2.5.3); a range when all of it is. */
export function isLoopback(address: IpAddress): boolean {
  return isInRange(address, address.version === 4 ? LOOPBACK_4 : LOOPBACK_6);
}

/** 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291 §2.7); a range when all of it is. */
export function isMulticast(address: IpAddress): boolean {
  return isInRange(address, address.version === 4 ? MULTICAST_4 : MULTICAST_6);
}

const LOOPBACK_4 = new IpAddress(4, 127 * 2 ** 24, 8);
const LOOPBACK_6 = new IpAddress(6, 1n, 128);
const MULTICAST_4 = new IpAddress(4, 224 * 2 ** 24, 4);
const MULTICAST_6 = new IpAddress(6, 0xffn << 120n, 8);
