import type { RawHeaders, Reply } from '../exchange.ts';
import { isRemovedHeader } from '../upstream-headers.ts';

/** The proxy's own business: framing and hops, which it writes anew itself, and what it tells of where a request came from. */
const PROXYS_OWN = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'via',
  'x-forwarded-for',
  'x-forwarded-proto',
]);

type GrantedReply = Pick<Reply, 'granted' | 'keyHeader'>;

/**
 * Of a request that was allowed: the headers that its proxy must take out, which are those that never pass through us. What
 * it puts in their place stays: some proxies take out last.
 */
export function headersToRemove(headers: RawHeaders, { granted = [], keyHeader }: GrantedReply): string[] {
  const found = new Set<string>();
  const put = new Set(granted.filter((_text, index) => index % 2 === 0));
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.startsWith(':') || name.startsWith('x-envoy-') || PROXYS_OWN.has(name)) continue;
    if ((name === keyHeader || isRemovedHeader(name)) && !put.has(name)) found.add(name);
  }
  return [...found];
}
