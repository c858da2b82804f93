import { answerPreflight } from '../preflight.ts';
import type { Step } from '../request-exchange.ts';

/** Answers what a browser asks before it lets a page send a request. Every other request passes. */
export const cors: Step = {
  name: 'cors',
  run(exchange) {
    return exchange.preflight === undefined ? undefined : answerPreflight(exchange, exchange.preflight);
  },
};
