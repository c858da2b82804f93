import { problem } from '../problems.ts';
import type { Step } from '../request-exchange.ts';

/** Where records must not be lost, nothing is served that could not be recorded. */
export const accept: Step = {
  name: 'accept',
  run(exchange) {
    if (exchange.parts.recorder.accepting?.() !== false) return undefined;
    exchange.reason = 'recording_unavailable';
    return problem('recording_unavailable');
  },
};
