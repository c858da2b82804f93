/** Who is calling, normalised from any credential. Everything after authentication sees only this. */
export interface Principal {
  type: PrincipalType;
  /** Stable id: `usr_…`, `svc_…`, `cli_…`, `key_…`; `anonymous` when a route admits callers without a credential. */
  id: string;
  tenantId: string;
  /** The active organization, when the principal acts inside one. */
  organizationId?: string;
  /** Roles by name. */
  roles: readonly string[];
  /** Ids of the groups it is in, directly or through others. Absent: none. */
  groups?: readonly string[];
  /** OAuth scopes of the credential, not of the person: what this credential was given. */
  scopes: readonly string[];
  credential: Credential;
  /** Authentication context (OpenID Connect Core §2): how strong, by which methods, and when (seconds). */
  acr?: string;
  amr?: readonly string[];
  authTime?: number;
  /** Who really acts when a principal acts for another (RFC 8693 §4.1). Nested: the current actor is outermost. */
  act?: Actor;
  /** Plan whose limits apply, by name. */
  plan?: string;
}

export type PrincipalType = 'user' | 'client' | 'service_account' | 'api_key' | 'workload' | 'anonymous' | 'system';

export interface Credential {
  type: 'api_key' | 'access_token' | 'session' | 'certificate' | 'none' | 'internal';
  /** Id of the credential (never the credential): `key_…`, the token's `jti`, `ses_…`. */
  id: string;
  /** OAuth client that obtained it. */
  clientId?: string;
  /** Grant it descends from; revoking the grant ends it. */
  grantId?: string;
  /** Of a token: the API key that it was made from, at first or second hand, and under which its calls are counted. */
  apiKeyId?: string;
  /** What the API key is for, or the one that the token was made from. Absent: no key took part. */
  environment?: CredentialEnvironment;
  /** Seconds since the epoch. */
  expiresAt?: number;
}

/** What an API key is for: the live service, or trying things out. */
export const CREDENTIAL_ENVIRONMENTS = ['live', 'test'] as const;
export type CredentialEnvironment = (typeof CREDENTIAL_ENVIRONMENTS)[number];

export interface Actor {
  sub: string;
  clientId?: string;
  act?: Actor;
}

/** The program itself, for work nobody asked for: rotation, expiry, first start. */
export function systemPrincipal(tenantId: string, task: string): Principal {
  return { type: 'system', id: task, tenantId, roles: [], scopes: [], credential: { type: 'internal', id: task } };
}

export function anonymousPrincipal(tenantId: string): Principal {
  return {
    type: 'anonymous',
    id: 'anonymous',
    tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'none', id: 'none' },
  };
}
