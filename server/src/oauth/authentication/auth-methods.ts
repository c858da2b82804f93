/** How a client may prove who it is. The endpoints' checks, the client's schema and discovery all read this table. */
interface AuthMethodEntry {
  /** Registered in the IANA registry of token endpoint authentication methods, and so told in discovery. */
  registered: boolean;
  /** Only for `type: confidential`. */
  confidential: boolean;
  /** Nothing that is sent can be used again by who sees it: what FAPI 2.0 §5.3.2.1 demands. */
  strong: boolean;
}

export const AUTH_METHOD_TABLE = {
  client_secret_basic: { registered: true, confidential: true, strong: false },
  client_secret_post: { registered: true, confidential: true, strong: false },
  private_key_jwt: { registered: true, confidential: true, strong: true },
  tls_client_auth: { registered: true, confidential: true, strong: true },
  self_signed_tls_client_auth: { registered: true, confidential: true, strong: true },
  /** A token of a trusted issuer, such as a CI job's: ours, so no other server's metadata knows the word. */
  workload_token: { registered: false, confidential: true, strong: false },
  none: { registered: true, confidential: false, strong: false },
} as const satisfies Record<string, AuthMethodEntry>;

export type AuthMethod = keyof typeof AUTH_METHOD_TABLE;
const entries = Object.entries<AuthMethodEntry>(AUTH_METHOD_TABLE) as [AuthMethod, AuthMethodEntry][];

export const AUTH_METHODS = entries.map(([method]) => method) as [AuthMethod, ...AuthMethod[]];
export const REGISTERED_AUTH_METHODS = entries.filter(([, { registered }]) => registered).map(([method]) => method);
export const CONFIDENTIAL_AUTH_METHODS = REGISTERED_AUTH_METHODS.filter(
  (method) => AUTH_METHOD_TABLE[method].confidential,
);

/** What a client that declares none may use. */
const UNDECLARED = {
  confidential: new Set<AuthMethod>(['client_secret_basic', 'client_secret_post']),
  public: new Set<AuthMethod>(['none']),
} as const;

/** A client that declares a method uses that one and no other: nothing weaker counts beside it (RFC 7591 §2). */
export function authMethodsOf({
  type,
  tokenEndpointAuthMethod: declared,
}: {
  type: 'confidential' | 'public';
  tokenEndpointAuthMethod?: AuthMethod | undefined;
}): ReadonlySet<AuthMethod> {
  return declared === undefined ? UNDECLARED[type] : new Set([declared]);
}
