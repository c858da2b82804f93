import type { RawHeaders, RequestHead } from '../exchange.ts';

/**
 * What a proxy asks about: the request as it received it. Each fact must be told exactly once. A caller who could add a
 * second X-Forwarded-Uri would choose which request is judged, while the proxy serves another.
 */
export type Original = { readonly head: RequestHead } | { readonly malformed: string };

/** RFC 9110 §5.6.2, short enough to be a method. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/;
const HOST = /^(?:[a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

/** nginx as the guide has it, Caddy's and Traefik's forward_auth: the original is in X-Forwarded-*. */
export function forwardedOriginal(check: RequestHead): Original {
  const method = single(check.headers, 'x-forwarded-method');
  const target = single(check.headers, 'x-forwarded-uri');
  const host = single(check.headers, 'x-forwarded-host');
  if (method === undefined) return { malformed: 'X-Forwarded-Method' };
  if (target === undefined) return { malformed: 'X-Forwarded-Uri' };
  if (host === undefined) return { malformed: 'X-Forwarded-Host' };
  return original(check, { method, target, host });
}

/** Envoy's HTTP service with this path_prefix: the check is the original request itself, without its body. */
export const ENVOY_PREFIX = '/envoy';

export function envoyOriginal(check: RequestHead): Original {
  const { method, host } = check;
  return original(check, { method, target: check.target.slice(ENVOY_PREFIX.length), host });
}

function original(check: RequestHead, facts: { method: string; target: string; host: string }): Original {
  const proto = single(check.headers, 'x-forwarded-proto');
  if (proto !== 'http' && proto !== 'https') return { malformed: 'X-Forwarded-Proto' };
  // Without it the proxy's own address would count as the caller's, and open routes that are for the inner network.
  if (valuesOf(check.headers, 'x-forwarded-for').length === 0) return { malformed: 'X-Forwarded-For' };
  return originalHead(check, facts, proto === 'https');
}

/** The facts of one request as a head for the pipeline, or which of them can not be true. */
export function originalHead(
  from: Pick<RequestHead, 'headers' | 'remoteAddress' | 'receivedAt'>,
  { method, target, host }: { method: string; target: string; host: string },
  encrypted: boolean,
): Original {
  if (!METHOD.test(method)) return { malformed: 'the method' };
  if (!target.startsWith('/')) return { malformed: 'the path' };
  const lower = host.toLowerCase();
  if (!HOST.test(lower)) return { malformed: 'the host' };
  const upgrades = valuesOf(from.headers, 'upgrade');
  return {
    head: {
      method,
      target,
      host: lower,
      headers: from.headers,
      // Which protocol carries it is the proxy's affair.
      httpVersion: '2.0',
      remoteAddress: from.remoteAddress,
      encrypted,
      hasBody: false,
      contentLength: undefined,
      asksForWebSocket: upgrades.some((value) => value.toLowerCase().includes('websocket')),
      receivedAt: from.receivedAt,
    },
  };
}

function single(headers: RawHeaders, name: string): string | undefined {
  const values = valuesOf(headers, name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

function valuesOf(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) values.push(headers[index + 1] ?? '');
  }
  return values;
}
