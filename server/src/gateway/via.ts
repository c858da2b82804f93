import type { RawHeaders } from './exchange.ts';

/** Gatehouses that one request may pass; more of them are a circle, or will soon be taken for one. */
export const HOPS_MAX = 5;

const OURS = /^\s*(?:[A-Za-z0-9-]+\/)?[0-9.]+[ \t]+gatehouse(?:[ \t]|$)/i;

/** How often our pseudonym stands in Via (RFC 9110 §7.6.3). */
export function hopsThroughUs(headers: RawHeaders): number {
  let hops = 0;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'via') continue;
    for (const member of (headers[index + 1] ?? '').split(',')) if (OURS.test(member)) hops += 1;
  }
  return hops;
}

/** Only our own entries go on: what others wrote into Via tells of the way to us, which is nobody's business behind us. */
export function viaOf(httpVersion: '1.0' | '1.1' | '2.0', hops: number): string {
  const own = `${httpVersion} gatehouse`;
  return hops === 0 ? own : `${'1.1 gatehouse, '.repeat(hops)}${own}`;
}
