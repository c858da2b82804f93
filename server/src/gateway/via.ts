import type { RawHeaders } from './exchange.ts';

/** Gatehouses that one request may pass; more of them are a circle, or will soon be taken for one. */
export const HOPS_MAX = 5;

const OURS = /^\s*(?:[A-Za-z0-9-]+\/)?[0-9.]+[ \t]+gatehouse(?:[ \t]|$)/i;

/** How often our pseudonym stands in Via (RFC 9110 §7.6.3). */
export function hopsThroughUs(headers: RawHeaders): number {
  let at = headers.indexOf('via');
  if (at === -1) return 0;
  let hops = 0;
  for (; at !== -1; at = headers.indexOf('via', at + 1)) {
    // A value may be the word as well.
    if (at % 2 === 1) continue;
    for (const member of (headers[at + 1] ?? '').split(',')) if (OURS.test(member)) hops += 1;
  }
  return hops;
}

/** Only our own entries go on: what others wrote into Via tells of the way to us, which is nobody's business behind us. */
export function viaOf(httpVersion: '1.0' | '1.1' | '2.0', hops: number): string {
  const own = `${httpVersion} gatehouse`;
  return hops === 0 ? own : `${'1.1 gatehouse, '.repeat(hops)}${own}`;
}
