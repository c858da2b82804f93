import type { Clock, Logger } from '#base';
import type { CompiledRoute } from './compile-route.ts';
import type {
  ExchangeOutcome,
  Forward,
  Handler,
  Hold,
  RawHeaders,
  Reply,
  Settled,
  UpstreamFailure,
  Verdict,
} from './exchange.ts';
import { type MaskedFor, responseMask } from './masking/response-mask.ts';
import type { OwnHeaders } from './own-headers.ts';
import { type Problem, problem, problemBody, problemHeaders } from './problems.ts';
import { recordExchange } from './record-exchange.ts';
import {
  type DocumentAnswer,
  type GrantAnswer,
  type HoldAnswer,
  type PageAnswer,
  type PipelineParts,
  type PreflightAnswer,
  RequestExchange,
  type Step,
  type StepResult,
} from './request-exchange.ts';
import { addedToOwn, ruleIndex } from './response-rules.ts';
import { accept } from './steps/accept.ts';
import { addresses } from './steps/addresses.ts';
import { authenticate } from './steps/authenticate.ts';
import { authorize } from './steps/authorize.ts';
import { consultEngine } from './steps/consult-engine.ts';
import { cors } from './steps/cors.ts';
import { forwardStep, type UpstreamRequest } from './steps/forward.ts';
import { limit } from './steps/limit.ts';
import { mask } from './steps/mask.ts';
import { match } from './steps/match.ts';
import { normalise } from './steps/normalise.ts';
import { protocols } from './steps/protocols.ts';
import { sessions } from './steps/sessions.ts';
import { validate } from './steps/validate.ts';
import { validateBody } from './steps/validate-body.ts';
import { stillAllowed } from './still-allowed.ts';
import { asksToWait } from './upstreams/asks-to-wait.ts';

const forward = forwardStep((exchange, request) => {
  if (exchange.route !== undefined) exchange.forwarding = new Forwarding(exchange, exchange.route, request);
});

/** The way of every request, in order. What follows the last step is {@link recordExchange}, when it is over. */
export const STEPS: readonly Step[] = [
  accept,
  normalise,
  sessions,
  match,
  addresses,
  cors,
  protocols,
  authenticate,
  validate,
  authorize,
  limit,
  consultEngine,
  validateBody,
  mask,
  forward,
];

/** The pipeline as the transport calls it. Whatever goes wrong in a step is answered 500 and forwards nothing. */
export function pipelineHandler(
  parts: PipelineParts,
  { clock, log }: { clock: Clock; log: Logger },
  steps: readonly Step[] = STEPS,
): Handler {
  function failed(exchange: RequestExchange, error: unknown): Answer {
    const { decisionId, route, step } = exchange;
    log.error({ err: error, decisionId, route: route?.name, step: steps[step]?.name }, 'a gateway step failed');
    exchange.reason = 'gateway_failed';
    exchange.allowed = false;
    return new Answer(exchange, problem('gateway_failed'));
  }

  /** What a step found; the way goes on behind it when that is nothing. */
  function settled(exchange: RequestExchange, index: number, found: StepResult): Verdict | Promise<Verdict> {
    if (found === undefined) return advance(exchange, index + 1);
    return 'hold' in found ? holding(exchange, index, found) : new Answer(exchange, found);
  }

  function holding(exchange: RequestExchange, index: number, { hold }: HoldAnswer): Hold {
    const goOn = (find: () => StepResult): Settled | Promise<Settled> => {
      try {
        const verdict = settled(exchange, index, find());
        if (!(verdict instanceof Promise)) return final(exchange, verdict);
        return verdict.then((found) => final(exchange, found)).catch((error: unknown) => failed(exchange, error));
      } catch (error) {
        return failed(exchange, error);
      }
    };
    return {
      kind: 'hold',
      bytesMax: hold.bytesMax,
      complete: (body) => goOn(() => hold.judge(body)),
      incomplete: (why) => goOn(() => hold.incomplete(why)),
      onDone: (outcome) => recordExchange(exchange, outcome),
    };
  }

  /** A body is asked for once. Who left meanwhile has had his record, and takes no target's time. */
  function final(exchange: RequestExchange, verdict: Verdict): Settled {
    if (verdict.kind === 'hold') return failed(exchange, new Error('a body was asked for twice'));
    if (exchange.recorded) exchange.attempts?.end(NOBODY, performance.now());
    return verdict;
  }

  /** Apart from the loop: a closure in there would cost each step of each request an object. */
  function awaited(exchange: RequestExchange, index: number, result: Promise<StepResult>): Promise<Verdict> {
    return result.then((found) => settled(exchange, index, found)).catch((error: unknown) => failed(exchange, error));
  }

  function advance(exchange: RequestExchange, from: number): Verdict | Promise<Verdict> {
    for (let index = from; index < steps.length; index += 1) {
      exchange.step = index;
      const result = steps[index]?.run(exchange);
      if (result === undefined) continue;
      return result instanceof Promise ? awaited(exchange, index, result) : settled(exchange, index, result);
    }
    return exchange.forwarding ?? failed(exchange, new Error('no step forwarded the request'));
  }

  return (head) => {
    const exchange = new RequestExchange(parts, head, clock.now());
    try {
      return advance(exchange, 0);
    } catch (error) {
      return failed(exchange, error);
    }
  };
}

/** How an exchange ended whose caller did not wait for its beginning. */
const NOBODY: ExchangeOutcome = { status: 499, bytesIn: 0, bytesOut: 0, durationMilliseconds: 0, aborted: true };

const FAILURES: Record<UpstreamFailure, Problem> = {
  connect: problem('upstream_unreachable'),
  timeout: problem('upstream_timed_out'),
  reset: problem('upstream_broken'),
  bad_response: problem('upstream_broken'),
  saturated: problem('upstream_saturated', { headers: ['retry-after', '1'] }),
};

