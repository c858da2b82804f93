import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { clientAddressReader } from '#gateway';

/** The caller's address by the gateway's own rules: X-Forwarded-For counts only where a trusted proxy wrote it. */
export function addressReader(
  trustedProxies: readonly string[],
): (headers: IncomingHttpHeaders, socket: Socket) => string {
  const read = clientAddressReader(trustedProxies);
  return (headers, socket) => {
    const forwarded = headers['x-forwarded-for'];
    const chain = Array.isArray(forwarded) ? forwarded.join(', ') : forwarded;
    return read({
      headers: chain === undefined ? [] : ['x-forwarded-for', chain],
      remoteAddress: socket.remoteAddress ?? '',
      encrypted: false,
    }).address;
  };
}
