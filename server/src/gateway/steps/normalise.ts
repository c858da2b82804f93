import { canonicalTarget, PATH_REFUSALS } from '../canonical-path.ts';
import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';

/** Reads the path in the one canonical way, or refuses it. */
export const normalise: Step = {
  name: 'normalise',
  run(exchange) {
    const target = canonicalTarget(exchange.head.target);
    if (!target.ok) {
      exchange.reason = target.reason;
      return problem('path_refused', {
        detail: PATH_REFUSALS[target.reason],
        members: { reason: target.reason },
        ...(target.reason === 'too_long' ? { status: 414 } : {}),
      });
    }
    exchange.target = target;
    exchange.client = exchange.parts.clientAddress(exchange.head);
    return undefined;
  },
};
