import ipaddr from 'ipaddr.js';

/**
 * The part of an address that one subscriber holds: a whole IPv4 address, or the /64 of an IPv6 one (RFC 6177 §2: a site
 * gets at least that much, so a single machine can send from any address inside).
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv4 ? parsed.toString() : prefixOf(parsed, 64);
}

/** The most that a site is given without asking: the /48 of an IPv6 address (RFC 6177 §2). IPv4 has nothing like it. */
export function siteOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv4 ? undefined : prefixOf(parsed, 48);
}

/** What a provider hands out together: the /24 of an IPv4 address, the /64 of an IPv6 one. */
export function subnetOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv4)) return prefixOf(parsed, 64);
  return `${parsed.octets.slice(0, 3).join('.')}.0/24`;
}

function prefixOf({ parts }: ipaddr.IPv6, bits: 48 | 64): string {
  const kept = parts.slice(0, bits / 16).map((part) => part.toString(16));
  return `${kept.join(':')}::/${bits}`;
}
