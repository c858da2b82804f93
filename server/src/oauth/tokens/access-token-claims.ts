import { type Actor, CREDENTIAL_ENVIRONMENTS, type CredentialEnvironment } from '#base';
import type { AuthorizationDetail } from '../clients/authorization-details.ts';
import { isRecord } from '../protocol/json-text.ts';
import { type Confirmation, readConfirmation } from './confirmation.ts';

/** Claims of our access tokens (RFC 9068 §2.2), with `grant_id` and `sid` of our own so that one revocation ends many. */
export interface AccessTokenClaims {
  iss: string;
  sub: string;
  aud: string | string[];
  exp: number;
  iat: number;
  jti: string;
  client_id: string;
  scope?: string;
  roles?: string[];
  groups?: string[];
  organization_id?: string;
  auth_time?: number;
  acr?: string;
  amr?: string[];
  grant_id?: string;
  sid?: string;
  /** Who acts for the subject (RFC 8693 §4.1): the current actor is outermost. */
  act?: ActClaim;
  /** What the subject is, when it is neither a person nor the token's own client. */
  principal_type?: DelegatedType;
  /** The API key that the token was exchanged for: it ends with the key. */
  api_key_id?: string;
  /** `test` when a test key took part, as the subject or as who acts: whatever is made of it stays one. */
  api_key_environment?: CredentialEnvironment;
  /**
   * `jti:`, `client:` and `secret:` of the tokens it was made from (RFC 8693), and `user:`, `session:` and `grant:` of people
   * who act: it ends when one of them is revoked.
   */
  origins?: string[];
  /** RFC 9396 §9.1. */
  authorization_details?: readonly AuthorizationDetail[];
  /** What it is bound to. */
  cnf?: Confirmation;
  /** The secret that it was obtained with. */
  client_secret_id?: string;
}

/** RFC 8693 §4.1. `client_id`: whose token the actor showed. */
export interface ActClaim {
  sub: string;
  client_id?: string;
  act?: ActClaim;
}

/** The same in our own words. */
export function toActor({ sub, client_id, act }: ActClaim): Actor {
  return {
    sub,
    ...(client_id === undefined ? {} : { clientId: client_id }),
    ...(act === undefined ? {} : { act: toActor(act) }),
  };
}

export const DELEGATED_TYPES = ['client', 'service_account', 'api_key', 'workload'] as const;
export type DelegatedType = (typeof DELEGATED_TYPES)[number];

/** A chain that is longer hides more than it tells; and every verifier reads it. */
export const ACT_DEPTH_MAX = 5;

/** Reads the claims of a token whose signature is ours. Still checked: a defect in issuing must not become an entry. */
export function readAccessTokenClaims(payload: Record<string, unknown>): AccessTokenClaims | undefined {
  const { iss, sub, aud, exp, iat, jti, client_id, scope, roles, auth_time, acr, amr, grant_id, sid } = payload;
  const { groups, organization_id, act, principal_type, api_key_id, origins } = payload;
  const { client_secret_id, authorization_details, api_key_environment } = payload;
  const cnf = payload.cnf === undefined ? undefined : readConfirmation(payload.cnf);
  if (!isText(iss) || !isText(sub) || !isText(jti) || !isText(client_id)) return undefined;
  if (!isSeconds(exp) || !isSeconds(iat)) return undefined;
  if (!isText(aud) && !isTextList(aud)) return undefined;
  if (!isOptional(scope, isString) || !isOptional(roles, isTextList) || !isOptional(amr, isTextList)) return undefined;
  if (!isOptional(auth_time, isSeconds) || !isOptional(acr, isText)) return undefined;
  if (!isOptional(grant_id, isText) || !isOptional(sid, isText)) return undefined;
  if (!isOptional(organization_id, isText) || !isOptional(groups, isTextList) || !isOptional(act, isActClaim))
    return undefined;
  if (!isOptional(principal_type, isDelegatedType) || !isOptional(api_key_id, isText)) return undefined;
  if (!isOptional(origins, isTextList) || !isOptional(api_key_environment, isEnvironment)) return undefined;
  if (!isOptional(client_secret_id, isText)) return undefined;
  if (!isOptional(authorization_details, isDetails)) return undefined;
  // Bound to something we can't check: it must not pass for a bearer token.
  if (payload.cnf !== undefined && cnf === undefined) return undefined;
  return {
    iss,
    sub,
    aud,
    exp,
    iat,
    jti,
    client_id,
    ...(scope === undefined ? {} : { scope }),
    ...(roles === undefined ? {} : { roles }),
    ...(groups === undefined ? {} : { groups }),
    ...(organization_id === undefined ? {} : { organization_id }),
    ...(auth_time === undefined ? {} : { auth_time }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(grant_id === undefined ? {} : { grant_id }),
    ...(sid === undefined ? {} : { sid }),
    ...(act === undefined ? {} : { act }),
    ...(principal_type === undefined ? {} : { principal_type }),
    ...(api_key_id === undefined ? {} : { api_key_id }),
    ...(api_key_environment === undefined ? {} : { api_key_environment }),
    ...(origins === undefined ? {} : { origins }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(cnf === undefined ? {} : { cnf }),
    ...(client_secret_id === undefined ? {} : { client_secret_id }),
  };
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isString);
const isSeconds = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

const isDetails = (value: unknown): value is readonly AuthorizationDetail[] =>
  Array.isArray(value) && value.every((each) => isRecord(each) && isText(each.type));

const isDelegatedType = (value: unknown): value is DelegatedType => DELEGATED_TYPES.some((type) => type === value);

const isEnvironment = (value: unknown): value is CredentialEnvironment =>
  CREDENTIAL_ENVIRONMENTS.some((known) => known === value);

/** Bounded: also a signature of ours must not make a reader descend without end. */
export function isActClaim(value: unknown, depth = 1): value is ActClaim {
  if (typeof value !== 'object' || value === null || depth > ACT_DEPTH_MAX) return false;
  const { sub, client_id, act }: { sub?: unknown; client_id?: unknown; act?: unknown } = value;
  if (!isText(sub) || !isOptional(client_id, isText)) return false;
  return act === undefined || isActClaim(act, depth + 1);
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}
