import { problem } from '../problems.ts';
import type { RequestExchange, Step } from '../request-exchange.ts';
import { HOPS_MAX, hopsThroughUs } from '../via.ts';

/**
 * So long the gateway goes on with what it knew: the life of an access token, which a verifier that keeps no state would
 * go on accepting as long. See docs/adr/0007-a-gateway-that-hears-nothing.md.
 */
const SILENT_MILLISECONDS_MAX = 15 * 60_000;

/**
 * Where records must not be lost, nothing is served that could not be recorded; and nothing on knowledge that is too old
 * to know what was revoked. A request that goes in circles ends here, and one of which two certificates are told.
 */
export const accept: Step = {
  name: 'accept',
  run(exchange) {
    const { head, parts } = exchange;
    const { recorder, changes } = parts;
    if (recorder.accepting?.() === false) return refuse(exchange, 'recording_unavailable');
    if (!(changes.silentMilliseconds(head.receivedAt) <= SILENT_MILLISECONDS_MAX))
      return refuse(exchange, 'changes_unheard');
    if (parts.clientCertificate.isToldTwice(head)) {
      exchange.reason = 'client_cert_repeated';
      return problem('request_malformed', {
        detail:
          'The request carries Client-Cert more than once. The proxy that sets it must take out what callers send.',
        members: { reason: 'client_cert_repeated' },
      });
    }
    exchange.hops = hopsThroughUs(head.headers);
    return exchange.hops > HOPS_MAX ? refuse(exchange, 'loop_detected') : undefined;
  },
};

function refuse(exchange: RequestExchange, code: 'recording_unavailable' | 'changes_unheard' | 'loop_detected') {
  exchange.reason = code;
  return problem(code);
}
