import { BlockList, isIP } from 'node:net';

/** Is this an address, or a range of them in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3)? */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
}

/** Tells whether an address lies in one of these ranges. What is no address lies in none. */
export function addressRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether all addresses of a range lie in one of these. */
export function isWithinRanges(range: string, ranges: readonly string[]): boolean {
  const [address = ''] = range.split('/');
  return ranges.some((wide) => prefixOf(range) >= prefixOf(wide) && addressRanges([wide])(address));
}

function prefixOf(range: string): number {
  const [address = '', prefix] = range.split('/');
  return Number(prefix ?? (isIP(address) === 6 ? 128 : 32));
}

/** An IPv4 address that a socket for both families shows as IPv6 (RFC 4291 §2.5.5.2) is written as what it is. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
