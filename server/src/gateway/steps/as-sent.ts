import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';

/**
 * Only where somebody else carries the request: his upstream receives the path as it was sent, so it must be sent in the
 * one spelling that is judged; and his upstream receives the headers too, so nobody may bring an identity of ours along.
 */
export const asSent: Step = {
  name: 'as sent',
  run(exchange) {
    const { target, head } = exchange;
    exchange.carried = true;
    if (target === undefined) return problem('gateway_failed');
    const canonical = `${target.path}${target.trailingSlash ? '/' : ''}${target.query}`;
    if (canonical !== head.target) {
      exchange.reason = 'not_canonical';
      const detail =
        'The path is not in its canonical spelling, in which alone it can be judged here. Send `canonical`.';
      return problem('path_refused', { detail, members: { reason: 'not_canonical', canonical } });
    }
    for (let index = 0; index < head.headers.length; index += 2) {
      if (!OURS.test(head.headers[index] ?? '')) continue;
      exchange.reason = 'identity_claimed';
      return problem('identity_claimed');
    }
    return undefined;
  },
};

/** To CGI and WSGI any character but letters and digits is a hyphen. */
const OURS = /^gatehouse[^a-z0-9]/;
