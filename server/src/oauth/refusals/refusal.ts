import { cleanText } from '#audit';
import { GatehouseError } from '#base';
import type { WireError } from '../errors.ts';
import type { Params } from '../protocol/read-params.ts';

/** Why a request was refused, as the operator may know it: more than the client is told, and no secret. */
export interface Refusal {
  /** What the client was given: `error_id`. */
  id: string;
  tenantId: string;
  /** Milliseconds. */
  at: number;
  endpoint: string;
  /** The rule of the endpoint's list that refused; undefined: none was reached. */
  check: string | undefined;
  /** Only once it is known which client it is. */
  clientId: string | undefined;
  remoteAddress: string | undefined;
  /** The standard's word, ours for the exact rule, and what the client was told. */
  error: WireError;
  reason: string;
  message: string;
  status: number;
  /** What the client was not told. */
  cause: string | undefined;
  /** What was sent: values where they are no secrets, else only how long they are. */
  params: readonly { name: string; value: string }[];
}

/** What an endpoint knows of a request when it refuses it. */
export interface RefusedRequest {
  endpoint: string;
  tenantId?: string | undefined;
  clientId?: string | undefined;
  check?: string | undefined;
  remoteAddress?: string | undefined;
  params?: Params | undefined;
}

/**
 * Parameters whose values are words of the protocol or public names. Everything else may be a secret, or may hold one,
 * or says who somebody is: of that only the length is kept.
 */
const SHOWN = new Set([
  ...['acr_values', 'audience', 'client_assertion_type', 'client_id', 'code_challenge_method', 'display', 'dpop_jkt'],
  ...[
    'grant_type',
    'max_age',
    'post_logout_redirect_uri',
    'prompt',
    'redirect_uri',
    'requested_token_type',
    'resource',
  ],
  ...['response_mode', 'response_type', 'scope', 'subject_token_type', 'actor_token_type', 'token_type_hint'],
  ...['ui_locales', 'requested_expiry', 'decision'],
]);
/** Of addresses the query is left out: applications put what they like into it. */
const ADDRESSES = new Set(['redirect_uri', 'post_logout_redirect_uri', 'resource', 'audience']);

const VALUE_LENGTH_MAX = 256;
const TEXT_LENGTH_MAX = 1_000;
const PARAMS_MAX = 40;
const CAUSE_DEPTH_MAX = 3;

export function describeParams(params: Params): Refusal['params'] {
  return params.slice(0, PARAMS_MAX).map(([name, value]) => ({
    name: cut(cleanText(name), 64),
    value: SHOWN.has(name) ? shown(name, value) : `[${value.length} characters]`,
  }));
}

function shown(name: string, value: string): string {
  const query = ADDRESSES.has(name) ? value.search(/[?#]|\/\/[^/]*@/) : -1;
  return cut(cleanText(query === -1 ? value : `${value.slice(0, query)}[and ${value.length - query} more]`));
}

/** The chain of causes, in words. */
export function describeCause(thrown: unknown): string | undefined {
  const texts: string[] = [];
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  for (let depth = 0; depth < CAUSE_DEPTH_MAX && cause !== undefined; depth += 1) {
    texts.push(cause instanceof GatehouseError ? `${cause.code}: ${cause.message}` : textOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return texts.length === 0 ? undefined : cut(cleanText(texts.join('; ')), TEXT_LENGTH_MAX);
}

const textOf = (cause: unknown) => (cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : '');

export const cleanMessage = (text: string): string => cut(cleanText(text), TEXT_LENGTH_MAX);

function cut(text: string, lengthMax = VALUE_LENGTH_MAX): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}
