import { checkParameters, findOperation, planBody } from '../openapi/validate-request.ts';
import { type Violation, violationText } from '../openapi/violations.ts';
import { type Problem, problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';

/**
 * Is the request as the API's description has it? Everything but its body, whose turn comes when it may be read:
 * {@link validateBody}. Routes that name no description pass at once.
 */
export const validate: Step = validateStep(true);

/** Where another program carries the request, its body is not there to be looked at. */
export const validateWithoutBody: Step = validateStep(false);

function validateStep(withBody: boolean): Step {
  return {
    name: 'validate',
    run(exchange) {
      const { route, target, head } = exchange;
      if (route?.openapi === undefined || target === undefined) return undefined;
      const { document, mode } = route.openapi;
      const found = findOperation(document, target.path, head.method);
      exchange.operation = found?.operation;
      if (mode === 'off') return undefined;
      if (found === undefined) return undescribed(exchange);
      const violations = checkParameters(document, found, target, head);
      if (violations.length > 0) return invalid(exchange, violations);
      if (!withBody) return passed(exchange);
      const plan = planBody(found.operation, head, route.openapi.multipart);
      if ('refused' in plan) return bodyRefused(exchange, plan);
      exchange.bodyContent = plan.content;
      return plan.content === undefined ? passed(exchange) : undefined;
    },
  };
}

export function passed(exchange: RequestExchange): undefined {
  exchange.note('validate', 'passed');
  return undefined;
}

function undescribed(exchange: RequestExchange): StepResult {
  const { route, target } = exchange;
  const allowed = route?.openapi?.document.router.allowed(target?.path ?? '') ?? [];
  return settle(exchange, 'operation_not_described', () =>
    allowed.length === 0
      ? problem('operation_not_described')
      : problem('operation_not_described', { status: 405, headers: ['allow', allowed.join(', ')] }),
  );
}

export function invalid(exchange: RequestExchange, violations: readonly Violation[]): StepResult {
  const [first] = violations;
  const more = violations.length > 1 ? `, and ${violations.length - 1} more` : '';
  const text = first === undefined ? '' : `${violationText(first)}${more}`;
  return settle(exchange, text, () => problem('request_invalid', { members: { errors: violations } }));
}

function bodyRefused(
  exchange: RequestExchange,
  { refused, expected }: { refused: 'content_type' | 'encoding' | 'missing'; expected: readonly string[] },
): StepResult {
  if (refused === 'missing')
    return invalid(exchange, [{ in: 'body', detail: `is required, as ${expected.join(' or ')}` }]);
  if (refused === 'encoding') {
    const found = () => problem('content_encoding_refused', { headers: ['accept-encoding', 'identity'] });
    return settle(exchange, 'a body that is encoded', found);
  }
  return settle(exchange, `not of a content type that is described: ${expected.join(', ') || 'none'}`, () => {
    // RFC 9110 §15.5.16: which ones would have been taken.
    const headers = expected.length === 0 ? [] : ['accept', expected.join(', ')];
    return problem('content_type_refused', { members: { expected }, headers });
  });
}

/** Refuses, or only takes notice of what would have been refused. */
export function settle(exchange: RequestExchange, text: string, refusal: () => Problem): StepResult {
  exchange.violated = true;
  if (exchange.route?.openapi?.mode === 'report') {
    exchange.note('validate', `would be refused: ${text}`);
    return undefined;
  }
  exchange.note('validate', `refused: ${text}`);
  const found = refusal();
  exchange.reason = found.code;
  return found;
}
