import type { RequestHead } from '../../exchange.ts';

/** RFC 9110 §10.1.1, as over HTTP/1.1: he may wait to be asked for his body, and the upstream never sees that he does. */
export function expectsContinue({ headers, hasBody }: RequestHead): boolean {
  if (!hasBody) return false;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === 'expect' && headers[index + 1]?.toLowerCase() === '100-continue') return true;
  }
  return false;
}
