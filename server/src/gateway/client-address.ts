import { isIP } from 'node:net';
import { addressRanges, plainAddress } from '#base';
import type { RawHeaders, RequestHead } from './exchange.ts';

/** Who the caller is on the network, as far as it can be believed. */
export interface ClientAddress {
  /** Plain address: IPv4-mapped IPv6 is written as IPv4. `unknown` where a proxy that is believed tells none. */
  readonly address: string;
  readonly encrypted: boolean;
}

export type ClientAddressReader = (head: Pick<RequestHead, 'headers' | 'remoteAddress' | 'encrypted'>) => ClientAddress;

/** Entries of X-Forwarded-For that are read from the right; more than that many proxies are not in one chain. */
const HOPS_MAX = 16;

/**
 * X-Forwarded-For and -Proto are believed only from trusted proxies: from the right, the first address that is not one
 * of them is the caller's (what stands further left, anyone may have written).
 * @param trustedProxies addresses and CIDR ranges.
 */
export function clientAddressReader(trustedProxies: readonly string[]): ClientAddressReader {
  const isTrusted = addressRanges(trustedProxies);
  if (trustedProxies.length === 0) {
    return (head) => ({ address: plainAddress(head.remoteAddress), encrypted: head.encrypted });
  }
  return (head) => {
    const peer = plainAddress(head.remoteAddress);
    if (!isTrusted(peer)) return { address: peer, encrypted: head.encrypted };
    const proto = joined(head.headers, 'x-forwarded-proto').at(-1);
    return {
      address: behindProxies(peer, joined(head.headers, 'x-forwarded-for'), isTrusted),
      encrypted: proto === undefined ? head.encrypted : proto.toLowerCase() === 'https',
    };
  };
}

function behindProxies(peer: string, chain: readonly string[], isTrusted: (address: string) => boolean): string {
  let address = peer;
  for (const entry of chain.slice(-HOPS_MAX).reverse()) {
    const next = plainAddress(withoutPort(entry));
    // A trusted proxy wrote something that is no address. Its own must not stand in: that may open what is for its network.
    if (isIP(next) === 0) return UNKNOWN;
    address = next;
    if (!isTrusted(next)) return address;
  }
  return address;
}

/** RFC 7239 §6.3. It is in no range, so that whoever may call from some addresses only may not call from it. */
const UNKNOWN = 'unknown';

/** `192.0.2.7:51234` and `[2001:db8::1]:51234`: some proxies tell the port as well. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(entry)?.[1] ?? entry;
  const colon = entry.indexOf(':');
  return colon !== -1 && entry.includes('.') && /^\d{1,5}$/.test(entry.slice(colon + 1))
    ? entry.slice(0, colon)
    : entry;
}

/** All members of a list header, over all its lines, in order. */
function joined(headers: RawHeaders, name: string): string[] {
  const members: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== name) continue;
    for (const member of (headers[index + 1] ?? '').split(',')) {
      const trimmed = member.trim();
      if (trimmed !== '') members.push(trimmed);
    }
  }
  return members;
}

/** Appends Forwarded (RFC 7239) and its older cousins. They tell of the caller alone, never of what the caller claimed. */
export function appendForwarded(headers: string[], client: ClientAddress, host: string): void {
  const proto = client.encrypted ? 'https' : 'http';
  // RFC 7239 §6: an IPv6 address is bracketed and quoted.
  const node = client.address.includes(':') ? `"[${client.address}]"` : client.address;
  const knownHost = PLAIN_HOST.test(host);
  headers.push('forwarded', `for=${node};proto=${proto}${knownHost ? `;host="${host}"` : ''}`);
  headers.push('x-forwarded-for', client.address, 'x-forwarded-proto', proto);
  if (knownHost) headers.push('x-forwarded-host', host);
}

const PLAIN_HOST = /^(?:[a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;
