import { checkBody } from '../openapi/validate-request.ts';
import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';
import { invalid, passed, settle } from './validate.ts';

/**
 * A body that a schema describes is taken in when everything else has been allowed, so that nobody makes us hold what would
 * be refused anyway; and before an upstream is chosen, which would wait for a caller who is slow.
 */
export const validateBody: Step = {
  name: 'validate body',
  run(exchange) {
    const { bodyContent: content, route } = exchange;
    const openapi = route?.openapi;
    if (content === undefined || openapi === undefined) return undefined;
    return {
      hold: {
        bytesMax: openapi.bodyBytesMax,
        judge(body) {
          const violations = checkBody(content, body, openapi.document);
          return violations.length === 0 ? passed(exchange) : invalid(exchange, violations);
        },
        incomplete(why) {
          if (why === 'too_large') {
            const members = { bytes_max: openapi.bodyBytesMax };
            return settle(exchange, 'a body that is too large', () => problem('request_body_too_large', { members }));
          }
          const headers = ['retry-after', '1'];
          return settle(exchange, 'too many bodies at once', () => problem('bodies_unheld', { headers }));
        },
      },
    };
  },
};
