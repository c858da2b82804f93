import { appendForwarded } from './client-address.ts';
import type { RawHeaders, RepeatedHeaders } from './exchange.ts';
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

interface Known {
  readonly address: string | undefined;
  readonly encrypted: boolean | undefined;
  readonly host: string;
  readonly httpVersion: string;
  readonly identity: readonly string[];
  readonly repeated: RepeatedHeaders;
}

/** By the caller's headers, which are the same object while his lines are the same (`headersKnown`). */
const KNOWN = new WeakMap<RawHeaders, Known>();

/**
 * {@link passedOn} and who calls, made once for all requests on a connection whose header lines are the same.
 * @param identity headers that tell it: the same texts for as long as the caller's identity token is handed out again.
 */
export function repeatedHeaders(exchange: RequestExchange, identity: readonly string[]): RepeatedHeaders {
  const { head, client } = exchange;
  const { host, httpVersion } = head;
  const known = KNOWN.get(head.headers);
  // Everything that it was made from but the headers themselves; the host may stand in the request line instead.
  if (
    known !== undefined &&
    known.address === client?.address &&
    known.encrypted === client?.encrypted &&
    known.host === host &&
    known.httpVersion === httpVersion &&
    sameTexts(known.identity, identity)
  )
    return known.repeated;
  const repeated = { headers: [...passedOn(exchange), ...identity], written: undefined };
  const from = { address: client?.address, encrypted: client?.encrypted, host, httpVersion, identity };
  KNOWN.set(head.headers, { ...from, repeated });
  return repeated;
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return some.length === others.length;
}
