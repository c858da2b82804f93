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
  organization_id?: string;
  auth_time?: number;
  acr?: string;
  amr?: string[];
  grant_id?: string;
  sid?: string;
}

/** Reads the claims of a token whose signature is ours. Still checked: a defect in issuing must not become an entry. */
export function readAccessTokenClaims(payload: Record<string, unknown>): AccessTokenClaims | undefined {
  const { iss, sub, aud, exp, iat, jti, client_id, scope, roles, auth_time, acr, amr, grant_id, sid } = payload;
  const { organization_id } = payload;
  if (!isText(iss) || !isText(sub) || !isText(jti) || !isText(client_id)) return undefined;
  if (!isSeconds(exp) || !isSeconds(iat)) return undefined;
  if (!isText(aud) && !isTextList(aud)) return undefined;
  if (!isOptional(scope, isString) || !isOptional(roles, isTextList) || !isOptional(amr, isTextList)) return undefined;
  if (!isOptional(auth_time, isSeconds) || !isOptional(acr, isText)) return undefined;
  if (!isOptional(grant_id, isText) || !isOptional(sid, isText)) return undefined;
  if (!isOptional(organization_id, isText)) return undefined;
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
    ...(organization_id === undefined ? {} : { organization_id }),
    ...(auth_time === undefined ? {} : { auth_time }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(grant_id === undefined ? {} : { grant_id }),
    ...(sid === undefined ? {} : { sid }),
  };
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isString);
const isSeconds = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}
