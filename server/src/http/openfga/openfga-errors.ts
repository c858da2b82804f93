import type { FastifyReply, FastifyRequest } from 'fastify';
import { relationsErrors } from '#authz';
import type { ErrorCategory, GatehouseError } from '#base';
import { statusOf } from '../error-status.ts';
import { toGatehouseError } from '../problem.ts';

/** A failure as OpenFGA's API tells it, instead of a problem document: its clients read nothing else. */
export interface OpenFgaError {
  code: string;
  message: string;
}

/** Errors of ours that OpenFGA has no code for. */
const CODE_OF: Readonly<Record<string, string>> = {
  admin_credential_missing: 'bearer_token_missing',
  admin_credential_refused: 'auth_failed_invalid_bearer_token',
  consistency_token_invalid: 'validation_error',
  relations_behind: 'unavailable',
};
const CODE_OF_CATEGORY: Readonly<Partial<Record<ErrorCategory, string>>> = {
  invalid_input: 'validation_error',
  too_large: 'validation_error',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'undefined_endpoint',
  conflict: 'aborted',
  rate_limited: 'resource_exhausted',
  unavailable: 'unavailable',
};

export function toOpenFgaError(error: GatehouseError): OpenFgaError {
  const own = CODE_OF[error.code] ?? (Object.hasOwn(relationsErrors, error.code) ? error.code : undefined);
  const code = own ?? CODE_OF_CATEGORY[error.category] ?? 'internal_error';
  return { code, message: code === 'internal_error' ? 'Internal Server Error' : error.message };
}

export function answerOpenFgaError(cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = toGatehouseError(cause);
  const status = statusOf(error.category, error.code);
  if (status >= 500) {
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed');
  }
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify(toOpenFgaError(error)));
}
