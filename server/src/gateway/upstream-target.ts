import type { UpstreamTarget } from './exchange.ts';

export function upstreamTarget(text: string, http2 = false): UpstreamTarget {
  const url = new URL(text);
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  return {
    protocol,
    hostname: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port),
    origin: url.origin,
    hostHeader: url.host,
    ...(http2 ? { http2 } : {}),
  };
}
