/** Who acts for the subject (RFC 8693 §4.1); the current actor is outermost. */
export interface Actor {
  sub: string;
  client_id?: string;
  act?: Actor;
}

/** The kinds of caller that Gatehouse knows. Tokens of other issuers are of a `user`, or of a `client` itself. */
export const PRINCIPAL_TYPES = ['user', 'client', 'service_account', 'api_key', 'workload'] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/**
 * Who is calling, whatever was presented: what every entry point of this package hands to your code. It is an `AuthInfo` of
 * the Model Context Protocol's SDK as well, so that one `request.auth` serves both.
 */
export interface Auth {
  /** What was presented. `identity` is what the gateway tells an upstream. */
  readonly kind: 'access_token' | 'api_key' | 'identity';
  readonly type: PrincipalType;
  /** Who: a person, a client, a service account, a workload or an API key. */
  readonly subject: string;
  readonly issuer: string;
  /** The client the token was issued to; empty when it does not say. */
  readonly clientId: string;
  readonly organizationId?: string;
  readonly scopes: string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** How, and how strongly, the person signed in. */
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Seconds since the epoch: when the person signed in. */
  readonly authTime?: number;
  readonly actor?: Actor;
  /** Whether the API key is a live or a test key, or the one that the token was made from. Absent: no key took part. */
  readonly environment?: 'live' | 'test';
  /** Seconds since the epoch; an API key may have no end. */
  readonly expiresAt?: number;
  /** Everything the token or its introspection says. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** As it was presented, for token exchange. Not enumerable: it does not end up in a log with the rest. */
  readonly token: string;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface ReadAuthOptions {
  kind: Auth['kind'];
  token: string;
  issuer: string;
  /** Where the issuer keeps roles, if not in `roles`. */
  rolesOf?: (claims: Claims) => readonly string[];
}

/** @returns undefined when a claim is not of the kind that the standards make it. */
export function readAuth(claims: Claims, { kind, token, issuer, rolesOf }: ReadAuthOptions): Auth | undefined {
  const { sub, client_id, azp, organization_id, acr, amr, auth_time, exp, act, api_key_environment } = claims;
  // A token of a client's own may have no subject at other issuers (RFC 7662 §2.2 makes it optional).
  const subject = sub ?? client_id;
  if (!isText(subject)) return undefined;
  const clientId = client_id ?? azp;
  const scopes = readScopes(claims);
  const roles = rolesOf === undefined ? (claims.roles ?? []) : rolesOf(claims);
  const groups = claims.groups ?? [];
  if (scopes === undefined || !isTexts(roles) || !isTexts(groups)) return undefined;
  if (!isMaybe(clientId, isText) || !isMaybe(organization_id, isText) || !isMaybe(acr, isText)) return undefined;
  if (!isMaybe(amr, isTexts) || !isMaybe(auth_time, isNumber) || !isMaybe(exp, isNumber)) return undefined;
  if (!isMaybe(act, isActor) || !isMaybe(api_key_environment, isEnvironment)) return undefined;
  const auth = {
    kind,
    type: typeOf(claims, subject, clientId),
    subject,
    issuer,
    clientId: clientId ?? '',
    ...(organization_id === undefined ? {} : { organizationId: organization_id }),
    scopes,
    roles,
    groups,
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(auth_time === undefined ? {} : { authTime: auth_time }),
    ...(act === undefined ? {} : { actor: act }),
    ...(api_key_environment === undefined ? {} : { environment: api_key_environment }),
    ...(exp === undefined ? {} : { expiresAt: exp }),
    claims,
    token,
  };
  Object.freeze(scopes);
  return Object.freeze(Object.defineProperty(auth, 'token', { enumerable: false }));
}

function typeOf({ principal_type }: Claims, subject: string, clientId: string | undefined): PrincipalType {
  return PRINCIPAL_TYPES.find((type) => type === principal_type) ?? (subject === clientId ? 'client' : 'user');
}

/** RFC 9068 §2.2.3 has `scope`, separated by blanks; others have lists, or `scp`. */
function readScopes({ scope, scp }: Claims): string[] | undefined {
  const value = scope ?? scp ?? '';
  if (typeof value === 'string') return value.split(' ').filter((each) => each !== '');
  return isTexts(value) ? [...value] : undefined;
}

const ACT_DEPTH_MAX = 10;

function isActor(value: unknown, depth = 1): value is Actor {
  if (typeof value !== 'object' || value === null || depth > ACT_DEPTH_MAX) return false;
  const { sub, client_id, act }: { sub?: unknown; client_id?: unknown; act?: unknown } = value;
  return isText(sub) && isMaybe(client_id, isText) && (act === undefined || isActor(act, depth + 1));
}

const isEnvironment = (value: unknown): value is 'live' | 'test' => value === 'live' || value === 'test';
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isMaybe<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}
