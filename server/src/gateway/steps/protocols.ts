import { headerValue } from '../cors.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';

/** RFC 6455 §4.1: sixteen bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * gRPC needs HTTP/2 from end to end. And a request that asks to go on as a WebSocket, on a route that has them: is the handshake whole, and may this page? No
 * preflight comes before one and a browser sends cookies and client certificates along, so that the origin is the only
 * thing that keeps a foreign page out. Elsewhere Upgrade is ignored (RFC 9110 §7.8), and it is an ordinary request.
 */
export const protocols: Step = {
  name: 'protocols',
  run(exchange) {
    const { head, route } = exchange;
    if (route?.upstream.http2 === true && head.httpVersion !== '2.0') {
      exchange.reason = 'http2_needed';
      return problem('http2_needed');
    }
    if (head.onlyWebSocket === true && route !== undefined && route.webSocket === undefined) {
      exchange.reason = 'web_socket_refused';
      return problem('web_socket_refused', { detail: 'This route has no WebSockets.' });
    }
    if (head.asksForWebSocket !== true || route?.webSocket === undefined) return undefined;
    const version = headerValue(head.headers, 'sec-websocket-version');
    if (version !== '13') {
      exchange.reason = 'web_socket_refused';
      // RFC 6455 §4.4; and RFC 9110 §7.8, by which Upgrade is named in Connection.
      return problem('web_socket_refused', {
        status: 426,
        headers: ['sec-websocket-version', '13', 'upgrade', 'websocket', 'connection', 'upgrade'],
      });
    }
    if (!KEY.test(headerValue(head.headers, 'sec-websocket-key') ?? '')) {
      exchange.reason = 'web_socket_refused';
      return problem('web_socket_refused');
    }
    return judgeOrigin(exchange);
  },
};

function judgeOrigin(exchange: RequestExchange): StepResult {
  const { head, route, client } = exchange;
  const origin = headerValue(head.headers, 'origin');
  // Programs send none, and have no user whose cookies they could borrow.
  if (origin === undefined) return undefined;
  const own = `${client?.encrypted === true ? 'https' : 'http'}://${head.host}`;
  if (origin === own || route?.cors?.allowsOrigin(origin) === true) return undefined;
  exchange.reason = 'web_socket_origin_refused';
  return problem('web_socket_origin_refused');
}
