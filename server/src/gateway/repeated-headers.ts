import { appendForwarded } from './client-address.ts';
import type { KnownHeaders, RepeatedHeaders } from './known-headers.ts';
import type { RequestExchange } from './request-exchange.ts';
import { passableHeaders } from './upstream-headers.ts';
import { viaOf } from './via.ts';

/** What the upstream is told by every request that is like this one: what passes of the caller's headers, and of the way here. */
export function passedOn({ head, client, hops }: RequestExchange, change = unchanged): string[] {
  const headers = change(passableHeaders(head.headers));
  if (client !== undefined) appendForwarded(headers, client, head.host);
  // RFC 9110 §7.6.3: a gateway says so.
  headers.push('via', viaOf(head.httpVersion, hops));
  return headers;
}

const unchanged = (headers: string[]): string[] => headers;

/**
 * {@link passedOn} and who calls, made once for all requests on a connection whose header lines are the same.
 * @param identity headers that tell it: the same texts for as long as the caller's identity token is handed out again.
 */
export function repeatedHeaders(
  exchange: RequestExchange,
  known: KnownHeaders,
  identity: readonly string[],
): RepeatedHeaders {
  const { head, client } = exchange;
  const { host, httpVersion } = head;
  const before = known.passedOn;
  // Everything that it was made from but the headers themselves; the host may stand in the request line instead.
  if (
    before !== undefined &&
    before.address === client?.address &&
    before.encrypted === client?.encrypted &&
    before.host === host &&
    before.httpVersion === httpVersion &&
    sameTexts(before.identity, identity)
  )
    return before.repeated;
  const repeated = { headers: [...passedOn(exchange), ...identity], written: undefined };
  const from = { address: client?.address, encrypted: client?.encrypted, host, httpVersion, identity };
  known.passedOn = { ...from, repeated };
  return repeated;
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return some.length === others.length;
}
