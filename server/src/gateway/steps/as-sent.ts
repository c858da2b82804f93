import { OVERRIDE_HEADERS } from '../override-headers.ts';
import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';
import { isRemovedHeader, plainName } from '../upstream-headers.ts';

/**
 * Only where somebody else carries the request: his upstream receives the path as it was sent, so it must be sent in the
 * one spelling that is judged; and his upstream receives the headers too, so nobody may bring an identity of ours along, nor
 * ask by a header for another method, path or host than the one that is judged.
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
      const name = head.headers[index] ?? '';
      if (OURS.test(name)) {
        exchange.reason = 'identity_claimed';
        return problem('identity_claimed');
      }
      const saysTheSame = isRemovedHeader(name) ? OVERRIDE_HEADERS.get(plainName(name)) : undefined;
      if (saysTheSame?.(head.headers[index + 1] ?? '', head) === false) {
        exchange.reason = 'request_overridden';
        return problem('request_overridden', { members: { header: name } });
      }
    }
    return undefined;
  },
};

/** To CGI and WSGI any character but letters and digits is a hyphen. */
const OURS = /^gatehouse[^a-z0-9]/;
