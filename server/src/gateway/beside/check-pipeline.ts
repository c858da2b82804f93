import type { Clock, Logger } from '#base';
import type { Reply } from '../exchange.ts';
import { pipelineHandler, STEPS } from '../pipeline.ts';
import { type Problem, problem } from '../problems.ts';
import type { PipelineParts, Step } from '../request-exchange.ts';
import { asSent } from '../steps/as-sent.ts';
import { grant } from '../steps/grant.ts';
import { demandNothingHidden } from '../steps/mask.ts';
import { validateWithoutBody } from '../steps/validate.ts';
import type { Check } from './check-handler.ts';

const OTHERWISE: Readonly<Record<string, (step: Step) => Step[]>> = {
  normalise: (step) => [step, asSent],
  validate: () => [validateWithoutBody],
  'validate body': () => [],
  mask: () => [demandNothingHidden],
  forward: () => [grant],
};

/** The way of every request, but for its end: it is not forwarded, it is said that it may be. */
export const CHECK_STEPS: readonly Step[] = STEPS.flatMap((step) => {
  return OTHERWISE[step.name]?.(step) ?? [step];
});

/** Judges a request that another program carries. What the gateway would answer itself is no yes, whatever its status. */
export function checkPipeline(
  parts: PipelineParts,
  deps: { clock: Clock; log: Logger; refuse: (found: Problem) => Reply },
): Check {
  const handler = pipelineHandler(parts, deps, CHECK_STEPS);
  function carried(reply: Reply): Reply {
    if (reply.granted !== undefined || reply.status >= 400) return reply;
    const refusal = deps.refuse(problem('answer_not_carried'));
    return { ...refusal, onDone: (outcome) => reply.onDone({ ...outcome, status: refusal.status }) };
  }
  return async (head) => {
    const verdict = await handler(head);
    return verdict.kind === 'reply' ? carried(verdict) : deps.refuse(problem('gateway_failed'));
  };
}