class Forwarding implements Forward {
  readonly kind = 'forward';
  readonly method: string;
  readonly path: string;
  readonly repeatedHeaders: Forward['repeatedHeaders'];
  readonly timeouts: Forward['timeouts'];
  readonly responseRules: Forward['responseRules'];
  readonly webSocket: Forward['webSocket'];
  readonly onResponse: Forward['onResponse'];
  readonly responseMask: Forward['responseMask'];
  readonly #exchange: RequestExchange;
  readonly #headers: OwnHeaders;
  readonly #upstream: Forward['upstream'];

  constructor(exchange: RequestExchange, route: CompiledRoute, { path, headers, repeated }: UpstreamRequest) {
    this.#upstream = route.upstream;
    this.method = exchange.head.method;
    this.path = path;
    this.repeatedHeaders = repeated;
    this.timeouts = route.timeouts;
    this.responseRules = route.responseRules[ruleIndex(exchange.client?.encrypted === true, exchange.keyHeader)];
    this.webSocket = exchange.head.asksForWebSocket === true ? route.webSocket : undefined;
    this.onResponse = route.openapi === undefined ? undefined : responseWatch(exchange);
    this.responseMask = exchange.masked && maskOf(exchange, exchange.masked);
    this.#exchange = exchange;
    this.#headers = headers;
  }

  get headers(): RawHeaders {
    return this.#headers.list;
  }

  get headerLines(): string | undefined {
    return this.#headers.lines;
  }

  get responseHeaders(): RawHeaders {
    return this.#exchange.responseHeaders.list;
  }

  get responseLines(): string | undefined {
    return this.#exchange.responseHeaders.lines;
  }

  get responseNames(): readonly string[] {
    return this.#exchange.responseHeaders.names;
  }

  stillAllowed(): boolean {
    return stillAllowed(this.#exchange);
  }

  get upstream(): Forward['upstream'] {
    return this.#exchange.attempts?.target ?? this.#upstream;
  }

  retry(why: UpstreamFailure | number, retryAfter?: string): number | undefined {
    const { attempts } = this.#exchange;
    return typeof why === 'number'
      ? attempts?.retryAnswered(why, performance.now(), asksToWait(retryAfter, Date.now()))
      : attempts?.retry(why, performance.now());
  }

  failure(kind: UpstreamFailure): Reply {
    return new Answer(this.#exchange, FAILURES[kind]);
  }

  onDone(outcome: ExchangeOutcome): void {
    recordExchange(this.#exchange, outcome);
  }
}

/** What the service answered with, for whoever compares it with the description of the API. */
function responseWatch(exchange: RequestExchange): NonNullable<Forward['onResponse']> {
  return (status, contentType) => {
    exchange.answered = { status, contentType };
  };
}

function maskOf(exchange: RequestExchange, masked: MaskedFor): NonNullable<Forward['responseMask']> {
  return responseMask(masked, {
    onHidden: (fields) => exchange.note('mask', fields.length === 0 ? 'nothing of it was there' : fields.join(', ')),
    refusal(status, why) {
      exchange.note('mask', `withheld, ${why}`);
      exchange.reason = 'answer_withheld';
      // What the service says of the request is no secret; what it says besides may be.
      return new Answer(exchange, problem('answer_withheld', status >= 400 ? { status } : {}));
    },
  });
}

/** Apps in a browser read it as well (RFC 9728 §3.1); it holds nothing that is not public. */
const DOCUMENT_HEADERS = [
  ...['content-type', 'application/json'],
  ...['cache-control', 'public, max-age=300'],
  ...['access-control-allow-origin', '*'],
] as const;

/** About one person, at one moment; and where it leads is nobody's business. */
const PAGE_HEADERS = [
  ...['cache-control', 'no-store'],
  ...['referrer-policy', 'no-referrer'],
  ...['x-content-type-options', 'nosniff'],
] as const;

class Answer implements Reply {
  readonly kind = 'reply';
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
  readonly granted: RawHeaders | undefined;
  readonly keyHeader: string | undefined;
  readonly #exchange: RequestExchange;

  constructor(exchange: RequestExchange, found: Problem | DocumentAnswer | PreflightAnswer | GrantAnswer | PageAnswer) {
    this.#exchange = exchange;
    if ('granted' in found) {
      this.status = 200;
      this.headers = exchange.responseHeaders.list;
      this.body = '';
      this.granted = found.granted;
      this.keyHeader = found.keyHeader;
      return;
    }
    if ('document' in found) {
      this.status = 200;
      this.headers = [...DOCUMENT_HEADERS, ...exchange.responseHeaders.list];
      this.body = JSON.stringify(found.document);
      return;
    }
    const shared = ownHeaders(exchange);
    if ('page' in found) {
      this.status = found.page.status;
      this.headers = [...PAGE_HEADERS, ...found.page.headers, ...shared];
      this.body = found.page.body;
      return;
    }
    if ('preflight' in found) {
      this.status = 204;
      this.headers = [...found.preflight, ...shared];
      this.body = '';
      return;
    }
    this.status = found.status;
    this.headers = problemHeaders(found, shared);
    this.body = problemBody(found, exchange.decisionId);
  }

  onDone(outcome: ExchangeOutcome): void {
    recordExchange(this.#exchange, outcome);
  }
}

/** What an answer of our own carries on this route, whatever it says. */
function ownHeaders({ route, client, responseHeaders }: RequestExchange): RawHeaders {
  const rules = route?.responseRules[ruleIndex(client?.encrypted === true, false)];
  return rules === undefined ? responseHeaders.list : [...responseHeaders.list, ...addedToOwn(rules)];
}
