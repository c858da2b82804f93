import ipaddr from 'ipaddr.js';

/**
 * Addresses that no one outside may make the server connect to: the special-purpose registries of RFC 6890 as IANA keeps
 * them, and every range whose addresses carry an IPv4 address inside, since those are a way round the ranges above them.
 */
const REFUSED_RANGES = {
  '0.0.0.0/8': '"this network", RFC 791 §3.2',
  '10.0.0.0/8': 'private, RFC 1918 §3',
  '100.64.0.0/10': 'shared address space behind carrier-grade NAT, RFC 6598 §7',
  '127.0.0.0/8': 'loopback, RFC 1122 §3.2.1.3',
  '169.254.0.0/16': 'link-local, RFC 3927 §2.1; where clouds keep their metadata service',
  '172.16.0.0/12': 'private, RFC 1918 §3',
  '192.0.0.0/24': 'IETF protocol assignments, RFC 6890 §2.1',
  '192.0.2.0/24': 'documentation, RFC 5737 §3',
  '192.31.196.0/24': 'AS112, RFC 7535 §3.4',
  '192.52.193.0/24': 'AMT, RFC 7450 §7',
  '192.88.99.0/24': '6to4 relay anycast, deprecated, RFC 7526 §5',
  '192.168.0.0/16': 'private, RFC 1918 §3',
  '192.175.48.0/24': 'AS112, RFC 7534 §3.2',
  '198.18.0.0/15': 'benchmarking, RFC 2544 §C.2.2',
  '198.51.100.0/24': 'documentation, RFC 5737 §3',
  '203.0.113.0/24': 'documentation, RFC 5737 §3',
  '224.0.0.0/4': 'multicast, RFC 5771 §3',
  '240.0.0.0/4': 'reserved, RFC 1112 §4; with limited broadcast, RFC 8190 §2.2',
  '2001::/23': 'IETF protocol assignments with Teredo, benchmarking and ORCHID, RFC 2928 §2',
  '2001:db8::/32': 'documentation, RFC 3849 §4',
  '2002::/16': '6to4, which holds an IPv4 address, RFC 3056 §2',
  '2620:4f:8000::/48': 'AS112, RFC 7534 §3.2',
  '3fff::/20': 'documentation, RFC 9637 §3',
} as const;

/**
 * The only part of IPv6 that holds public unicast (RFC 4291 §2.4). Everything else is refused with it: unspecified and
 * loopback (§2.5.2, §2.5.3), IPv4-compatible and IPv4-mapped (§2.5.5), NAT64 (RFC 6052 §2.1, RFC 8215 §5), discard-only
 * (RFC 6666 §4), segment routing (RFC 9602 §4), unique local (RFC 4193 §3.1), link-local and site-local (RFC 4291
 * §2.5.6, RFC 3879 §4), multicast (RFC 4291 §2.7).
 */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const REFUSED = Object.keys(REFUSED_RANGES).map((range) => ipaddr.parseCIDR(range));

/** Addresses that the operator allows in spite of all that, in CIDR form. @throws RangeError for what is no range. */
export function readRanges(ranges: readonly string[]): Range[] {
  return ranges.map((range) => {
    if (!ipaddr.isValidCIDR(range)) throw new RangeError(`${range} is not an address range such as 10.0.0.0/8`);
    return ipaddr.parseCIDR(range);
  });
}

/** May this address be connected to? What is no plain address (`127.1`, `0x7f.1`, a zone) may not. */
export function isAllowedAddress(text: string, allowed: readonly Range[] = []): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  if (isInside(address, allowed)) return true;
  if (isInside(address, REFUSED)) return false;
  return address.kind() === 'ipv4' || isInside(address, [PUBLIC_IPV6]);
}

/** Is it one of those that the operator named? */
export function isInRanges(text: string, ranges: readonly Range[]): boolean {
  const address = parseAddress(text);
  return address !== undefined && isInside(address, ranges);
}

/** The form that `URL` leaves a host in when it is an address; undefined when it is a name. */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  if (bare.includes(':') && !bare.includes('%') && ipaddr.IPv6.isValid(bare)) return ipaddr.IPv6.parse(bare);
  return undefined;
}

function isInside(address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly Range[]): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}
