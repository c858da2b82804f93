import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { baseErrors, GatehouseError } from '#base';
import { statusOf } from './error-status.ts';
import { httpErrors } from './errors.ts';

/** A failure as RFC 9457 tells it. `fields` and `details` are extension members (§3.2). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** Names this occurrence: it stands in the log too, and in the header X-Request-Id. */
  instance: string;
  fields?: readonly unknown[];
  [member: string]: unknown;
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemDocument(error: GatehouseError, requestId: string): ProblemDocument {
  const status = statusOf(error.category, error.code);
  return {
    ...error.details,
    type: `/docs/errors#${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    instance: `urn:gatehouse:request:${requestId}`,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: GatehouseError): FastifyReply {
  const problem = problemDocument(error, request.id);
  const retryAfter = error.details?.retryAfterSeconds;
  if (typeof retryAfter === 'number') reply.header('retry-after', String(Math.ceil(retryAfter)));
  // Also for what the framework refuses before any hook has run.
  reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': request.id });
  // As bytes: to a text Fastify would add a charset, which JSON types do not have (RFC 8259 §11).
  return reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(problem)));
}

/** What the framework refuses by itself, in our words. Anything else it throws is a fault of ours. */
const FRAMEWORK_ERRORS: Readonly<Record<string, keyof typeof httpErrors>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body_malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body_malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'http_malformed',
  FST_ERR_BAD_URL: 'http_malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'url_too_long',
  FST_ERR_NOT_FOUND: 'path_not_found',
};

export function toGatehouseError(error: unknown): GatehouseError {
  if (error instanceof GatehouseError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FRAMEWORK_ERRORS[code];
  if (known !== undefined) return httpErrors[known]({ cause: error });
  // The JSON parser throws a plain SyntaxError, to which Fastify adds the status.
  if (error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400) {
    return httpErrors.body_malformed({ cause: error });
  }
  return baseErrors.internal_error({ cause: error });
}

/** Answers every failure as a problem document; what nobody foresaw is logged with its cause and told as nothing more. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toGatehouseError(error);
  if (known.category === 'internal') {
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed');
    // A room's own internal failure may say more than a caller should read.
    return sendProblem(request, reply, known.code === 'internal_error' ? baseErrors.internal_error() : known);
  }
  return sendProblem(request, reply, known);
}
