/** The grants: by the name that a client resource gives each, what `grant_type` says on the wire. */
export const GRANT_WIRE_NAMES = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  /** RFC 8628 §3.4. */
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
  /** RFC 8693 §2.1. */
  token_exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  /** RFC 7523 §2.1. */
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  /** OpenID Connect CIBA §4. */
  ciba: 'urn:openid:params:grant-type:ciba',
} as const;

export type GrantType = keyof typeof GRANT_WIRE_NAMES;

export const GRANT_TYPES = Object.keys(GRANT_WIRE_NAMES) as [GrantType, ...GrantType[]];

const BY_WIRE_NAME = new Map<string, GrantType>(GRANT_TYPES.map((grant) => [GRANT_WIRE_NAMES[grant], grant]));

export const grantTypeOf = (wireName: string): GrantType | undefined => BY_WIRE_NAME.get(wireName);

/** Grants in which a person takes part, and which may therefore be renewed. */
export const RENEWABLE_GRANTS: ReadonlySet<GrantType> = new Set(['authorization_code', 'device_code', 'ciba']);
