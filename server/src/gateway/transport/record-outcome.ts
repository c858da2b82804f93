import { performance } from 'node:perf_hooks';
import type { Logger } from '#base';
import type { ExchangeOutcome, UpstreamFailure, Verdict } from '../exchange.ts';

/** The caller left before any status was sent; nginx's, since the RFCs have none. */
const CALLER_GONE = 499;

/** How long an exchange took of whose request the head was complete then (`RequestHead.receivedAt`). */
export function millisecondsSince(receivedAt: number): number {
  return performance.now() - receivedAt;
}

/** Tells the pipeline how an exchange ended. What goes wrong there is a defect of its own, and no exchange's. */
export function recordOutcome(
  log: Logger,
  verdict: Verdict | undefined,
  failure: UpstreamFailure | undefined,
  outcome: ExchangeOutcome,
): void {
  if (outcome.status === 0) outcome.status = CALLER_GONE;
  if (failure !== undefined) outcome.upstreamFailure = failure;
  try {
    verdict?.onDone(outcome);
  } catch (error) {
    log.error({ err: error }, 'gateway transport: an exchange could not be recorded');
  }
}
