import { STATUS_CODES } from 'node:http';
import { type GatewayErrorCode, gatewayErrors } from './errors.ts';
import type { RawHeaders } from './exchange.ts';

/** Status of each code. A category alone does not tell 404 from 405, or 502 from 504. */
const STATUS = {
  request_malformed: 400,
  path_refused: 400,
  credentials_conflict: 400,
  credential_missing: 401,
  credential_invalid: 401,
  credential_not_accepted: 401,
  credential_restricted: 403,
  environment_refused: 403,
  session_needed: 401,
  session_forged: 403,
  session_state_wrong: 400,
  session_login_late: 400,
  session_login_refused: 403,
  session_unavailable: 503,
  authentication_insufficient: 401,
  request_invalid: 400,
  operation_not_described: 404,
  content_type_refused: 415,
  content_encoding_refused: 415,
  request_body_too_large: 413,
  bodies_unheld: 503,
  access_denied: 403,
  route_not_found: 404,
  method_not_allowed: 405,
  address_refused: 403,
  cors_refused: 403,
  http2_needed: 505,
  web_socket_refused: 400,
  web_socket_origin_refused: 403,
  request_limit_reached: 429,
  answer_withheld: 502,
  upstream_unreachable: 502,
  upstream_broken: 502,
  upstream_timed_out: 504,
  api_not_described: 404,
  upstream_not_found: 404,
  upstream_saturated: 503,
  upstream_unavailable: 503,
  loop_detected: 508,
  recording_unavailable: 503,
  limits_unavailable: 503,
  changes_unheard: 503,
  route_unavailable: 503,
  upstream_token_unavailable: 403,
  upstream_token_misplaced: 400,
  hash_parameter_missing: 400,
  upstream_secret_misplaced: 400,
  upstream_secret_missing: 503,
  upstream_secret_unknown: 404,
  plan_unavailable: 503,
  decision_unavailable: 503,
  gateway_failed: 500,
  proxy_not_trusted: 403,
  check_not_known: 404,
  check_malformed: 400,
  check_too_large: 413,
  identity_claimed: 400,
  request_overridden: 400,
  answer_not_carried: 403,
  certificate_unusable: 500,
  configuration_unusable: 500,
} as const satisfies Record<GatewayErrorCode, number>;

/** An error as the gateway answers it. */
export interface Problem {
  readonly code: GatewayErrorCode;
  readonly status: number;
  /** Replaces the catalogue's message. Public. */
  readonly detail?: string;
  /** Further members for machines. Public. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further response headers. */
  readonly headers?: RawHeaders;
}

export function problem(
  code: GatewayErrorCode,
  more: Omit<Problem, 'code' | 'status'> & { status?: number } = {},
): Problem {
  return { code, status: STATUS[code], ...more };
}

/** The problem document (RFC 9457). `type` is about:blank, so `title` is the phrase of the status (§4.2.1). */
export function problemBody({ code, status, detail, members }: Problem, decisionId: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: detail ?? gatewayErrors[code].message,
    code,
    decision_id: decisionId,
    ...members,
  });
}

/** `shared`: what every response to this request carries. */
export function problemHeaders({ headers = [] }: Problem, shared: RawHeaders): string[] {
  return ['content-type', 'application/problem+json', 'cache-control', 'no-store', ...shared, ...headers];
}
