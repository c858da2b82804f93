import type { RequestExchange } from './request-exchange.ts';
import { SUBJECTS } from './subjects.ts';
import type { HashSpec } from './upstreams/hash-spec.ts';
import { hashOfText } from './upstreams/rendezvous.ts';

/** By what the request belongs to one target of its upstream; nothing when it has no such value, and any target will do. */
export function hashOfRequest(exchange: RequestExchange, hash: HashSpec): number | undefined {
  const value = whoseOf(exchange, hash);
  return value === undefined || value === '' ? undefined : hashOfText(value);
}

function whoseOf(exchange: RequestExchange, { by, name = '' }: HashSpec): string | undefined {
  const { head, route, values, principal, client } = exchange;
  if (by === 'header') return firstOf(head.headers, name);
  if (by === 'path_parameter') return values[route?.pattern.names.indexOf(name) ?? -1];
  if (principal === undefined) return undefined;
  if (by === 'ip') return client?.address === 'unknown' ? undefined : SUBJECTS.ip(principal, exchange);
  // Nobody in particular: all of them would be at one target.
  return principal.type === 'anonymous' ? undefined : SUBJECTS[by](principal, exchange);
}

function firstOf(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return headers[index + 1];
  return undefined;
}
