import ipaddr from 'ipaddr.js';

/**
 * The part of an address that one subscriber holds: a whole IPv4 address, or the /64 of an IPv6 one (RFC 6177 §2: a site
 * gets at least that much, so a single machine can send from any address inside).
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
