/** Written by `npm run docs` from the server's OpenAPI document (/openapi.json). Not for editing. */

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** null on the last page */
  nextCursor: string | null;
}

/** What is configured: every kind of it has a schema of its own for `spec`. */
export type Resource<Spec> = {
  spec: Spec;
  kind: string;
  id: string;
  name: string;
  version: number;
  /** null for what is part of the program */
  createdAt: number | null;
  updatedAt: number | null;
  /** part of the program: can be neither changed nor deleted */
  builtIn: boolean;
};

export type RoleSpec = {
  /** For people: whom this role is for. */
  description?: string;
  /** What holders may do: routes:read, routes:*, *:read, *. */
  permissions: string[];
  /** Administrators of organizations may give it to their people, as far as they hold its permissions themselves. Without it they give only roles they have. */
  inOrganizations?: boolean;
};

export type Role = Resource<RoleSpec>;

export type OrganizationSpec = {
  /** As people read it. */
  displayName: string;
  /** Its own, with all below them, as the tenant has made sure: where its clients may send people. */
  domains?: string[];
};

export type Organization = Resource<OrganizationSpec>;

export type SignInPolicySpec = {
  /** For people: what this policy is for. */
  description?: string;
  /** For people of these organizations. The policy named "default" is for everybody and names none. */
  organizations?: string[];
  /** What people may prove themselves with. "email", a code by mail, is a second factor for who has no better one, and never for administrators. */
  factors?: Array<'password' | 'passkey' | 'totp' | 'recovery_code' | 'email'>;
  secondFactor?: {
    /** Who must use one. Administrators hold a role that may change something in the Admin API. */
    required?: 'administrators' | 'everyone' | 'nobody';
    /** Holders of these roles must use one as well. */
    roles?: string[];
  };
  session?: {
    /** Ends when unused for so long. */
    idleSeconds?: number;
    /** Ends then in any case. */
    absoluteSeconds?: number;
  };
  rememberedDevices?: {
    /** A device is not asked for the second factor again; 0: always. */
    days?: number;
  };
  impersonation?: {
    /** How long an administrator who may (impersonations:write) acts for a person at most; 0: never. */
    minutesMax?: number;
    /** Whether the person is told by mail. */
    tell?: boolean;
  };
  /** A service that new passwords are looked up at. It learns five digits of a hash and no more. */
  breachedPasswords?: {
    /** Answers <url>/<first five hex digits of SHA-1> with the rest of those found in leaks. */
    rangeUrl: string;
  };
  /** A service that decides on attempts which look like part of an attack; without it they are delayed. */
  attackChallenge?: {
    /** Gets {"tenantId", "network", "suspicion"} by POST and answers {"passed": true} or false. */
    url: string;
  };
};

export type SignInPolicy = Resource<SignInPolicySpec>;

export type UserSchemaSpec = {
  /** By name, what is known of a person besides name and address. */
  attributes: Record<
    string,
    | {
        type: 'string';
        /** For people: what it is for. */
        description?: string;
        minLength?: number;
        maxLength?: number;
        /** the values there are */
        enum?: string[];
      }
    | {
        type: 'number' | 'integer';
        /** For people: what it is for. */
        description?: string;
        minimum?: number;
        maximum?: number;
      }
    | {
        type: 'boolean';
        /** For people: what it is for. */
        description?: string;
      }
    | {
        /** of texts */
        type: 'array';
        /** For people: what it is for. */
        description?: string;
        maxItems?: number;
        /** the values there are */
        enum?: string[];
      }
  >;
  /** Attributes that everybody must have. Asked of a person when they are next changed. */
  required?: string[];
  /** Attributes that people may change of themselves, on their account page, in this order. */
  selfEditable?: string[];
};

export type UserSchema = Resource<UserSchemaSpec>;

export type PlanSpec = {
  /** For people: who is on this plan. */
  description?: string;
  /** Who may put keys and clients on it: with `everyone` also administrators of organizations, and whoever else makes keys or clients. Left out: only who holds `plans:assign` or `plans:write` in the tenant. */
  assignableBy?: 'administrators' | 'everyone';
  /** All of them apply: for example ten a second, a thousand a day and five at a time. */
  limits: Array<{
    /** How many requests in each period. */
    requests?: number;
    /** The period, in seconds. */
    perSeconds?: number;
    /** How many at once; as many as `requests` when left out. Token buckets only. */
    burst?: number;
    /** Never more than `requests` in any `perSeconds`, wherever they begin. A token bucket when left out. */
    window?: 'sliding';
    /** A quota: by calendar day or month, in UTC. Survives a restart. */
    per?: 'day' | 'month';
    /** How many may be under way at the same time. */
    concurrent?: number;
    /** Whose requests count together. */
    by?: 'credential' | 'principal' | 'organization' | 'ip' | 'route';
  }>;
};

export type Plan = Resource<PlanSpec>;

export type KeyPolicySpec = {
  /** For people: why it is so. */
  description?: string;
  /** Plan of a new key for which none is named. Left out: that of whoever makes it, if there is one. */
  defaultPlan?: string;
  /** No key is issued to live longer, nor without an end. */
  lifetimeDaysMax?: number;
  /** A key that was not used for so long, or never since it was issued, is revoked. */
  retireUnusedAfterDays?: number;
  /** A key that lives longer is to be rotated by then: whoever it belongs to is told 30, 7 and 1 days before. */
  rotateEveryDays?: number;
  /** With `rotateEveryDays`: whoever a key belongs to gets a one-time link by mail, by which the new key is made and shown. */
  pickUp?: {
    /** So long before it is to be rotated the link is sent. */
    daysBefore?: number;
    /** So long the old key works beside the new one. */
    overlapDays?: number;
  };
  /** What becomes of a key that is reported as leaked: ended, or set aside until somebody decides. */
  leaked?: 'revoke' | 'quarantine';
  /** Reports in the protocol of GitHub’s secret scanning partners are taken at /leaks/github. */
  secretScanning?: {
    /** Where the public keys are that reports are signed with. */
    githubKeysUrl?: string;
  };
};

export type KeyPolicy = Resource<KeyPolicySpec>;

export type ApiSpec = {
  /** The `aud` of its tokens and the `resource` that clients ask for (RFC 8707). */
  audience: string;
  /** Scope to description; the description is what people read when asked to consent. */
  scopes?: Record<string, string>;
  /** Life of its access tokens in seconds. */
  accessTokenTtlSeconds?: number;
  /** jwt (RFC 9068), unless said otherwise. opaque: only we can read it; others introspect. */
  accessTokenFormat?: 'jwt' | 'opaque';
  /** By which algorithm its JWTs are signed. That of the tenant’s signing_policy unless said otherwise. */
  accessTokenSigningAlg?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
  /** Types of authorization details (RFC 9396) that clients may ask for. */
  authorizationDetails?: Record<
    string,
    {
      /** What people read when asked to consent. */
      description: string;
      /** Who agreed to an entry is not asked about the very same again. For access that lasts, not for payments. */
      remembered?: boolean;
      /** JSON Schema of one entry. `type` is checked apart. */
      schema: ApiOpenapi;
    }
  >;
  /** Other issuers whose access tokens the gateway accepts for this API. */
  issuers?: Array<{
    /** `iss` of its tokens, exactly. */
    issuer: string;
    /** Where its keys are. Left out: its metadata tells (OpenID Connect Discovery). */
    jwksUri?: string;
    /** What it calls this API: one of these must be in `aud`. The audience of the API, if left out. */
    audiences?: string[];
    /** `typ` that counts. JWT, or none, is what issuers write that do not follow RFC 9068. */
    types?: Array<'at+jwt' | 'JWT'>;
    /** Claim to the text it must have. A star at the end stands for any rest. */
    conditions?: Record<string, string>;
    /** What its tokens may do here. */
    scopes: {
      /** A text of scopes, or a list. */
      claim?: string;
      /** The only ones that count. */
      allowed: string[];
    };
    /** Left out: its tokens bring no roles. */
    roles?: {
      /** A text or a list. `realm_access.roles` is the member of a member. */
      claim: string;
      /** Its word to a role of ours. */
      values: Record<string, string>;
    };
    /** Left out: its callers belong to no organization. With it, a token of no organization named here is refused. */
    organization?: {
      claim: string;
      /** Its word to the id of an organization of ours (org_…). */
      values: Record<string, string>;
    };
  }>;
  /** In its access tokens. Further claims, each `from` one of client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, an `attribute` of the person, or a fixed `value`. At most 30, 1024 characters a text. */
  claims?: Record<
    string,
    {
      /** What it is taken from. */
      from?:
        | 'client.id'
        | 'client.name'
        | 'user.id'
        | 'user.name'
        | 'user.locale'
        | 'user.email'
        | 'user.email_verified'
        | 'user.roles'
        | 'user.groups'
        | 'user.organization';
      /** The person’s attribute that it is, as user_schema has it. */
      attribute?: string;
      /** What it always is, instead. */
      value?: string | boolean | number | string[];
      /** Only in tokens of this scope. */
      scope?: string;
      /** Of a list, only what begins so, without it: `weather-` makes `admin` of `weather-admin`. */
      prefix?: string;
    }
  >;
  /** Origins behind the gateway that may get its access tokens from routes with `upstream.accessToken`. That of the audience when left out. */
  servedAt?: string[];
  /** The external engine that is asked on routes of this API that name none themselves. */
  engine?: string;
  description?: string;
};

export type Api = Resource<ApiSpec>;

export type ApiDocumentSpec = {
  description?: string;
  /** The API that it describes. An API has one description. */
  api: string;
  /** In front of every path of the document: where the API is served here. */
  prefix?: string;
  /** Whoever signs in to the portal may read it, without what is marked `x-internal`. */
  listed?: boolean;
  /** OpenAPI 3.1. Nothing that it refers to is fetched. */
  document: ApiOpenapi;
};

export type ApiDocument = Resource<ApiDocumentSpec>;

export type ExternalEngineSpec =
  | {
      /** Where the OPA server answers: `https://opa.example.com`. Plain http only within `networks`. */
      url: string;
      /** The rule that is asked for, as `gatehouse/allow`: `POST /v1/data/gatehouse/allow`. */
      path: string;
      /** Private ranges that it may be in, as `10.1.0.0/16`. Without them only public addresses, over https. */
      networks?: string[];
      timeoutMilliseconds?: number;
      /** How long an answer counts for the same question at another time. Not at all unless given. */
      cacheSeconds?: number;
      /** What it is for, for people. */
      description?: string;
    }
  | {
      /** `policy.wasm` as base64: what `opa build -t wasm -e gatehouse/allow` compiles. */
      wasm: string;
      /** The rule that is asked for; it must be an entry point of the module. */
      entrypoint: string;
      /** What the rules see as `data`. */
      data?: ApiOpenapi;
      timeoutMilliseconds?: number;
      /** How long an answer counts for the same question at another time. Not at all unless given. */
      cacheSeconds?: number;
      /** What it is for, for people. */
      description?: string;
    };

export type ExternalEngine = Resource<ExternalEngineSpec>;

export type FactSourceSpec = {
  /** Id of the relationship store. */
  store: string;
  /** Id of its authorization model; the newest when absent. */
  model?: string;
  /** Which type of the model stands for which entity type of policies: `Document: document`. */
  types: Record<string, string>;
  /** What it is for, for people. */
  description?: string;
};

export type FactSource = Resource<FactSourceSpec>;

export type DecisionLogSpec = {
  /** Which share of the allowed decisions is kept: 0 none, 1 all. Of less than all, 20 a second at most. */
  allowed?: number;
  /** Which share of the denied decisions is kept. */
  denied?: number;
  /** After so many days a decision is deleted. */
  keepDays?: number;
};

export type DecisionLog = Resource<DecisionLogSpec>;

export type PolicySchemaSpec = {
  /** A schema in the Cedar schema language. */
  cedar: string;
  /** What it is for, for people. */
  description?: string;
};

export type PolicySchema = Resource<PolicySchemaSpec>;

export type PolicyTestSpec = {
  tests: Array<{
    /** What must hold, in a sentence. */
    name: string;
    principal: {
      type?: 'user' | 'client' | 'service_account' | 'api_key' | 'workload' | 'anonymous';
      id: string;
      roles?: string[];
      groups?: string[];
      scopes?: string[];
      organization?: string;
      acr?: string;
      amr?: string[];
      authTime?: number;
      environment?: 'live' | 'test';
    };
    action: string;
    resource: {
      type: string;
      id: string;
      attributes?: Record<string, unknown>;
    };
    context?: Record<string, unknown>;
    /** What holds for this test; nothing of the relationship stores does. */
    relationships?: Array<{
      object: {
        type: string;
        id: string;
      };
      relation: string;
      subject: {
        type: string;
        id: string;
      };
    }>;
    expect: 'allow' | 'deny';
    /** The policies that must determine it, by name. */
    policies?: string[];
  }>;
  /** What it is for, for people. */
  description?: string;
};

export type PolicyTest = Resource<PolicyTestSpec>;

export type PolicySpec = {
  /** One or more Cedar policies (permit or forbid). Each may be named by an @id annotation. */
  cedar: string;
  /** `enforce` unless given. `shadow`: evaluated and recorded in the decision log, not enforced. */
  mode?: 'enforce' | 'shadow';
  /** Policies made from the templates (`?principal`, `?resource`) of the text. */
  links?: Array<{
    id: string;
    /** The @id of the template, where there are several. */
    template?: string;
    principal?: {
      type: string;
      id: string;
    };
    resource?: {
      type: string;
      id: string;
    };
  }>;
  /** What it is for, for people. */
  description?: string;
};

export type Policy = Resource<PolicySpec>;

export type ClientSpec = {
  /** Shown to people on the consent page. */
  displayName?: string;
  /** confidential: a server that can keep a secret. public: an app in a browser or on a device. */
  type: 'confidential' | 'public';
  /** Ways it gets tokens. */
  grants: Array<
    | 'authorization_code'
    | 'refresh_token'
    | 'client_credentials'
    | 'device_code'
    | 'token_exchange'
    | 'jwt_bearer'
    | 'ciba'
  >;
  redirectUris?: string[];
  /** Pinged when a person has answered (CIBA, ping). Left out: the client polls. */
  backchannelNotificationUri?: string;
  /** Told when somebody is signed out (OpenID Connect Back-Channel Logout). */
  backchannelLogoutUri?: string;
  postLogoutRedirectUris?: string[];
  /** Scopes it may ask for. */
  scopes?: string[];
  /** What it gets when it asks for no scope. All of `scopes` unless said otherwise. */
  defaultScopes?: string[];
  /** People can’t untick these when they are asked to consent. `openid` is always one of them. */
  requiredScopes?: string[];
  /** APIs it may call, by name. */
  apis?: string[];
  /** Ours: people are not asked to consent. */
  firstParty?: boolean;
  /** The organization whose client it is, for which it acts. Its name then begins with `<organization>--`. */
  organization?: string;
  /** Plan whose limits apply to its tokens. */
  plan?: string;
  /** APIs that this client is the server of: it may introspect their access tokens (RFC 7662). */
  resourceServerFor?: string[];
  /** In its id tokens and at userinfo. Further claims, each `from` one of client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, an `attribute` of the person, or a fixed `value`. At most 30, 1024 characters a text. */
  claims?: Record<
    string,
    {
      /** What it is taken from. */
      from?:
        | 'client.id'
        | 'client.name'
        | 'user.id'
        | 'user.name'
        | 'user.locale'
        | 'user.email'
        | 'user.email_verified'
        | 'user.roles'
        | 'user.groups'
        | 'user.organization';
      /** The person’s attribute that it is, as user_schema has it. */
      attribute?: string;
      /** What it always is, instead. */
      value?: string | boolean | number | string[];
      /** Only in tokens of this scope. */
      scope?: string;
      /** Of a list, only what begins so, without it: `weather-` makes `admin` of `weather-admin`. */
      prefix?: string;
    }
  >;
  /** pairwise: people have names of their own for each sector, which no other sector can match. */
  subjectType?: 'public' | 'pairwise';
  /** For pairwise: clients of one sector are told the same names. The host of the redirect URIs unless said otherwise. */
  sectorIdentifier?: string;
  /** How its id tokens are signed. As the tenant’s signing_policy says unless said otherwise. */
  idTokenSigningAlg?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
  /** Its id tokens are signed, and then encrypted to it (RFC 7516). */
  idTokenEncryption?: {
    /** The client’s public key (RFC 7517); its `alg` says by which algorithm, where there are several. Left out: the first at `jwksUri` with `use: enc`. */
    key?: Record<string, unknown>;
    /** Of the keys at `jwksUri`, the first of this algorithm. */
    alg?: 'RSA-OAEP-256' | 'ECDH-ES' | 'ECDH-ES+A256KW';
    /** How the content is encrypted (RFC 7518 §5). */
    enc?: 'A256GCM' | 'A128GCM' | 'A256CBC-HS512' | 'A128CBC-HS256';
  };
  /** Userinfo answers it with a signed JWT, encrypted to it. */
  userinfoEncryption?: {
    /** The client’s public key (RFC 7517); its `alg` says by which algorithm, where there are several. Left out: the first at `jwksUri` with `use: enc`. */
    key?: Record<string, unknown>;
    /** Of the keys at `jwksUri`, the first of this algorithm. */
    alg?: 'RSA-OAEP-256' | 'ECDH-ES' | 'ECDH-ES+A256KW';
    /** How the content is encrypted (RFC 7518 §5). */
    enc?: 'A256GCM' | 'A128GCM' | 'A256CBC-HS512' | 'A128CBC-HS256';
  };
  /** The address that is its client_id and describes it. Set when it first comes; left out for all others. */
  metadataDocument?: string;
  /** Security profile. The tenant’s own unless said otherwise. */
  profile?: 'oauth2.1' | 'fapi2';
  /** The one way it authenticates. Left out: a secret for confidential clients, none for public ones. */
  tokenEndpointAuthMethod?:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'private_key_jwt'
    | 'tls_client_auth'
    | 'self_signed_tls_client_auth'
    | 'workload_token'
    | 'none';
  /** For private_key_jwt: its assertions are signed by this algorithm alone. */
  tokenEndpointAuthSigningAlg?: 'ES256' | 'PS256' | 'EdDSA' | 'RS256';
  /** Its public keys (RFC 7517). */
  jwks?: {
    keys: Array<Record<string, unknown>>;
  };
  /** Where its public keys are, instead of `jwks`. */
  jwksUri?: string;
  /** For tls_client_auth: who issues its certificate, and for which name. */
  certificate?: {
    /** Certificate that issues the client’s own, in PEM form. */
    authority: string;
    /** Subject as RFC 4514 writes it: CN=billing,O=Example. */
    subjectDn?: string;
    sanDns?: string;
    sanUri?: string;
    sanIp?: string;
    sanEmail?: string;
  };
  /** For workload_token: one must match. */
  workloads?: Array<{
    /** `iss` of its tokens; its keys are found through its metadata. */
    issuer: string;
    /** `aud` that the token must carry. Best is this server’s own address. */
    audience: string;
    /** Claim to the text it must have. A star at the end stands for any rest. */
    claims: Record<string, string>;
  }>;
  /** Its authorization requests must be pushed (RFC 9126). */
  pushedRequestsOnly?: boolean;
  /** false: a confidential client on an old library may leave PKCE out where it sends a nonce and checks it (OAuth 2.1 §7.5.1). */
  requirePkce?: boolean;
  /** Signed authorization requests (RFC 9101). */
  requestObjects?: {
    /** Requests that are not signed are refused. */
    required?: boolean;
    algs?: Array<'ES256' | 'PS256' | 'EdDSA' | 'RS256'>;
    /** Those that are encrypted are so in this way alone. */
    encryption?: {
      alg: 'ECDH-ES' | 'ECDH-ES+A256KW';
      enc?: 'A256GCM' | 'A128GCM' | 'A256CBC-HS512' | 'A128CBC-HS256';
    };
    /** Addresses it may give as request_uri, exactly. */
    uris?: string[];
  };
  /** Response modes it may ask for. All unless said otherwise. */
  responseModes?: Array<'query' | 'fragment' | 'form_post' | 'jwt' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt'>;
  /** Types of authorization details it may ask for (RFC 9396). */
  authorizationDetailTypes?: string[];
  /** People can’t untick entries of these types when they are asked to consent. */
  requiredAuthorizationDetailTypes?: string[];
  /** Its access tokens are bound: to a DPoP key (RFC 9449) or to its TLS certificate (RFC 8705). */
  senderConstraint?: 'dpop' | 'mtls';
};

export type Client = Resource<ClientSpec>;

export type SecurityProfileSpec = {
  /** For all clients that declare no profile. */
  profile?: 'oauth2.1' | 'fapi2';
};

export type SecurityProfile = Resource<SecurityProfileSpec>;

export type SigningPolicySpec = {
  /** Of id tokens, and of what else clients are told signed; `idTokenSigningAlg` of a client says otherwise. */
  idTokens?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
  /** Of access tokens that are JWTs; `accessTokenSigningAlg` of an API says otherwise. */
  accessTokens?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
};

export type SigningPolicy = Resource<SigningPolicySpec>;

export type TrustedIssuerSpec = {
  /** `iss` of its assertions. */
  issuer: string;
  /** Where its keys are. Left out: its metadata tells (OpenID Connect Discovery). */
  jwksUri?: string;
  /** jwt_bearer: assertions that name a person (RFC 7523). id_jag: assertions that also name the client. */
  accepts: Array<'jwt_bearer' | 'id_jag'>;
  /** `aud` that counts, besides this server’s own issuer. */
  audiences?: string[];
  /** Clients that may use it; all, if left out. */
  clients?: string[];
  /** Claim to the text it must have. A star at the end stands for any rest. */
  claims?: Record<string, string>;
  /** Who the token will be about. */
  subject: {
    /** user_id: an id of ours. email: an address that is verified, there and here. fixed: one person. */
    mapping: 'user_id' | 'email' | 'fixed';
    /** The claim that is looked at: `sub`, or `email` for addresses, unless given. */
    claim?: string;
    /** For fixed: the id of the person (usr_…). */
    user?: string;
  };
  /** The most that can come of its assertions. */
  scopes: string[];
  description?: string;
};

export type TrustedIssuer = Resource<TrustedIssuerSpec>;

export type AuthorizationServerSpec = {
  /** Its issuer identifier: the `aud` of the assertions, and the `audience` clients ask for. */
  issuer: string;
  clients: Array<{
    /** A client of ours. */
    client: string;
    /** What that server calls it. */
    clientId: string;
    /** Scopes it may ask that server for. */
    scopes?: string[];
  }>;
  /** Tell it the person’s e-mail address, by which it may know them. */
  includeEmail?: boolean;
  description?: string;
};

export type AuthorizationServer = Resource<AuthorizationServerSpec>;

export type ClientRegistrationPolicySpec = {
  description?: string;
  /** Anyone may register, without an initial access token. */
  open?: boolean;
  /** A client_id may be an https address at which the client describes itself. */
  metadataDocuments?: boolean;
  /** Hosts of such documents; all, if left out. */
  documentHosts?: string[];
  grants?: Array<'authorization_code' | 'refresh_token' | 'device_code'>;
  /** They may also be confidential clients, with a secret. */
  confidential?: boolean;
  /** The most they may ask for. */
  scopes?: string[];
  /** What bounds a client that names scopes when it registers. policy, unless said otherwise: it may ask for any of `scopes`, and gets those it named when it asks for none. metadata: those it named are the most it will ever have. */
  scopeCeiling?: 'policy' | 'metadata';
  /** APIs they may call. */
  apis?: string[];
  /** Their plan, for those that register from now on. Without it they have no limits but those of routes. */
  plan?: string;
  /** Hosts that redirect URIs may name, `localhost` for loopback addresses; all, if left out. */
  redirectHosts?: string[];
};

export type ClientRegistrationPolicy = Resource<ClientRegistrationPolicySpec>;

export type MailTemplateSpec = {
  /** For people: why it differs from the one that is shipped. */
  description?: string;
  /** Which mail it is instead of. */
  template:
    | 'password_recovery'
    | 'registration_verify'
    | 'registration_taken'
    | 'sign_in_code'
    | 'email_change_verify'
    | 'invitation'
    | 'email_changed'
    | 'email_change_undone'
    | 'password_changed'
    | 'administrator_recovery'
    | 'administrator_recovery_shown'
    | 'impersonation_started'
    | 'new_device'
    | 'impossible_travel'
    | 'factor_added'
    | 'factor_removed'
    | 'leaked_key_revoked'
    | 'leaked_key_set_aside'
    | 'quota_reached'
    | 'key_expires'
    | 'key_rotation_due'
    | 'key_unused'
    | 'key_pick_up'
    | 'refresh_token_reused'
    | 'webhook_gone'
    | 'webhook_failing'
    | 'approval_requested';
  /** Language it is written in. */
  locale: string;
  /** One line; Liquid. */
  subject: string;
  /** The mail as plain text; Liquid. */
  text: string;
  /** The same as HTML; Liquid, with every value escaped. Left out, the mail is plain text. */
  html?: string;
};

export type MailTemplate = Resource<MailTemplateSpec>;

export type RegistrationPolicySpec = {
  /** Who may make an account: with `open` anybody, with `off` only who was invited. */
  mode?: 'off' | 'open';
  /** Only addresses of these domains, exactly; all when left out. */
  allowedDomains?: string[];
};

export type RegistrationPolicy = Resource<RegistrationPolicySpec>;

export type UpstreamSpec = {
  description?: string;
  targets: Array<{
    /** `http://host:port`, with the base path. */
    url: string;
    /** How much of the work it takes beside the others. */
    weight?: number;
  }>;
  /** `grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. HTTP/1.1 when left out. */
  protocol?: 'http/1.1' | 'grpc';
  /** Who gets a request: whoever has least under way for its weight, or each in turn by weight. */
  balance?: 'least_loaded' | 'round_robin';
  /** Requests of one value go to one target while it is well. Those without a value go as `balance` says. */
  hash?: {
    /** Whose value: of who calls, as limits count, of a header, or of a parameter of the path of the route. */
    by: 'credential' | 'principal' | 'organization' | 'ip' | 'header' | 'path_parameter';
    /** Of the header, in lower case, or of the parameter. */
    name?: string;
  };
  /** Audience of `Gatehouse-Identity`; the origin of the first target when left out. */
  audience?: string;
  /** What the service asks for and callers never hold. Values are set by themselves, and never exported. */
  secrets?: Array<{
    /** By which it is set. */
    name: string;
    header?: {
      name: string;
      /** What stands before the value, with its space: `Bearer `. */
      prefix?: string;
    };
    /** Name of the parameter. A header is better: services write addresses into their logs. */
    query?: string;
    /** Sent with no request: a client secret, for sessions whose people sign in there. */
    client?: true;
  }>;
  /** Ask each target by itself whether it is well. Without it only what happens to requests tells. */
  health?: {
    path: string;
    intervalSeconds?: number;
    timeoutSeconds?: number;
    /** Answers in a row that are 2xx or 3xx. */
    healthyAfter?: number;
    /** Answers in a row that are not. */
    unhealthyAfter?: number;
  };
  /** Requests that fail keep a target from getting more. */
  ejection?: {
    /** In a row: no connection, no answer, or 502, 503, 504. */
    failures?: number;
    /** How long the first time; twice as long each further time. */
    seconds?: number;
    /** Never more than this part of the targets at once. */
    shareMax?: number;
  };
  /** When nothing works any more, callers are told at once, and one request at a time tries again. */
  breaker?: {
    /** In a row, of all targets together. */
    failures?: number;
    seconds?: number;
    /** Under way at once; more are refused. */
    inFlightMax?: number;
  };
  /** Only what was not sent, or can do no harm twice. */
  retries?: {
    most?: number;
    /** Retries for each request, over time. */
    budget?: number;
    /** Answers in whose place another target is asked. None when left out: they are passed on. */
    statuses?: Array<502 | 503 | 504>;
  };
  /** A target that comes back gets its full share after so long. */
  slowStartSeconds?: number;
  timeouts?: {
    connectSeconds?: number;
    /** Until the response head has come. */
    headSeconds?: number;
    /** Between two pieces of the response. */
    idleSeconds?: number;
    /** For everything, retries included. */
    totalSeconds?: number;
  };
};

export type Upstream = Resource<UpstreamSpec>;

export type BrowserSessionSpec = {
  description?: string;
  /** Where browsers reach the gateway, as `https://shop.example.com`. Plain http on the loopback alone. */
  origin: string;
  /** Under it are login, callback, logout and info. */
  path?: string;
  /** The confidential client in whose name people sign in here. */
  client?: string;
  /** Instead of `client`: people sign in at another OpenID provider. */
  provider?: {
    /** Its `iss`, exactly. The API must take its tokens (`issuers`). */
    issuer: string;
    /** As which this session is registered there. */
    clientId: string;
    /** Where its client secret is kept: a secret of an upstream, set for the origin of the token endpoint. */
    secret: {
      upstream: string;
      name: string;
    };
    clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
    /** By which parameter it is told for which API tokens shall be: that of RFC 8707, or its own. */
    apiParameter?: 'resource' | 'audience' | 'none';
  };
  /** The API that the tokens of a session are for. */
  api: string;
  /** What is asked for at sign-in. `openid` is among them. */
  scopes: string[];
  /** Without a request for so long, it is over. */
  idleSeconds?: number;
  /** After so long, it is over whatever happens. */
  absoluteSeconds?: number;
  /** Where to after signing in, when nowhere was asked for, and after signing out. */
  landing?: string;
};

export type BrowserSession = Resource<BrowserSessionSpec>;

export type RouteSpec = {
  description?: string;
  /** A disabled route still owns its path: it answers 404, and no broader route answers in its place. */
  enabled?: boolean;
  /** Higher wins over a more specific path. Rarely needed. */
  priority?: number;
  match: {
    /** Only requests with this Host, without port. Every host when left out. */
    host?: string;
    /** `/orders/{id}` takes one segment as a parameter, `/files/{rest*}` all that follows. */
    path: string;
    methods: Array<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'>;
    /** Only requests with these headers: with this value exactly, or with any when it is `true`. */
    headers?: Record<string, true | string>;
    /** Only requests with these query parameters: with this value exactly, or with any when it is `true`. */
    query?: Record<string, true | string>;
  };
  /** The API whose audience access tokens must carry. */
  api?: string;
  /** API keys and, with `api`, access tokens when left out. `anonymous` stands alone. */
  authenticate?: Array<'anonymous' | 'api_key' | 'access_token' | 'session' | 'client_certificate'>;
  /** The browser_session whose cookie counts here. Goes with `session` in `authenticate`. */
  session?: string;
  /** Where an API key may stand besides `X-API-Key` and `Authorization: Bearer`. */
  apiKey?: {
    /** A header of your own. */
    header?: string;
    /** A parameter of the query. Addresses are kept in logs and histories: only for callers who can do nothing else. */
    query?: string;
    /** `Authorization: Basic` (RFC 7617) with the key as user name and no password. */
    basic?: true;
  };
  /** Besides any other credential, the caller must show a certificate of an authority that the listener trusts. */
  clientCertificate?: 'required';
  /** What grants the call. With no scope, no role and no policy to go by, the route is closed. */
  authorize?: {
    /** The credential must hold all of these. */
    scopes?: string[];
    /** The principal must hold at least one of these. */
    roles?: string[];
    /** Of which environments keys, and tokens made from keys, are taken; of both when left out. `[live]` refuses test keys. */
    environments?: Array<'live' | 'test'>;
    /** `required`: a policy must permit. Policies that forbid always apply. */
    policies?: 'required' | 'optional';
    acr?: string[];
    maxAgeSeconds?: number;
    engine?: string;
    action?: string;
    resource?: {
      type: string;
      id: string;
    };
  };
  /** Hold requests against the description of the API. */
  openapi?: {
    /** The api_document that describes the requests. */
    document: string;
    /** What is not as described is refused; or let through and counted; or not looked at, but for the drift. */
    validate?: 'off' | 'report' | 'enforce';
    /** Forms of several parts, files among them: kept and checked like others; or passed on as they come. */
    multipart?: 'check' | 'stream';
    /** Bodies that a schema describes are kept in memory until they are checked; larger ones are refused. */
    bodyBytesMax?: number;
  };
  /** Fields of JSON responses that only some may see. */
  mask?: {
    /** A response of which something is hidden is kept in memory until it is; a larger one is withheld. */
    bytesMax?: number;
    groups: Array<{
      /** As traces and records name it. */
      name: string;
      /** JSON pointers, in which `*` is any field or item and `**` any number of levels: `/** /ssn`. */
      fields: string[];
      /** What stands in the place of what is hidden. */
      as?: 'absent' | 'null';
      /** Who sees them, decided like a request on the same resource. */
      unless: {
        scopes?: string[];
        roles?: string[];
        policies?: 'required' | 'optional';
        /** In the words of policies; the route’s own when left out. */
        action?: string;
      };
    }>;
  };
  /** From which addresses it may be called, whoever calls. */
  addresses?: {
    /** Addresses and CIDR ranges that may call; nobody else then may. */
    allow?: string[];
    /** Addresses and CIDR ranges that may not call. It wins over `allow`. */
    deny?: string[];
  };
  /** Which pages of other origins may call it from a browser. */
  cors?: {
    /** Origins whose pages may read answers: `https://app.example.com` exactly, `https://*.example.com` for every subdomain, or `*` alone for every origin (never with credentials). */
    origins: string[];
    /** Methods that pages may use, out of those of the route. All of them when left out. */
    methods?: string[];
    /** Request headers that pages may set. When left out: Content-Type and those that carry what the route accepts. */
    headers?: string[];
    /** Response headers that pages may read, besides those the gateway adds itself. */
    exposeHeaders?: string[];
    /** May pages send cookies and client certificates along? */
    credentials?: boolean;
    /** How long a browser may remember the answer to a preflight. */
    maxAgeSeconds?: number;
  };
  /** Add X-Content-Type-Options, frame-ancestors, Referrer-Policy and, over https, Strict-Transport-Security where the upstream says nothing of them. */
  securityHeaders?: boolean;
  /** What becomes of an answer that is still streaming when its credential is revoked; cut when left out. */
  whenRevoked?: 'cut' | 'finish';
  /** Callers may go on as WebSockets: programs, and pages of the own origin and of those in `cors`. */
  webSocket?: {
    idleSeconds?: number;
    maxSeconds?: number;
  };
  /** How many requests, by `credential` unless `by` says otherwise. */
  limit?: {
    /** How many requests in each period. */
    requests?: number;
    /** The period, in seconds. */
    perSeconds?: number;
    /** How many at once; as many as `requests` when left out. Token buckets only. */
    burst?: number;
    /** Never more than `requests` in any `perSeconds`, wherever they begin. A token bucket when left out. */
    window?: 'sliding';
    /** A quota: by calendar day or month, in UTC. Survives a restart. */
    per?: 'day' | 'month';
    /** How many may be under way at the same time. */
    concurrent?: number;
    /** Whose requests count together. */
    by?: 'credential' | 'principal' | 'organization' | 'ip' | 'route';
  };
  /** Several, all of which apply. Instead of `limit`. */
  limits?: Array<{
    /** How many requests in each period. */
    requests?: number;
    /** The period, in seconds. */
    perSeconds?: number;
    /** How many at once; as many as `requests` when left out. Token buckets only. */
    burst?: number;
    /** Never more than `requests` in any `perSeconds`, wherever they begin. A token bucket when left out. */
    window?: 'sliding';
    /** A quota: by calendar day or month, in UTC. Survives a restart. */
    per?: 'day' | 'month';
    /** How many may be under way at the same time. */
    concurrent?: number;
    /** Whose requests count together. */
    by?: 'credential' | 'principal' | 'organization' | 'ip' | 'route';
  }>;
  upstream: {
    /** `http://host:port`, with a base path if the service has one. */
    url?: string;
    /** An upstream with several targets, health and time limits of its own. Instead of `url`. */
    name?: string;
    /** Where requests with test keys, or tokens made from them, go instead: `url` or `name`. All else is alike. */
    test?: {
      url?: string;
      name?: string;
    };
    /** `grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. With `url`. */
    protocol?: 'http/1.1' | 'grpc';
    /** Path at the service, after the base path, with parameters of the match. The request's own when left out. */
    path?: string;
    /** What the service gets to see of the headers. */
    headers?: {
      /** In the place of what the caller sends under these names. */
      set?: Record<string, string>;
      /** Never passed on. */
      remove?: string[];
    };
    /** With `url`: until the response head has come. */
    timeoutSeconds?: number;
    /** Send the verified identity as a signed `Gatehouse-Identity` header. */
    sendIdentity?: boolean;
    /** Tell the service who calls in plain headers as well: header to what it tells, as `x-user-id: id`. */
    identityHeaders?: Record<
      string,
      | 'id'
      | 'type'
      | 'organization'
      | 'roles'
      | 'groups'
      | 'scopes'
      | 'client'
      | 'credential'
      | 'environment'
      | 'actor'
      | 'plan'
    >;
    /** Send an access token about the caller as `Authorization: Bearer`, which the service can exchange for others (RFC 8693). */
    accessToken?: {
      /** The API that the service is; the route's own when left out. */
      api?: string;
      /** At most these of the caller's; all that the API knows when left out. */
      scopes?: string[];
    };
  };
};

export type Route = Resource<RouteSpec>;

export type BrandingSpec = {
  /** What people know this place by. */
  productName: string;
  /** In the place of the product name, on light pages; on dark ones as well without logoDark. */
  logo?: {
    /** The text of an SVG file: shapes only. */
    svg?: string;
    /** A PNG file in base64. */
    png?: string;
  };
  /** For dark pages. */
  logoDark?: {
    /** The text of an SVG file: shapes only. */
    svg?: string;
    /** A PNG file in base64. */
    png?: string;
  };
  colours?: {
    /** Buttons, links and the focus ring on light pages. */
    accent?: string;
    /** On dark pages; a lighter shade of accent when left out. */
    accentDark?: string;
    /** Behind the card on light pages. */
    background?: string;
    /** Behind the card on dark pages. */
    backgroundDark?: string;
  };
  /** Shown at the foot of every page. */
  links?: {
    terms?: string;
    privacy?: string;
    support?: string;
  };
  /** Parts of the pages, in Liquid and a little HTML. */
  templates?: {
    /** Under the logo. */
    header?: string;
    /** At the top of the card. */
    intro?: string;
    /** Under the card. */
    footer?: string;
    /** At the very end. */
    legal?: string;
  };
};

export type Branding = Resource<BrandingSpec>;

export type WebhookSpec = {
  description?: string;
  /** Whose it is: it is told what happens there, and nothing else. Left out: it is the tenant’s. */
  organization?: string;
  /** Where events are posted to. https and public, unless `outbound.webhooks` opens a network. */
  url: string;
  /** What is told of: types of audit events, or patterns of them. */
  events: string[];
  /** Of events about API keys and their quotas, only those of keys with one of these tags. */
  keyTags?: string[];
  /** All that the audit log knows of an event, personal data among it. Left out: ids and what is documented. */
  details?: boolean;
  /** Who is told by mail when it is disabled. */
  contactEmail?: string;
  /** Nothing is queued or sent; what happens meanwhile is not told later. */
  paused?: boolean;
};

export type Webhook = Resource<WebhookSpec>;

export type Kind = {
  kind: string;
  plural: string;
  description: string;
  permissions: string[];
  builtIns: string[];
  /** JSON Schema of the spec */
  schema: ApiOpenapi;
};

export type User = {
  id: string;
  email: string;
  emailVerified: boolean;
  name: string;
  /** the language the person chose for pages and mails */
  locale: string | null;
  status: 'active' | 'disabled';
  /** in the whole tenant; those inside organizations are memberships */
  roles: string[];
  /** the organizations the person belongs to, as far as you may know */
  organizationIds: string[];
  /** the organization whose administrators may change the account */
  managedBy: string | null;
  /** as the user_schema has them */
  attributes: ApiOpenapi;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  updatedAt: number;
  version: number;
};

export type Group = {
  id: string;
  /** null for a group of the tenant */
  organizationId: string | null;
  name: string;
  description: string;
  roles: string[];
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  updatedAt: number;
  version: number;
};

export type ServiceAccount = {
  id: string;
  /** null for one of the tenant */
  organizationId: string | null;
  name: string;
  description: string;
  /** its keys can do no more than these */
  roles: string[];
  status: 'active' | 'disabled';
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  updatedAt: number;
  version: number;
};

export type Invitation = {
  id: string;
  /** null for an invitation to the tenant itself */
  organizationId: string | null;
  email: string;
  roles: string[];
  status: 'open' | 'accepted' | 'revoked' | 'expired';
  invitedBy: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  expiresAt: number;
  acceptedAt: number | null;
  acceptedBy: string | null;
};

export type Key = {
  id: string;
  name: string;
  environment: 'live' | 'test';
  /** the beginning and the end of the key, to tell keys apart */
  display: string;
  owner?: {
    type: string;
    id: string;
  };
  organizationId?: string;
  scopes: string[];
  roles: string[];
  plan: string | null;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  createdBy: string;
  expiresAt: number | null;
  revokedAt: number | null;
  revokeReason: string | null;
  quarantinedAt: number | null;
  quarantineReason: string | null;
  description: string | null;
  tags: string[];
  contactEmail: string | null;
  restrictions: {
    addresses?: string[];
    apis?: string[];
    routes?: string[];
  };
  /** when it was accepted last at the gateway; null when it never was, or the answer is to a change */
  lastUse: {
    /** milliseconds since 1970-01-01T00:00:00Z */
    at: number;
    address: string;
    route: string;
  } | null;
  /** the key it was issued to take the place of */
  replaces: string | null;
  /** the key that takes its place */
  replacedBy: string | null;
};

export type KeyUsage = {
  calls: number;
  /** 4xx but for 401, 403 and 429 */
  clientErrors: number;
  /** 5xx */
  serverErrors: number;
  /** 401: the key had ended */
  refused: number;
  /** 403 */
  denied: number;
  /** 429 */
  limited: number;
  bytesIn: number;
  bytesOut: number;
  durationMicrosMean: number;
  /** an upper bound, at most twice the true value */
  durationMicrosP50: number;
  /** an upper bound, at most twice the true value */
  durationMicrosP95: number;
  keyId: string;
  /** the key as it is now */
  key: {
    name: string;
    /** the beginning and the end of the key, to tell keys apart */
    display: string;
    environment: 'live' | 'test';
    owner?: {
      type: string;
      id: string;
    };
    organizationId?: string;
    plan: string | null;
    tags: string[];
  } | null;
};

export type AccessRecord = {
  decisionId: string;
  organizationId?: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  at: number;
  principalType: string;
  principalId: string;
  credentialType: string;
  credentialId: string;
  clientId?: string;
  /** Who acted for the principal (RFC 8693), the current one first. */
  actors?: Array<{
    id: string;
    clientId?: string;
  }>;
  route?: string;
  method: string;
  path: string;
  status: number;
  allowed: boolean;
  reason: string;
  policies: string[];
  /** what steps said of their outcome */
  notes?: string;
  upstream?: string;
  bytesIn: number;
  bytesOut: number;
  durationMicros: number;
  remoteAddress: string;
};

export type Decision = {
  decisionId: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  at: number;
  source: string;
  /** What was asked, as policies saw it; what looks like a secret is left out. */
  request: Record<string, unknown>;
  decision: {
    allowed: boolean;
    reason: string;
    summary: string;
    policies: string[];
    errors: Array<{
      policy: string;
      message: string;
    }>;
    policyVersion: number;
    shadow?: {
      allowed: boolean;
      [more: string]: unknown;
    };
    obligations?: string[];
    missingScopes?: string[];
    missingRoles?: string[];
    /** What policies asked of relationships, as it was answered then; the first twenty. */
    relationships?: Array<{
      object: {
        type: string;
        id: string;
      };
      relation: string;
      subject: {
        type: string;
        id: string;
      };
      holds: boolean;
      /** Version of the relationship model under which it was answered. */
      model?: string;
    }>;
  };
  /** Something of the request was not kept. */
  incomplete: boolean;
};

export type Session = {
  id: string;
  /** how strongly the person proved who they are: aal1, aal2, or phr (phishing-resistant) */
  acr: string;
  /** by which methods (RFC 8176) */
  amr: string[];
  /** milliseconds since 1970-01-01T00:00:00Z */
  authenticatedAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  lastSeenAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  expiresAt: number;
  userAgent: string;
  address: string;
  /** where it began, where a proxy in front says so */
  place: {
    country: string;
    region: string | null;
  } | null;
  /** the administrator who acts for the person in it */
  actorId: string | null;
  user: {
    id: string;
    name: string;
    email: string;
  };
};

export type PolicyVersion = {
  number: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  at: number;
  author: {
    type: string;
    id: string;
  };
  message: string;
  policies: string[];
};

export type SigningKey = {
  id: string;
  alg: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
  state: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  activatesAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  retiresAt?: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  goneAt?: number;
};

export type DescribedApi = {
  name: string;
  title: string;
  version: string;
  operations: Array<{
    method: string;
    path: string;
    summary?: string;
    scopes: string[];
  }>;
};

export type WebhookEvent = {
  type: string;
  /** fields of `data.detail` that every receiver gets */
  detail: string[];
  /** who has it sent somewhere must hold this */
  permission: string;
};

export type OauthRefusal = {
  /** `error_id` of the answer. */
  id: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  at: number;
  endpoint: string;
  /** The rule of the endpoint’s list that refused. */
  check: string | null;
  /** Once it is certain which client it is, or is said to be. */
  clientId: string | null;
  remoteAddress: string | null;
  status: number;
  /** The standard’s code. */
  error: string;
  /** Our own code of the rule, as docs/errors.md lists it. */
  reason: string;
  /** What the client was told. */
  message: string;
  /** What it was not told. */
  cause: string | null;
  /** What was sent. Of what may be a secret, or says who somebody is, only the length. */
  params: Array<{
    name: string;
    value: string;
  }>;
};

export type InitialAccessToken = {
  id: string;
  policy: string;
  description: string | null;
  usesLeft: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  expiresAt: number;
};

export type AuditEvent = {
  sequence: number;
  id: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  at: number;
  type: string;
  organizationId?: string;
  actor: {
    type: string;
    id: string;
    [more: string]: unknown;
  };
  target: {
    type: string;
    id: string;
    name?: string;
  };
  detail?: ApiOpenapi;
};

export type OrganizationMember = {
  organizationId: string;
  userId: string;
  roles: string[];
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  updatedAt: number;
  version: number;
};

export type GroupMember = {
  type: 'user' | 'service_account' | 'group';
  id: string;
  /** milliseconds since 1970-01-01T00:00:00Z */
  addedAt: number;
};

export type UserImportError = {
  /** counted from 1 */
  record: number;
  code: string;
  message: string;
};

export type UserSession = {
  id: string;
  /** how strongly the person proved who they are: aal1, aal2, or phr (phishing-resistant) */
  acr: string;
  /** by which methods (RFC 8176) */
  amr: string[];
  /** milliseconds since 1970-01-01T00:00:00Z */
  authenticatedAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  lastSeenAt: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  expiresAt: number;
  userAgent: string;
  address: string;
  /** where it began, where a proxy in front says so */
  place: {
    country: string;
    region: string | null;
  } | null;
  /** the administrator who acts for the person in it */
  actorId: string | null;
};

export type UpstreamSecret = {
  name: string;
  /** where it may be sent; null: no value is set, or it was set before that was asked for */
  origins: string[] | null;
  /** null: no value is set, so requests that need it are refused */
  setAt: number | null;
};

export type ClientSecret = {
  id: string;
  clientId: string;
  /** the last four characters, to tell secrets apart */
  hint: string;
  description: string | null;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  expiresAt: number | null;
};

export type WebhookDelivery = {
  id: string;
  /** the `webhook-id` that the receiver got, the same at each attempt */
  eventId: string;
  type: string;
  status: 'queued' | 'delivered' | 'given_up';
  attempts: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  createdAt: number;
  finishedAt: number | null;
  nextAttemptAt: number | null;
  /** of the last attempt; null when nothing was answered */
  responseStatus: number | null;
  /** why the last attempt failed */
  failure: string | null;
};

export type UserApplication = {
  /** id of the client resource */
  id: string;
  clientId: string;
  displayName: string;
  scopes: string[];
  /** milliseconds since 1970-01-01T00:00:00Z */
  since: number;
};

export type Whoami = {
  principal: {
    type: string;
    id: string;
    tenantId: string;
    organizationId?: string;
    roles: string[];
    scopes: string[];
    /** who acts for the principal (RFC 8693) */
    act?: {
      sub: string;
    };
    credential: {
      type: string;
      id: string;
      expiresAt?: number;
    };
  };
  permissions: string[];
};

export type Traffic = {
  /** milliseconds since 1970-01-01T00:00:00Z */
  from: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  to: number;
  steps: Array<{
    calls: number;
    /** not let through, for whatever reason */
    denied: number;
    /** answered with a 5xx */
    errors: number;
    /** milliseconds since 1970-01-01T00:00:00Z */
    at: number;
  }>;
  totals: {
    calls: number;
    /** not let through, for whatever reason */
    denied: number;
    /** answered with a 5xx */
    errors: number;
  };
  /** an upper bound, at most twice the true value */
  durationMicrosP50: number;
  /** an upper bound, at most twice the true value */
  durationMicrosP95: number;
  /** the busiest first */
  credentials: Array<{
    calls: number;
    /** not let through, for whatever reason */
    denied: number;
    /** answered with a 5xx */
    errors: number;
    of: string;
    type: string;
  }>;
  /** the busiest first */
  routes: Array<{
    calls: number;
    /** not let through, for whatever reason */
    denied: number;
    /** answered with a 5xx */
    errors: number;
    of: string;
  }>;
  /** the most frequent first */
  denials: Array<{
    reason: string;
    calls: number;
  }>;
  /** false when there was more than is looked at: then only the newest part is counted */
  complete: boolean;
};

export type PolicyVocabulary = {
  /** There is a policy schema; without one these are the names that policies happen to use. */
  schema: boolean;
  entityTypes: Array<{
    name: string;
    attributes: Array<{
      name: string;
      type: string;
      required: boolean;
    }>;
    memberOf: string[];
    relations: string[];
  }>;
  actions: Array<{
    name: string;
    principals: string[];
    resources: string[];
    context: Array<{
      name: string;
      type: string;
      required: boolean;
    }>;
  }>;
};

export type UserImport = {
  id: string;
  /** ndjson is ours; the others are exports of those products */
  format: 'ndjson' | 'keycloak' | 'auth0' | 'firebase';
  /** where it goes on */
  recordsDone: number;
  created: number;
  failed: number;
};

export type UserFactor = {
  password: boolean;
  /** when the authenticator app was set up; null without one */
  totpSince: number | null;
  passkeys: Array<{
    id: string;
    name: string;
    /** what made it, as far as it says so itself */
    authenticator: string;
    /** kept by a provider, and found on several devices */
    synced: boolean;
    /** milliseconds since 1970-01-01T00:00:00Z */
    createdAt: number;
    lastUsedAt: number | null;
  }>;
  /** how many are left */
  recoveryCodes: number;
};

export type DecisionExplanation = {
  logged: Decision;
  /** The same question, decided now. */
  now: {
    allowed: boolean;
    reason: string;
    summary: string;
    policies: string[];
    errors: Array<{
      policy: string;
      message: string;
    }>;
    policyVersion: number;
    shadow?: {
      allowed: boolean;
      [more: string]: unknown;
    };
    obligations?: string[];
    missingScopes?: string[];
    missingRoles?: string[];
    /** What policies asked of relationships, as it was answered then; the first twenty. */
    relationships?: Array<{
      object: {
        type: string;
        id: string;
      };
      relation: string;
      subject: {
        type: string;
        id: string;
      };
      holds: boolean;
      /** Version of the relationship model under which it was answered. */
      model?: string;
    }>;
  };
  /** It is decided otherwise now. */
  outdated: boolean;
  policies: Array<{
    policy: string;
    effect: 'permit' | 'forbid';
    outcome: 'satisfied' | 'not_satisfied' | 'failed';
    clause?: {
      part: string;
      text: string;
      values: Record<string, string>;
      failure?: string;
    };
  }>;
  relationships: Array<{
    object: {
      type: string;
      id: string;
    };
    relation: string;
    subject: {
      type: string;
      id: string;
    };
    holds: boolean;
    /** Version of the relationship model under which it was answered. */
    model?: string;
    /** The tuples that make it hold, from the object to the subject. */
    path?: Array<{
      user: string;
      relation: string;
      object: string;
      [more: string]: unknown;
    }>;
  }>;
  /** Each of these sets of changes would make it an allow; each was tried. */
  changes: Array<string[]>;
  suggestions: Array<{
    /** All of these together would make it an allow; it was tried. */
    texts: string[];
    /** The same, for a what-if. Absent where it has no such form. */
    changes?: Array<
      | {
          kind: 'scope' | 'role' | 'group';
          name: string;
          remove?: true;
        }
      | {
          kind: 'organization';
          id: string;
        }
      | {
          kind: 'step_up';
          member: 'acr' | 'amr' | 'authTime';
          value: string | number;
        }
      | {
          kind: 'relationship';
          tuple: {
            object: string;
            relation: string;
            user: string;
          };
        }
      | {
          kind: 'attribute';
          of: 'principal' | 'resource' | 'context';
          path: string[];
          to:
            | {
                value:
                  | boolean
                  | string
                  | number
                  | {
                      entity: {
                        type: string;
                        id: string;
                      };
                    }
                  | {
                      long: string;
                    };
              }
            | {
                anythingBut:
                  | boolean
                  | string
                  | number
                  | {
                      entity: {
                        type: string;
                        id: string;
                      };
                    }
                  | {
                      long: string;
                    };
                tried:
                  | boolean
                  | string
                  | number
                  | {
                      entity: {
                        type: string;
                        id: string;
                      };
                    }
                  | {
                      long: string;
                    };
              }
            | {
                added:
                  | boolean
                  | string
                  | number
                  | {
                      entity: {
                        type: string;
                        id: string;
                      };
                    }
                  | {
                      long: string;
                    };
              }
            | {
                removed:
                  | boolean
                  | string
                  | number
                  | {
                      entity: {
                        type: string;
                        id: string;
                      };
                    }
                  | {
                      long: string;
                    };
              }
            | {
                absent: true;
              };
        }
    >;
  }>;
};

export type UpstreamHealth = {
  name: string;
  /** of all targets together; `open`: callers are told at once that nothing works */
  breaker: 'closed' | 'open' | 'half_open';
  inFlight: number;
  retries: number;
  /** requests that were not sent to any target */
  refused: number;
  targets: Array<{
    url: string;
    weight: number;
    /** may it get requests now */
    available: boolean;
    /** what active checks say */
    healthy: boolean;
    /** what requests that failed say */
    ejection: 'closed' | 'open' | 'half_open';
    inFlight: number;
    requests: number;
    failed: number;
    ejections: number;
    /** what the last active check found; empty when nothing */
    problem: string;
  }>;
};

export type ApiOpenapi = Record<string, unknown>;

export type ApiDrift = {
  /** when anything at all was seen */
  lastSeen: number | null;
  /** seen, and not described */
  undocumented: Array<{
    what: 'operation' | 'query' | 'status' | 'content_type';
    operation: string;
    /** of the parameter, the status, the status and its content type */
    name: string;
    count: number;
    /** milliseconds since 1970-01-01T00:00:00Z */
    lastSeen: number;
  }>;
  /** described, and never seen */
  unseen: Array<{
    what: 'operation' | 'query' | 'status';
    operation: string;
    name: string;
  }>;
  /** requests that were not as described */
  violations: Array<{
    operation: string;
    count: number;
    /** milliseconds since 1970-01-01T00:00:00Z */
    lastSeen: number;
  }>;
};

export type WebhookState = {
  /** `failing`: the last attempt failed; `without_secret`: nothing is queued until one is issued */
  status: 'active' | 'failing' | 'paused' | 'disabled' | 'without_secret';
  disabledAt: number | null;
  /** `gone`: the receiver answered 410; `failing`: it took nothing for five days */
  disabledReason: 'gone' | 'failing' | null;
  failingSince: number | null;
  lastDeliveredAt: number | null;
  /** deliveries that wait, those for another attempt among them */
  queued: number;
  /** events that found the queue full since the last delivery */
  dropped: number;
  secrets: Array<{
    id: string;
    /** the last four characters, to tell secrets apart */
    hint: string;
    /** milliseconds since 1970-01-01T00:00:00Z */
    createdAt: number;
    /** null: the one that stays */
    expiresAt: number | null;
  }>;
};

/** Of each path and method: the parameters and the body it takes, and what it answers. */
export interface AdminPaths {
  '/api/v1/whoami': {
    /** Which credential this is, and what it may do. Needs a credential, and no permission. */
    get: {
      answer: Whoami;
    };
  };
  '/api/v1/kinds': {
    /** The kinds of resources, with the schema of each */
    get: {
      answer: {
        items: Kind[];
      };
    };
  };
  '/api/v1/roles': {
    /** List roles by name. Needs the permission `roles:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Role>;
    };
  };
  '/api/v1/roles/{name}': {
    /** Read one role; its ETag names this state. Needs the permission `roles:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Role;
    };
    /** Create or replace one role. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `roles:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: RoleSpec;
      };
      answer: Role;
    };
    /** Delete one role, unless others refer to it. Needs the permission `roles:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/organizations': {
    /** List organizations by name. Needs the permission `organizations:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Organization>;
    };
  };
  '/api/v1/organizations/{name}': {
    /** Read one organization; its ETag names this state. Needs the permission `organizations:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Organization;
    };
    /** Create or replace one organization. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `organizations:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: OrganizationSpec;
      };
      answer: Organization;
    };
    /** Delete one organization, unless others refer to it. Needs the permission `organizations:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/sign_in_policies': {
    /** List sign_in_policies by name. Needs the permission `sign_in_policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<SignInPolicy>;
    };
  };
  '/api/v1/sign_in_policies/{name}': {
    /** Read one sign_in_policy; its ETag names this state. Needs the permission `sign_in_policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: SignInPolicy;
    };
    /** Create or replace one sign_in_policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `sign_in_policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: SignInPolicySpec;
      };
      answer: SignInPolicy;
    };
    /** Delete one sign_in_policy, unless others refer to it. Needs the permission `sign_in_policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/user_schemas': {
    /** List user_schemas by name. Needs the permission `user_schemas:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<UserSchema>;
    };
  };
  '/api/v1/user_schemas/{name}': {
    /** Read one user_schema; its ETag names this state. Needs the permission `user_schemas:read`. */
    get: {
      params: {
        name: string;
      };
      answer: UserSchema;
    };
    /** Create or replace one user_schema. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `user_schemas:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: UserSchemaSpec;
      };
      answer: UserSchema;
    };
    /** Delete one user_schema, unless others refer to it. Needs the permission `user_schemas:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/plans': {
    /** List plans by name. Needs the permission `plans:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Plan>;
    };
  };
  '/api/v1/plans/{name}': {
    /** Read one plan; its ETag names this state. Needs the permission `plans:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Plan;
    };
    /** Create or replace one plan. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `plans:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: PlanSpec;
      };
      answer: Plan;
    };
    /** Delete one plan, unless others refer to it. Needs the permission `plans:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/key_policies': {
    /** List key_policies by name. Needs the permission `key_policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<KeyPolicy>;
    };
  };
  '/api/v1/key_policies/{name}': {
    /** Read one key_policy; its ETag names this state. Needs the permission `key_policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: KeyPolicy;
    };
    /** Create or replace one key_policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `key_policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: KeyPolicySpec;
      };
      answer: KeyPolicy;
    };
    /** Delete one key_policy, unless others refer to it. Needs the permission `key_policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/apis': {
    /** List apis by name. Needs the permission `apis:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Api>;
    };
  };
  '/api/v1/apis/{name}': {
    /** Read one api; its ETag names this state. Needs the permission `apis:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Api;
    };
    /** Create or replace one api. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `apis:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: ApiSpec;
      };
      answer: Api;
    };
    /** Delete one api, unless others refer to it. Needs the permission `apis:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/api_documents': {
    /** List api_documents by name. Needs the permission `api_documents:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<ApiDocument>;
    };
  };
  '/api/v1/api_documents/{name}': {
    /** Read one api_document; its ETag names this state. Needs the permission `api_documents:read`. */
    get: {
      params: {
        name: string;
      };
      answer: ApiDocument;
    };
    /** Create or replace one api_document. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `api_documents:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: ApiDocumentSpec;
      };
      answer: ApiDocument;
    };
    /** Delete one api_document, unless others refer to it. Needs the permission `api_documents:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/external_engines': {
    /** List external_engines by name. Needs the permission `external_engines:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<ExternalEngine>;
    };
  };
  '/api/v1/external_engines/{name}': {
    /** Read one external_engine; its ETag names this state. Needs the permission `external_engines:read`. */
    get: {
      params: {
        name: string;
      };
      answer: ExternalEngine;
    };
    /** Create or replace one external_engine. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `external_engines:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: ExternalEngineSpec;
      };
      answer: ExternalEngine;
    };
    /** Delete one external_engine, unless others refer to it. Needs the permission `external_engines:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/fact_sources': {
    /** List fact_sources by name. Needs the permission `fact_sources:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<FactSource>;
    };
  };
  '/api/v1/fact_sources/{name}': {
    /** Read one fact_source; its ETag names this state. Needs the permission `fact_sources:read`. */
    get: {
      params: {
        name: string;
      };
      answer: FactSource;
    };
    /** Create or replace one fact_source. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `fact_sources:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: FactSourceSpec;
      };
      answer: FactSource;
    };
    /** Delete one fact_source, unless others refer to it. Needs the permission `fact_sources:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/decision_logs': {
    /** List decision_logs by name. Needs the permission `decision_logs:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<DecisionLog>;
    };
  };
  '/api/v1/decision_logs/{name}': {
    /** Read one decision_log; its ETag names this state. Needs the permission `decision_logs:read`. */
    get: {
      params: {
        name: string;
      };
      answer: DecisionLog;
    };
    /** Create or replace one decision_log. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `decision_logs:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: DecisionLogSpec;
      };
      answer: DecisionLog;
    };
    /** Delete one decision_log, unless others refer to it. Needs the permission `decision_logs:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/policy_schemas': {
    /** List policy_schemas by name. Needs the permission `policy_schemas:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<PolicySchema>;
    };
  };
  '/api/v1/policy_schemas/{name}': {
    /** Read one policy_schema; its ETag names this state. Needs the permission `policy_schemas:read`. */
    get: {
      params: {
        name: string;
      };
      answer: PolicySchema;
    };
    /** Create or replace one policy_schema. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `policy_schemas:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: PolicySchemaSpec;
      };
      answer: PolicySchema;
    };
    /** Delete one policy_schema, unless others refer to it. Needs the permission `policy_schemas:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/policy_tests': {
    /** List policy_tests by name. Needs the permission `policy_tests:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<PolicyTest>;
    };
  };
  '/api/v1/policy_tests/{name}': {
    /** Read one policy_test; its ETag names this state. Needs the permission `policy_tests:read`. */
    get: {
      params: {
        name: string;
      };
      answer: PolicyTest;
    };
    /** Create or replace one policy_test. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `policy_tests:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: PolicyTestSpec;
      };
      answer: PolicyTest;
    };
    /** Delete one policy_test, unless others refer to it. Needs the permission `policy_tests:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/policies': {
    /** List policies by name. Needs the permission `policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Policy>;
    };
  };
  '/api/v1/policies/{name}': {
    /** Read one policy; its ETag names this state. Needs the permission `policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Policy;
    };
    /** Create or replace one policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: PolicySpec;
      };
      answer: Policy;
    };
    /** Delete one policy, unless others refer to it. Needs the permission `policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/clients': {
    /** List clients by name. Needs the permission `clients:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Client>;
    };
  };
  '/api/v1/clients/{name}': {
    /** Read one client; its ETag names this state. Needs the permission `clients:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Client;
    };
    /** Create or replace one client. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `clients:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: ClientSpec;
      };
      answer: Client;
    };
    /** Delete one client, unless others refer to it. Needs the permission `clients:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/security_profiles': {
    /** List security_profiles by name. Needs the permission `security_profiles:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<SecurityProfile>;
    };
  };
  '/api/v1/security_profiles/{name}': {
    /** Read one security_profile; its ETag names this state. Needs the permission `security_profiles:read`. */
    get: {
      params: {
        name: string;
      };
      answer: SecurityProfile;
    };
    /** Create or replace one security_profile. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `security_profiles:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: SecurityProfileSpec;
      };
      answer: SecurityProfile;
    };
    /** Delete one security_profile, unless others refer to it. Needs the permission `security_profiles:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/signing_policies': {
    /** List signing_policies by name. Needs the permission `signing_policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<SigningPolicy>;
    };
  };
  '/api/v1/signing_policies/{name}': {
    /** Read one signing_policy; its ETag names this state. Needs the permission `signing_policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: SigningPolicy;
    };
    /** Create or replace one signing_policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `signing_policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: SigningPolicySpec;
      };
      answer: SigningPolicy;
    };
    /** Delete one signing_policy, unless others refer to it. Needs the permission `signing_policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/trusted_issuers': {
    /** List trusted_issuers by name. Needs the permission `trusted_issuers:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<TrustedIssuer>;
    };
  };
  '/api/v1/trusted_issuers/{name}': {
    /** Read one trusted_issuer; its ETag names this state. Needs the permission `trusted_issuers:read`. */
    get: {
      params: {
        name: string;
      };
      answer: TrustedIssuer;
    };
    /** Create or replace one trusted_issuer. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `trusted_issuers:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: TrustedIssuerSpec;
      };
      answer: TrustedIssuer;
    };
    /** Delete one trusted_issuer, unless others refer to it. Needs the permission `trusted_issuers:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/authorization_servers': {
    /** List authorization_servers by name. Needs the permission `authorization_servers:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<AuthorizationServer>;
    };
  };
  '/api/v1/authorization_servers/{name}': {
    /** Read one authorization_server; its ETag names this state. Needs the permission `authorization_servers:read`. */
    get: {
      params: {
        name: string;
      };
      answer: AuthorizationServer;
    };
    /** Create or replace one authorization_server. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `authorization_servers:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: AuthorizationServerSpec;
      };
      answer: AuthorizationServer;
    };
    /** Delete one authorization_server, unless others refer to it. Needs the permission `authorization_servers:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/client_registration_policies': {
    /** List client_registration_policies by name. Needs the permission `client_registration_policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<ClientRegistrationPolicy>;
    };
  };
  '/api/v1/client_registration_policies/{name}': {
    /** Read one client_registration_policy; its ETag names this state. Needs the permission `client_registration_policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: ClientRegistrationPolicy;
    };
    /** Create or replace one client_registration_policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `client_registration_policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: ClientRegistrationPolicySpec;
      };
      answer: ClientRegistrationPolicy;
    };
    /** Delete one client_registration_policy, unless others refer to it. Needs the permission `client_registration_policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/mail_templates': {
    /** List mail_templates by name. Needs the permission `mail_templates:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<MailTemplate>;
    };
  };
  '/api/v1/mail_templates/{name}': {
    /** Read one mail_template; its ETag names this state. Needs the permission `mail_templates:read`. */
    get: {
      params: {
        name: string;
      };
      answer: MailTemplate;
    };
    /** Create or replace one mail_template. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `mail_templates:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: MailTemplateSpec;
      };
      answer: MailTemplate;
    };
    /** Delete one mail_template, unless others refer to it. Needs the permission `mail_templates:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/registration_policies': {
    /** List registration_policies by name. Needs the permission `registration_policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<RegistrationPolicy>;
    };
  };
  '/api/v1/registration_policies/{name}': {
    /** Read one registration_policy; its ETag names this state. Needs the permission `registration_policies:read`. */
    get: {
      params: {
        name: string;
      };
      answer: RegistrationPolicy;
    };
    /** Create or replace one registration_policy. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `registration_policies:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: RegistrationPolicySpec;
      };
      answer: RegistrationPolicy;
    };
    /** Delete one registration_policy, unless others refer to it. Needs the permission `registration_policies:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/upstreams': {
    /** List upstreams by name. Needs the permission `upstreams:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Upstream>;
    };
  };
  '/api/v1/upstreams/{name}': {
    /** Read one upstream; its ETag names this state. Needs the permission `upstreams:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Upstream;
    };
    /** Create or replace one upstream. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `upstreams:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: UpstreamSpec;
      };
      answer: Upstream;
    };
    /** Delete one upstream, unless others refer to it. Needs the permission `upstreams:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/browser_sessions': {
    /** List browser_sessions by name. Needs the permission `browser_sessions:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<BrowserSession>;
    };
  };
  '/api/v1/browser_sessions/{name}': {
    /** Read one browser_session; its ETag names this state. Needs the permission `browser_sessions:read`. */
    get: {
      params: {
        name: string;
      };
      answer: BrowserSession;
    };
    /** Create or replace one browser_session. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `browser_sessions:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: BrowserSessionSpec;
      };
      answer: BrowserSession;
    };
    /** Delete one browser_session, unless others refer to it. Needs the permission `browser_sessions:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/routes': {
    /** List routes by name. Needs the permission `routes:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Route>;
    };
  };
  '/api/v1/routes/{name}': {
    /** Read one route; its ETag names this state. Needs the permission `routes:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Route;
    };
    /** Create or replace one route. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `routes:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: RouteSpec;
      };
      answer: Route;
    };
    /** Delete one route, unless others refer to it. Needs the permission `routes:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/brandings': {
    /** List brandings by name. Needs the permission `brandings:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Branding>;
    };
  };
  '/api/v1/brandings/{name}': {
    /** Read one branding; its ETag names this state. Needs the permission `brandings:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Branding;
    };
    /** Create or replace one branding. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `brandings:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: BrandingSpec;
      };
      answer: Branding;
    };
    /** Delete one branding, unless others refer to it. Needs the permission `brandings:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/webhooks': {
    /** List webhooks by name. Needs the permission `webhooks:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** Only those in whose name, or in a text of whose spec (a path, a URL, a scope, a description), this stands. */
        search?: string | undefined;
        /** Only those that refer to this resource, for example `plan/gold`. */
        refersTo?: string | undefined;
      };
      answer: Page<Webhook>;
    };
  };
  '/api/v1/webhooks/{name}': {
    /** Read one webhook; its ETag names this state. Needs the permission `webhooks:read`. */
    get: {
      params: {
        name: string;
      };
      answer: Webhook;
    };
    /** Create or replace one webhook. Without a precondition only creates, or confirms what is there already. Replacing takes If-Match with the ETag that was read (or `*`), so that nobody overwrites what he has not seen; If-None-Match: * insists on creating. Needs the permission `webhooks:write`. */
    put: {
      params: {
        name: string;
      };
      body: {
        kind?: string;
        name?: string;
        spec: WebhookSpec;
      };
      answer: Webhook;
    };
    /** Delete one webhook, unless others refer to it. Needs the permission `webhooks:write`. */
    delete: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/apply': {
    /** Make resources so, all or nothing. Takes application/json `{"documents": [{"kind", "name", "spec"}]}` or application/yaml. Needs `resources:write` (`resources:read` for a dry run), and for each kind that changes its own write permission. A dry run answers with an ETag; sent as If-Match, it makes the apply do what was shown or nothing. `warnings` tell what is probably a mistake; they stop nothing. */
    post: {
      query?: {
        /** plan: show what would change, and change nothing */
        dryRun?: 'true' | 'false' | undefined;
        /** refuse what is warned of, and what can not be looked at for want of a permission */
        strict?: 'true' | 'false' | undefined;
        /** `true`: delete whatever the documents do not name; or only of these kinds, separated by commas */
        prune?: string | undefined;
      };
      answer: {
        applied: boolean;
        revision: number;
        summary: Record<'create' | 'update' | 'delete' | 'unchanged', number>;
        changes: Array<{
          action: 'create' | 'update' | 'delete' | 'unchanged';
          kind: string;
          name: string;
          version: number;
          /** unified diff of the YAML */
          diff: string;
        }>;
        /** what is allowed and probably a mistake, in what was sent or by this change in what stood before; 100 at most. Of kinds that the credential may not read nothing is told. */
        warnings: Array<{
          /** stable: `scope_undeclared`, `role_unknown`, …; there may be more of them later */
          code: string;
          kind: string;
          name: string;
          /** the place in the document that was sent; in the resource, where it was not sent */
          path: string;
          file?: string;
          /** in YAML, from 1 */
          line?: number;
          column?: number;
          /** what is probably wrong, and what to do */
          message: string;
        }>;
        /** how many warnings there are besides */
        warningsLeftOut: number;
        /** permissions that the credential lacks: without them some things were not looked at */
        warningsNeed: string[];
      };
    };
  };
  '/api/v1/export': {
    /** Every resource, as documents that apply takes. YAML or JSON by the Accept header. Needs the read permission of each kind besides. Needs the permission `resources:read`. */
    get: {
      query?: {
        /** only these kinds, separated by commas */
        kind?: string | undefined;
        /** only resources of this name */
        name?: string | undefined;
      };
      answer: string;
    };
  };
  '/api/v1/users': {
    /** Add a person, who can sign in once they have a password or another authenticator. Needs the permission `users:write`. */
    post: {
      body: {
        email: string;
        emailVerified?: boolean;
        name: string;
        locale?: string;
        attributes?: Record<string, string | number | boolean | string[]>;
        roles?: string[];
        /** by name or id: it is to manage the account */
        organization?: string;
      };
      answer: User;
    };
    /** List people, oldest first unless said otherwise. Needs the permission `users:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** each word of it begins a word of the name or of the address; ada@exa begins the address */
        search?: string | undefined;
        status?: 'active' | 'disabled' | undefined;
        /** by name or id: those who belong to it */
        organization?: string | undefined;
        sort?: 'created' | 'name' | 'email' | undefined;
        order?: 'asc' | 'desc' | undefined;
      };
      answer: Page<User>;
    };
  };
  '/api/v1/users/{id}': {
    /** Read one person; the ETag names this state. Needs the permission `users:read`. */
    get: {
      params: {
        id: string;
      };
      answer: User;
    };
    /** Change a person; what is left out stays. Takes If-Match with the ETag that was read (or `*`). `attributes` and `roles` are replaced whole. A new address counts as unconfirmed unless `emailVerified` says otherwise. Nobody changes the account of somebody who may do more. Needs the permission `users:write`. */
    patch: {
      params: {
        id: string;
      };
      body: {
        email?: string;
        emailVerified?: boolean;
        name?: string;
        locale?: string;
        attributes?: Record<string, string | number | boolean | string[]>;
        roles?: string[];
      };
      answer: User;
    };
    /** Erase a person, with everything that hangs on the account; the audit log keeps what was done. Needs the permission `users:write`. */
    delete: {
      params: {
        id: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/users/{id}/disable': {
    /** Keep a person out, at once: sessions, tokens and keys are refused. Needs the permission `users:write`. */
    post: {
      params: {
        id: string;
      };
      answer: User;
    };
  };
  '/api/v1/users/{id}/enable': {
    /** Let a person in again, who has to sign in anew. Needs the permission `users:write`. */
    post: {
      params: {
        id: string;
      };
      answer: User;
    };
  };
  '/api/v1/organizations/{name}/members': {
    /** List the people of an organization, with their roles there. Needs the permission `memberships:read`. */
    get: {
      params: {
        /** of the organization, or its id */
        name: string;
      };
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      answer: Page<OrganizationMember>;
    };
  };
  '/api/v1/organizations/{name}/members/{userId}': {
    /** Read one membership; the ETag names this state. Needs the permission `memberships:read`. */
    get: {
      params: {
        /** of the organization, or its id */
        name: string;
        userId: string;
      };
      answer: OrganizationMember;
    };
    /** Make a person belong to an organization, or replace their roles there. Replacing the roles of a member takes If-Match. You give no role that you do not hold, and take none away from somebody who may do more. An organization reaches only its members; it invites others. Needs the permission `memberships:write`. */
    put: {
      params: {
        /** of the organization, or its id */
        name: string;
        userId: string;
      };
      body: {
        roles?: string[];
      };
      answer: OrganizationMember;
    };
    /** End a membership. Needs the permission `memberships:write`. */
    delete: {
      params: {
        /** of the organization, or its id */
        name: string;
        userId: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/users/{id}/memberships': {
    /** The organizations of a person, with their roles in each. Needs the permission `memberships:read`. */
    get: {
      params: {
        id: string;
      };
      answer: {
        items: OrganizationMember[];
      };
    };
  };
  '/api/v1/groups': {
    /** Make a group, with the roles that its members are to have. Needs the permission `groups:write`. */
    post: {
      body: {
        name: string;
        description?: string;
        roles?: string[];
        /** an organization, by name or id */
        organization?: string;
      };
      answer: Group;
    };
    /** List groups, oldest first. Needs the permission `groups:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** an organization, by name or id */
        organization?: string | undefined;
      };
      answer: Page<Group>;
    };
  };
  '/api/v1/groups/{id}': {
    /** Read one group; the ETag names this state. Needs the permission `groups:read`. */
    get: {
      params: {
        id: string;
      };
      answer: Group;
    };
    /** Change a group; what is left out stays. Takes If-Match. Needs the permission `groups:write`. */
    patch: {
      params: {
        id: string;
      };
      body: {
        name?: string;
        description?: string;
        roles?: string[];
      };
      answer: Group;
    };
    /** Delete a group; its members lose what it gave them. Needs the permission `groups:write`. */
    delete: {
      params: {
        id: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/groups/{id}/members': {
    /** List the direct members of a group. Needs the permission `groups:read`. */
    get: {
      params: {
        id: string;
      };
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      answer: Page<GroupMember>;
    };
  };
  '/api/v1/groups/{id}/members/{memberId}': {
    /** Put a person, a service account or another group into a group. Needs the permission `groups:write`. */
    put: {
      params: {
        id: string;
        memberId: string;
      };
      answer: undefined;
    };
    /** Take a direct member out of a group. Needs the permission `groups:write`. */
    delete: {
      params: {
        id: string;
        memberId: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/service-accounts': {
    /** Make an account for a program, whose keys act in its name. Needs the permission `service_accounts:write`. */
    post: {
      body: {
        name: string;
        description?: string;
        roles?: string[];
        /** an organization, by name or id */
        organization?: string;
      };
      answer: ServiceAccount;
    };
    /** List service accounts, oldest first. Needs the permission `service_accounts:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** an organization, by name or id */
        organization?: string | undefined;
      };
      answer: Page<ServiceAccount>;
    };
  };
  '/api/v1/service-accounts/{id}': {
    /** Read one service account; the ETag names this state. Needs the permission `service_accounts:read`. */
    get: {
      params: {
        id: string;
      };
      answer: ServiceAccount;
    };
    /** Change a service account, and what its keys may do. Takes If-Match. Needs the permission `service_accounts:write`. */
    patch: {
      params: {
        id: string;
      };
      body: {
        name?: string;
        description?: string;
        roles?: string[];
      };
      answer: ServiceAccount;
    };
    /** Delete a service account, and end its keys. Needs the permission `service_accounts:write`. */
    delete: {
      params: {
        id: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/service-accounts/{id}/keys': {
    /** List the keys of a service account, newest first. Needs the permission `keys:read`. */
    get: {
      params: {
        id: string;
      };
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      answer: Page<Key>;
    };
  };
  '/api/v1/service-accounts/{id}/disable': {
    /** Refuse the keys of a service account, at once. Needs the permission `service_accounts:write`. */
    post: {
      params: {
        id: string;
      };
      answer: ServiceAccount;
    };
  };
  '/api/v1/service-accounts/{id}/enable': {
    /** Accept the keys of a service account again. Needs the permission `service_accounts:write`. */
    post: {
      params: {
        id: string;
      };
      answer: ServiceAccount;
    };
  };
  '/api/v1/invitations': {
    /** Invite somebody by their address, with the roles they are to have. Whether the address has an account is not told. The link goes by mail, is good once, and ends. Needs the permission `invitations:write`. */
    post: {
      body: {
        email: string;
        roles?: string[];
        expiresInDays?: number;
        /** an organization, by name or id */
        organization?: string;
      };
      answer: {
        id: string;
        /** null for an invitation to the tenant itself */
        organizationId: string | null;
        email: string;
        roles: string[];
        status: 'open' | 'accepted' | 'revoked' | 'expired';
        invitedBy: string;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        expiresAt: number;
        acceptedAt: number | null;
        acceptedBy: string | null;
        /** only where no mail can be sent: bring it to the person; it is shown this once */
        link: string | null;
      };
    };
    /** List invitations, newest first. Needs the permission `invitations:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** an organization, by name or id */
        organization?: string | undefined;
      };
      answer: Page<Invitation>;
    };
  };
  '/api/v1/invitations/{id}': {
    /** Read one invitation, without its link. Needs the permission `invitations:read`. */
    get: {
      params: {
        id: string;
      };
      answer: Invitation;
    };
  };
  '/api/v1/invitations/{id}/resend': {
    /** Send an invitation again, with a new link and its whole time; the old link ends. Needs the permission `invitations:write`. */
    post: {
      params: {
        id: string;
      };
      answer: {
        id: string;
        /** null for an invitation to the tenant itself */
        organizationId: string | null;
        email: string;
        roles: string[];
        status: 'open' | 'accepted' | 'revoked' | 'expired';
        invitedBy: string;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        expiresAt: number;
        acceptedAt: number | null;
        acceptedBy: string | null;
        /** only where no mail can be sent: bring it to the person; it is shown this once */
        link: string | null;
      };
    };
  };
  '/api/v1/invitations/{id}/revoke': {
    /** Take an invitation back. Needs the permission `invitations:write`. */
    post: {
      params: {
        id: string;
      };
      answer: Invitation;
    };
  };
  '/api/v1/users/{id}/recovery-link': {
    /** Make a link with which a person who lost every factor gets back in, once, within an hour. The person chooses a new password; when the link is used their authenticator app, passkeys and recovery codes are removed and every session ends. Asks for a fresh strong sign-in, and for power over the account: nobody recovers somebody who may do more. The person is told by mail. Needs the permission `users:recover`. */
    post: {
      params: {
        id: string;
      };
      body: {
        /** "mail": to the address of the account. "shown": in this answer, to be handed to a person you know. */
        delivery?: 'mail' | 'shown';
      };
      answer: {
        delivery: 'mail' | 'shown';
        /** only where it is shown, and only this once */
        link: string | null;
        /** milliseconds since 1970-01-01T00:00:00Z */
        expiresAt: number;
      };
    };
  };
  '/api/v1/users/{id}/factors': {
    /** What a person can prove themselves with. Needs the permission `users:read`. */
    get: {
      params: {
        id: string;
      };
      answer: UserFactor;
    };
  };
  '/api/v1/users/{id}/factors/totp': {
    /** Take the authenticator app of a person away. Asks for a fresh strong sign-in, and for power over the account. The person is told by mail. The last factor of somebody who must have one stays: make a recovery link instead. Needs the permission `users:recover`. */
    delete: {
      params: {
        id: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/users/{id}/factors/passkeys/{passkeyId}': {
    /** Take one passkey of a person away, such as one that was stolen. Asks for a fresh strong sign-in, and for power over the account. The person is told by mail. The last factor of somebody who must have one stays: make a recovery link instead. Needs the permission `users:recover`. */
    delete: {
      params: {
        id: string;
        passkeyId: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/users/{id}/impersonations': {
    /** Ask to act for a person for some minutes, with a reason. For a person with a token of their own, and never for somebody who may do more. Where it begins, a fresh strong sign-in is asked for. Tokens that applications get name the administrator (`act`, RFC 8693); the account can’t be changed. The person is told by mail, unless the sign-in policy says otherwise. Needs the permission `impersonations:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        /** why: the audit log keeps it, and the person reads it */
        reason: string;
        /** how long at most; the sign-in policy bounds it */
        minutes?: number;
      };
      answer: {
        /** where it begins, in the browser of whoever asked, and of use to nobody else */
        url: string;
        /** until then it can be begun */
        expiresAt: number;
      };
    };
  };
  '/api/v1/user-imports': {
    /** Begin an import of people, or find how far it has come. Needs the permission `users:write`. */
    post: {
      body: {
        /** names what is imported, for example the digest of the file: the same again goes on where it stopped */
        key: string;
        /** ndjson is ours; the others are exports of those products */
        format: 'ndjson' | 'keycloak' | 'auth0' | 'firebase';
      };
      answer: UserImport;
    };
  };
  '/api/v1/user-imports/check': {
    /** What an import of these records would say; changes nothing. Needs the permission `users:write`. */
    post: {
      body: {
        /** ndjson is ours; the others are exports of those products */
        format: 'ndjson' | 'keycloak' | 'auth0' | 'firebase';
        /** how many records come before these */
        from: number;
        /** people, as the format has them */
        records: unknown[];
      };
      answer: {
        created: number;
        failed: number;
        errors: UserImportError[];
      };
    };
  };
  '/api/v1/user-imports/{id}': {
    /** How far an import is. Needs the permission `users:write`. */
    get: {
      params: {
        id: string;
      };
      answer: UserImport;
    };
  };
  '/api/v1/user-imports/{id}/records': {
    /** The next records of an import. All of them are done, or none. A bad record is reported by its number and holds up no other. Needs the permission `users:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        /** how many records come before these */
        from: number;
        /** people, as the format has them */
        records: unknown[];
      };
      answer: {
        id: string;
        /** ndjson is ours; the others are exports of those products */
        format: 'ndjson' | 'keycloak' | 'auth0' | 'firebase';
        /** where it goes on */
        recordsDone: number;
        created: number;
        failed: number;
        errors: UserImportError[];
      };
    };
  };
  '/api/v1/user-imports/{id}/errors': {
    /** What went wrong in an import, by record. Needs the permission `users:write`. */
    get: {
      params: {
        id: string;
      };
      query?: {
        after?: number | undefined;
        limit?: number | undefined;
      };
      answer: {
        items: UserImportError[];
      };
    };
  };
  '/api/v1/user-export': {
    /** Everybody, one JSON document a line. In the form that an import reads. Written as fast as it is read. Password hashes are not in it. Needs the permission `users:write`. */
    get: {
      answer: string;
    };
  };
  '/api/v1/keys': {
    /** Issue an API key. Its roles and scopes must not go beyond those of the credential that asks. Needs the permission `keys:write`. */
    post: {
      body: {
        name: string;
        description?: string;
        tags?: string[];
        contactEmail?: string;
        /** Left out: the default plan of the key policy, or that of whoever makes the key; `null`: none. */
        plan?: string | null;
        restrictions?: {
          /** Addresses and CIDR ranges the key may be used from. */
          addresses?: string[];
          /** APIs, by name, the key may be used at. */
          apis?: string[];
          /** Routes, by name, the key may be used at. */
          routes?: string[];
        };
        environment?: 'live' | 'test';
        owner?: {
          type: 'user' | 'service_account';
          id: string;
        };
        scopes?: string[];
        roles?: string[];
        expiresInSeconds?: number;
        /** by name or id: the key is confined to it */
        organization?: string;
      };
      answer: {
        id: string;
        name: string;
        environment: 'live' | 'test';
        /** the beginning and the end of the key, to tell keys apart */
        display: string;
        owner?: {
          type: string;
          id: string;
        };
        organizationId?: string;
        scopes: string[];
        roles: string[];
        plan: string | null;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        createdBy: string;
        expiresAt: number | null;
        revokedAt: number | null;
        revokeReason: string | null;
        quarantinedAt: number | null;
        quarantineReason: string | null;
        description: string | null;
        tags: string[];
        contactEmail: string | null;
        restrictions: {
          addresses?: string[];
          apis?: string[];
          routes?: string[];
        };
        /** when it was accepted last at the gateway; null when it never was, or the answer is to a change */
        lastUse: {
          /** milliseconds since 1970-01-01T00:00:00Z */
          at: number;
          address: string;
          route: string;
        } | null;
        /** the key it was issued to take the place of */
        replaces: string | null;
        /** the key that takes its place */
        replacedBy: string | null;
        /** the key itself: shown this once */
        key: string;
        /** what of it is probably a mistake: a scope that is one letter from a declared one */
        warnings: Array<{
          code: string;
          path: string;
          message: string;
        }>;
      };
    };
    /** List API keys, newest first. Needs the permission `keys:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        environment?: 'live' | 'test' | undefined;
        ownerId?: string | undefined;
        tag?: string | undefined;
        /** only those on this plan, by its name */
        plan?: string | undefined;
        /** `rotated`: works still, beside the key that takes its place */
        state?: 'revoked' | 'expired' | 'quarantined' | 'rotated' | 'active' | undefined;
        /** words, each of which stands anywhere in the name, the beginning or end of the key as `display` shows them, the description, the contact, the plan, a tag, a scope or a role, or is the beginning of the key’s id or its owner’s. Never a key itself: addresses are written into logs */
        search?: string | undefined;
        /** only those that live and that nobody used for so long */
        unusedForDays?: number | undefined;
      };
      answer: Page<Key>;
    };
  };
  '/api/v1/keys/{id}': {
    /** Read one API key, without the key itself. Needs the permission `keys:read`. */
    get: {
      params: {
        id: string;
      };
      answer: Key;
    };
    /** Change what is known of an API key, and where it may be used. What it may do is for its whole life. `null` takes a value away; `restrictions` replaces all of them. Needs the permission `keys:write`. */
    patch: {
      params: {
        id: string;
      };
      body: {
        name?: string;
        description?: string | null;
        tags?: string[];
        contactEmail?: string | null;
        plan?: string | null;
        /** Replaces all restrictions. */
        restrictions?: {
          /** Addresses and CIDR ranges the key may be used from. */
          addresses?: string[];
          /** APIs, by name, the key may be used at. */
          apis?: string[];
          /** Routes, by name, the key may be used at. */
          routes?: string[];
        };
      };
      answer: Key;
    };
  };
  '/api/v1/keys/{id}/rotate': {
    /** Give an API key a successor; for a while both work. Needs the permission `keys:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        /** For so long both keys work; 0 ends the old one at once. */
        overlapSeconds?: number;
        /** When the new key ends. Left out: it gets as long a life as the old one was given. */
        expiresInSeconds?: number;
      };
      answer: {
        id: string;
        name: string;
        environment: 'live' | 'test';
        /** the beginning and the end of the key, to tell keys apart */
        display: string;
        owner?: {
          type: string;
          id: string;
        };
        organizationId?: string;
        scopes: string[];
        roles: string[];
        plan: string | null;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        createdBy: string;
        expiresAt: number | null;
        revokedAt: number | null;
        revokeReason: string | null;
        quarantinedAt: number | null;
        quarantineReason: string | null;
        description: string | null;
        tags: string[];
        contactEmail: string | null;
        restrictions: {
          addresses?: string[];
          apis?: string[];
          routes?: string[];
        };
        /** when it was accepted last at the gateway; null when it never was, or the answer is to a change */
        lastUse: {
          /** milliseconds since 1970-01-01T00:00:00Z */
          at: number;
          address: string;
          route: string;
        } | null;
        /** the key it was issued to take the place of */
        replaces: string | null;
        /** the key that takes its place */
        replacedBy: string | null;
        /** the key itself: shown this once */
        key: string;
        previous: Key;
      };
    };
  };
  '/api/v1/keys/{id}/quarantine': {
    /** Set an API key aside: refused everywhere until it is released. Needs the permission `keys:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        reason: string;
      };
      answer: Key;
    };
  };
  '/api/v1/keys/{id}/release': {
    /** Let an API key that was set aside work again. Needs the permission `keys:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        reason: string;
      };
      answer: Key;
    };
  };
  '/api/v1/keys/{id}/revoke': {
    /** End an API key, on every gateway at once. Needs the permission `keys:write`. */
    post: {
      params: {
        id: string;
      };
      body: {
        reason?: string;
      };
      answer: Key;
    };
  };
  '/api/v1/keys/{id}/usage': {
    /** What an API key did, by hour, day or route. Needs the permission `keys:read`. */
    get: {
      params: {
        id: string;
      };
      query?: {
        /** milliseconds; 30 days ago when left out */
        from?: number | undefined;
        /** milliseconds; now when left out */
        to?: number | undefined;
        by?: 'hour' | 'day' | 'route' | undefined;
      };
      answer: {
        /** the beginning of the hour that was asked for */
        from: number;
        /** the end of the last hour */
        to: number;
        /** false while the last hour is under way, and when part of the time is longer ago than what is kept */
        complete: boolean;
        items: Array<{
          calls: number;
          /** 4xx but for 401, 403 and 429 */
          clientErrors: number;
          /** 5xx */
          serverErrors: number;
          /** 401: the key had ended */
          refused: number;
          /** 403 */
          denied: number;
          /** 429 */
          limited: number;
          bytesIn: number;
          bytesOut: number;
          durationMicrosMean: number;
          /** an upper bound, at most twice the true value */
          durationMicrosP50: number;
          /** an upper bound, at most twice the true value */
          durationMicrosP95: number;
          /** milliseconds since 1970-01-01T00:00:00Z */
          at?: number;
          route?: string;
        }>;
      };
    };
  };
  '/api/v1/key-usage': {
    /** What each API key did in a time, for reports and bills. Needs the permission `keys:read`. */
    get: {
      query?: {
        /** milliseconds; 30 days ago when left out */
        from?: number | undefined;
        /** milliseconds; now when left out */
        to?: number | undefined;
        limit?: number | undefined;
        cursor?: string | undefined;
      };
      answer: {
        /** the beginning of the hour that was asked for */
        from: number;
        /** the end of the last hour */
        to: number;
        /** false while the last hour is under way, and when part of the time is longer ago than what is kept */
        complete: boolean;
        items: KeyUsage[];
        nextCursor: string | null;
      };
    };
  };
  '/api/v1/keys/import': {
    /** Import keys that another system issued, by their hashes. What was imported already is passed over, so that an import that broke off is sent again. Needs the permission `keys:write`. */
    post: {
      body: {
        format: {
          algorithm: 'sha256' | 'hmac-sha256';
          /** What every one of these keys begins with; texts that begin otherwise are not looked at. Empty where they have nothing in common: then they are letters and digits. */
          prefix: string;
          /** Of the whole key, in characters. */
          lengthMin: number;
          lengthMax: number;
          /** Hashed before the key. */
          saltBefore?: string;
          /** Hashed after the key. */
          saltAfter?: string;
          /** Of HMAC, as text. */
          secret?: string;
        };
        /** how many records come before these */
        from?: number;
        /** as keys are issued, with `hash`, and `last4` where it is known */
        records: unknown[];
      };
      answer: {
        created: number;
        /** passed over: they are there already */
        existing: number;
        failed: number;
        errors: UserImportError[];
      };
    };
  };
  '/api/v1/leaks': {
    /** Report an API key that others can read. It is revoked or set aside as the key policy says, and its owner is told. Safe to repeat: one that was released stays so until it is found elsewhere. Needs the permission `leaks:write`. */
    post: {
      body: {
        /** what was found */
        key: string;
        /** who found it, in a word */
        source?: string;
        /** where it was found; a report from there is acted upon once */
        url?: string;
        /** what it was found in, where that has no address; a report from there is acted upon once */
        file?: string;
      };
      answer: {
        outcome: 'unknown' | 'ended' | 'aside' | 'released' | 'revoked' | 'quarantined';
        keyId: string | null;
      };
    };
  };
  '/api/v1/breaches': {
    /** End a key that others have, list what it touched, and replace it. Needs the permission `keys:write`. */
    post: {
      body: {
        /** the API key itself, or its id */
        credential: string;
        reason?: string;
        /** milliseconds: what was done before is not looked at */
        since?: number;
        /** issue a key that may do the same */
        replace?: boolean;
      };
      answer: {
        key: Key;
        /** null for a caller without the permission access_records:read */
        touched: {
          calls: number;
          allowed: number;
          bytesIn: number;
          bytesOut: number;
          firstAt: number | null;
          lastAt: number | null;
          routes: Array<{
            /** a route, a method and path, or an address */
            of: string;
            calls: number;
            allowed: number;
            bytesIn: number;
            bytesOut: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            firstAt: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            lastAt: number;
          }>;
          objects: Array<{
            /** a route, a method and path, or an address */
            of: string;
            calls: number;
            allowed: number;
            bytesIn: number;
            bytesOut: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            firstAt: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            lastAt: number;
          }>;
          addresses: Array<{
            /** a route, a method and path, or an address */
            of: string;
            calls: number;
            allowed: number;
            bytesIn: number;
            bytesOut: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            firstAt: number;
            /** milliseconds since 1970-01-01T00:00:00Z */
            lastAt: number;
          }>;
          /** exchanged for it; what was done with them is among the rest */
          tokens: number;
          /** false when there were more records or places than are shown */
          complete: boolean;
        } | null;
        /** what was done in this house with it, newest first; null for a caller without the permission audit:read */
        changed: {
          counts: Array<{
            type: string;
            count: number;
          }>;
          events: Array<{
            /** milliseconds since 1970-01-01T00:00:00Z */
            at: number;
            type: string;
            target: {
              type: string;
              id: string;
              name?: string;
            };
          }>;
          /** false when there were more events than are shown */
          complete: boolean;
        } | null;
        /** a draft of what to tell those concerned */
        notice: string;
        replacement: {
          id: string;
          name: string;
          environment: 'live' | 'test';
          /** the beginning and the end of the key, to tell keys apart */
          display: string;
          owner?: {
            type: string;
            id: string;
          };
          organizationId?: string;
          scopes: string[];
          roles: string[];
          plan: string | null;
          /** milliseconds since 1970-01-01T00:00:00Z */
          createdAt: number;
          createdBy: string;
          expiresAt: number | null;
          revokedAt: number | null;
          revokeReason: string | null;
          quarantinedAt: number | null;
          quarantineReason: string | null;
          description: string | null;
          tags: string[];
          contactEmail: string | null;
          restrictions: {
            addresses?: string[];
            apis?: string[];
            routes?: string[];
          };
          /** when it was accepted last at the gateway; null when it never was, or the answer is to a change */
          lastUse: {
            /** milliseconds since 1970-01-01T00:00:00Z */
            at: number;
            address: string;
            route: string;
          } | null;
          /** the key it was issued to take the place of */
          replaces: string | null;
          /** the key that takes its place */
          replacedBy: string | null;
          key: string;
        } | null;
      };
    };
  };
  '/api/v1/audit/events': {
    /** Audit events, newest first. Needs the permission `audit:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        type?: string | undefined;
        actorId?: string | undefined;
        targetType?: string | undefined;
        targetId?: string | undefined;
        from?: number | undefined;
        to?: number | undefined;
      };
      answer: Page<AuditEvent>;
    };
  };
  '/api/v1/audit/verify': {
    /** Check the chain of events against its checkpoints. Needs the permission `audit:read`. */
    post: {
      answer: {
        ok: boolean;
        events: number;
        checkpoints: number;
        problems: Array<{
          kind: string;
          sequence: number;
          message: string;
        }>;
      };
    };
  };
  '/api/v1/access-records': {
    /** Requests at the gateway, newest first. Needs the permission `access_records:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        principalId?: string | undefined;
        credentialId?: string | undefined;
        route?: string | undefined;
        allowed?: 'true' | 'false' | undefined;
        method?: string | undefined;
        /** what the path begins with */
        pathPrefix?: string | undefined;
        status?: string | undefined;
        from?: number | undefined;
        to?: number | undefined;
      };
      answer: Page<AccessRecord>;
    };
  };
  '/api/v1/decisions/{decisionId}': {
    /** Why one request was allowed or denied, and what each step made of it. Needs the permission `access_records:read`. */
    get: {
      params: {
        decisionId: string;
      };
      answer: {
        decisionId: string;
        organizationId?: string;
        /** milliseconds since 1970-01-01T00:00:00Z */
        at: number;
        principalType: string;
        principalId: string;
        credentialType: string;
        credentialId: string;
        clientId?: string;
        /** Who acted for the principal (RFC 8693), the current one first. */
        actors?: Array<{
          id: string;
          clientId?: string;
        }>;
        route?: string;
        method: string;
        path: string;
        status: number;
        allowed: boolean;
        reason: string;
        policies: string[];
        /** what steps said of their outcome */
        notes?: string;
        upstream?: string;
        bytesIn: number;
        bytesOut: number;
        durationMicros: number;
        remoteAddress: string;
        steps: Array<{
          step: string;
          outcome: 'passed' | 'refused' | 'answered' | 'failed' | 'not_reached' | 'unknown';
          note?: string;
        }>;
      };
    };
  };
  '/api/v1/traffic': {
    /** What happened at the gateway lately: calls, denials, errors, and who made them. Needs the permission `access_records:read`. */
    get: {
      query?: {
        /** how far to look back */
        minutes?: number | undefined;
        /** into how many steps */
        steps?: number | undefined;
      };
      answer: Traffic;
    };
  };
  '/api/v1/decisions/filter': {
    /** Which rows of a table may this subject do this to?. The policies as a condition on the columns of a table: as SQL with parameters, as a predicate with literals (`rls`), as a `where` of Prisma, and as a tree of conditions. Lets through exactly what a check of each row would allow; what has no such form is an error, never a wider filter. Needs the permission `decisions:filter`. */
    post: {
      body: {
        subject: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        action: {
          name: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
        table: {
          resourceType: string;
          /** Alias or table that qualifies the columns. */
          table?: string;
          /** The column of the id. */
          id?: string;
          /** The id is of the type uuid. */
          uuid?: boolean;
          attributes?: Record<
            string,
            {
              type: 'string' | 'long' | 'boolean' | 'entity' | 'strings' | 'longs' | 'entities';
              /** The name of the attribute unless given. */
              column?: string;
              /** Of entity and entities: whose ids the column holds. */
              entityType?: string;
              /** The column is NOT NULL: every resource has the attribute. Say so only where the database holds it. */
              notNull?: boolean;
              /** The column is of the type uuid (of string and entity). */
              uuid?: boolean;
            }
          >;
        };
        format?: 'sql' | 'rls' | 'prisma' | 'conditions';
        /** The number of the first parameter; 1 when absent. */
        firstParameter?: number;
      };
      answer: {
        scope: 'none' | 'all' | 'some';
        policyVersion: number;
        sql?: {
          text: string;
          values: unknown[];
        };
        rls?: string;
        prisma?: ApiOpenapi;
        conditions: unknown;
        policies: string[];
      };
    };
  };
  '/api/v1/decisions/access-report': {
    /** All that a subject reaches, or all who reach a resource. One row for each action and type for which there is anybody or anything, of the names that policies, relationships and the directory know. `complete` is false where there may be others. Needs the permission `decisions:search`. */
    post: {
      body: {
        /** What does it reach? */
        subject?: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        /** Who reaches it? */
        resource?: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        /** With `resource`: which kinds of subjects are looked for. */
        subjectTypes?: string[];
        /** Names in each row, at most. */
        limit?: number;
      };
      answer: {
        rows: Array<{
          action: string;
          type: string;
          ids: string[];
          complete: boolean;
          reason?: string;
        }>;
        /** False when the time was over before every action had been looked at. */
        finished: boolean;
      };
    };
  };
  '/api/v1/decisions': {
    /** Decisions that were kept, newest first. `shadowDiffers=true`: those that policies on trial would have decided otherwise. Needs the permission `decisions:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        from?: number | undefined;
        to?: number | undefined;
        allowed?: 'true' | 'false' | undefined;
        shadowDiffers?: 'true' | 'false' | undefined;
      };
      answer: {
        items: Decision[];
      };
    };
  };
  '/api/v1/decisions/{decisionId}/explanation': {
    /** Why a decision came out as it did, and what would change it. Needs the permission `decisions:read`. */
    get: {
      params: {
        decisionId: string;
      };
      answer: DecisionExplanation;
    };
  };
  '/api/v1/decisions/what-if': {
    /** What would be decided, why, and what would change it. Explains the answer to a question, or to the question of a decision that was kept, with changes made in a copy. Nothing is changed, and nothing is kept as a decision. Needs the permission `decisions:read`. */
    post: {
      body: {
        /** Who wants to do what, as AuthZEN asks it. */
        question?: {
          subject: {
            type: string;
            id: string;
            /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
            properties?: ApiOpenapi;
          };
          action: {
            name: string;
            properties?: ApiOpenapi;
          };
          resource: {
            type: string;
            id: string;
            properties?: ApiOpenapi;
          };
          context?: ApiOpenapi;
        };
        /** Ask again what was asked then, as it was kept. */
        decisionId?: string;
        /** As if this were so; suggestions fit here. */
        changes?: Array<
          | {
              kind: 'scope' | 'role' | 'group';
              name: string;
              remove?: true;
            }
          | {
              kind: 'organization';
              id: string;
            }
          | {
              kind: 'step_up';
              member: 'acr' | 'amr' | 'authTime';
              value: string | number;
            }
          | {
              kind: 'relationship';
              tuple: {
                object: string;
                relation: string;
                user: string;
              };
            }
          | {
              kind: 'attribute';
              of: 'principal' | 'resource' | 'context';
              path: string[];
              to:
                | {
                    value:
                      | boolean
                      | string
                      | number
                      | {
                          entity: {
                            type: string;
                            id: string;
                          };
                        }
                      | {
                          long: string;
                        };
                  }
                | {
                    anythingBut:
                      | boolean
                      | string
                      | number
                      | {
                          entity: {
                            type: string;
                            id: string;
                          };
                        }
                      | {
                          long: string;
                        };
                    tried:
                      | boolean
                      | string
                      | number
                      | {
                          entity: {
                            type: string;
                            id: string;
                          };
                        }
                      | {
                          long: string;
                        };
                  }
                | {
                    added:
                      | boolean
                      | string
                      | number
                      | {
                          entity: {
                            type: string;
                            id: string;
                          };
                        }
                      | {
                          long: string;
                        };
                  }
                | {
                    removed:
                      | boolean
                      | string
                      | number
                      | {
                          entity: {
                            type: string;
                            id: string;
                          };
                        }
                      | {
                          long: string;
                        };
                  }
                | {
                    absent: true;
                  };
            }
        >;
      };
      answer: {
        decision: {
          allowed: boolean;
          reason: string;
          summary: string;
          policies: string[];
          errors: Array<{
            policy: string;
            message: string;
          }>;
          policyVersion: number;
          shadow?: {
            allowed: boolean;
            [more: string]: unknown;
          };
          obligations?: string[];
          missingScopes?: string[];
          missingRoles?: string[];
          /** What policies asked of relationships, as it was answered then; the first twenty. */
          relationships?: Array<{
            object: {
              type: string;
              id: string;
            };
            relation: string;
            subject: {
              type: string;
              id: string;
            };
            holds: boolean;
            /** Version of the relationship model under which it was answered. */
            model?: string;
          }>;
        };
        policies: Array<{
          policy: string;
          effect: 'permit' | 'forbid';
          outcome: 'satisfied' | 'not_satisfied' | 'failed';
          clause?: {
            part: string;
            text: string;
            values: Record<string, string>;
            failure?: string;
          };
        }>;
        relationships: Array<{
          object: {
            type: string;
            id: string;
          };
          relation: string;
          subject: {
            type: string;
            id: string;
          };
          holds: boolean;
          /** Version of the relationship model under which it was answered. */
          model?: string;
          /** The tuples that make it hold, from the object to the subject. */
          path?: Array<{
            user: string;
            relation: string;
            object: string;
            [more: string]: unknown;
          }>;
        }>;
        /** What is asked, as policies see it, with the changes made. */
        request: Record<string, unknown>;
        /** The directory knows the principal: roles, groups and organization are from there. */
        known: boolean;
        active: boolean;
        /** The changes made, in words. */
        applied: string[];
        suggestions: Array<{
          /** All of these together would make it an allow; it was tried. */
          texts: string[];
          /** The same, for a what-if. Absent where it has no such form. */
          changes?: Array<
            | {
                kind: 'scope' | 'role' | 'group';
                name: string;
                remove?: true;
              }
            | {
                kind: 'organization';
                id: string;
              }
            | {
                kind: 'step_up';
                member: 'acr' | 'amr' | 'authTime';
                value: string | number;
              }
            | {
                kind: 'relationship';
                tuple: {
                  object: string;
                  relation: string;
                  user: string;
                };
              }
            | {
                kind: 'attribute';
                of: 'principal' | 'resource' | 'context';
                path: string[];
                to:
                  | {
                      value:
                        | boolean
                        | string
                        | number
                        | {
                            entity: {
                              type: string;
                              id: string;
                            };
                          }
                        | {
                            long: string;
                          };
                    }
                  | {
                      anythingBut:
                        | boolean
                        | string
                        | number
                        | {
                            entity: {
                              type: string;
                              id: string;
                            };
                          }
                        | {
                            long: string;
                          };
                      tried:
                        | boolean
                        | string
                        | number
                        | {
                            entity: {
                              type: string;
                              id: string;
                            };
                          }
                        | {
                            long: string;
                          };
                    }
                  | {
                      added:
                        | boolean
                        | string
                        | number
                        | {
                            entity: {
                              type: string;
                              id: string;
                            };
                          }
                        | {
                            long: string;
                          };
                    }
                  | {
                      removed:
                        | boolean
                        | string
                        | number
                        | {
                            entity: {
                              type: string;
                              id: string;
                            };
                          }
                        | {
                            long: string;
                          };
                    }
                  | {
                      absent: true;
                    };
              }
          >;
        }>;
      };
    };
  };
  '/api/v1/sessions': {
    /** List everybody’s sessions, newest first. A page may hold fewer than were asked for; the last has no nextCursor. Needs the permission `sessions:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        /** each word of it begins a word of the name or of the address of a person */
        search?: string | undefined;
      };
      answer: {
        items: Session[];
        /** null on the last page */
        nextCursor: string | null;
        /** false: more people match the search than were looked at; say more of the name */
        complete: boolean;
      };
    };
  };
  '/api/v1/sessions/end': {
    /** End everybody’s sessions, with the tokens that applications got in them, at once. The caller’s own too. Whoever signs in meanwhile stays signed in. Needs the permission `sessions:write`. */
    post: {
      body: {
        /** so that nobody sends it by mistake */
        everybody: true;
      };
      answer: {
        /** how many sessions ended */
        ended: number;
      };
    };
  };
  '/api/v1/users/{id}/sessions': {
    /** List the sessions of a person. Needs the permission `sessions:read`. */
    get: {
      params: {
        id: string;
      };
      answer: {
        items: UserSession[];
      };
    };
  };
  '/api/v1/users/{id}/sessions/end': {
    /** End every session of a person, with the tokens that applications got in them, at once. Needs the permission `sessions:write`. */
    post: {
      params: {
        id: string;
      };
      answer: {
        /** how many sessions ended */
        ended: number;
      };
    };
  };
  '/api/v1/users/{id}/sessions/{sessionId}/end': {
    /** End one session of a person, with the tokens that applications got in it, at once. Needs the permission `sessions:write`. */
    post: {
      params: {
        id: string;
        sessionId: string;
      };
      answer: {
        /** how many sessions ended */
        ended: number;
      };
    };
  };
  '/api/v1/policy-versions': {
    /** Versions of the policies, newest first. Needs the permission `policies:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        before?: number | undefined;
      };
      answer: {
        items: PolicyVersion[];
      };
    };
  };
  '/api/v1/policy-versions/{number}': {
    /** One version of the policies, as YAML that apply takes. Needs the permission `policies:read`. */
    get: {
      params: {
        number: number;
      };
      answer: {
        number: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        at: number;
        author: {
          type: string;
          id: string;
        };
        message: string;
        policies: string[];
        yaml: string;
      };
    };
  };
  '/api/v1/policy-versions/{number}/rollback': {
    /** Make the policies what they were. Needs the permission `policies:write`. */
    post: {
      params: {
        number: number;
      };
      answer: {
        changed: Array<{
          action: string;
          name: string;
        }>;
      };
    };
  };
  '/api/v1/policy-versions/replay': {
    /** Who would gain and who would lose access. Makes the decisions of the decision log again, under the policies and models in force and under others. Needs the permission `policies:replay`. */
    post: {
      body: {
        /** Try this version of the policies. */
        version?: number;
        /** Try these policies: they take the place of those of the same name. */
        policies?: Array<{
          name: string;
          spec: PolicySpec;
        }>;
        /** Try these models of relationships, each as JSON or in the OpenFGA language, in the place of the one that the fact source uses. */
        models?: Array<{
          factSource: string;
          model: string | ApiOpenapi;
        }>;
        /** The policies given are all there would be. */
        only?: boolean;
        /** Decisions from this time on, in milliseconds. */
        from?: number;
        /** So many of the newest. */
        limit?: number;
      };
      answer: {
        replayed: number;
        skipped: number;
        unchanged: number;
        outdated: number;
        gained: {
          decisions: number;
          principals: number;
          samples: Array<{
            decisionId: string;
            action: string;
            [more: string]: unknown;
          }>;
        };
        lost: {
          decisions: number;
          principals: number;
          samples: Array<{
            decisionId: string;
            action: string;
            [more: string]: unknown;
          }>;
        };
      };
    };
  };
  '/api/v1/policy-versions/try': {
    /** What is wrong with policies, and how they do in the tests. Checked against the policy schema, and run with the other policies against the policy tests, as putting them in force would. Changes nothing. A schema, or tests, that the caller may not read are left out. Needs the permission `policies:read`. */
    post: {
      body: {
        /** They take the place of those of the same name. */
        policies: Array<{
          name: string;
          spec: PolicySpec;
        }>;
        /** These take the place of those of the same name. */
        tests?: Array<{
          name: string;
          spec: PolicyTestSpec;
        }>;
      };
      answer: {
        findings: Array<{
          policy: string;
          severity: 'error' | 'warning';
          message: string;
          /** Characters of the text from 0; `to` is not included. */
          from?: number;
          to?: number;
        }>;
        tests?: {
          passed: number;
          failures: Array<{
            test: string;
            expected: string;
            reason: string;
            policies: string[];
          }>;
          coverage: {
            policies: number;
            policiesCovered: number;
            clauses: number;
            clausesCovered: number;
            missing: Array<{
              policy: string;
              satisfied: boolean;
              clauses: string[];
            }>;
          };
        };
      };
    };
  };
  '/api/v1/policy-schemas/try': {
    /** What is wrong with a policy schema, and which policies would not fit it. Policies that the caller may not read are left out. Changes nothing. Needs the permission `policy_schemas:read`. */
    post: {
      body: {
        spec: PolicySchemaSpec;
      };
      answer: {
        /** of the schema itself; with any of them no policy was looked at */
        problems: Array<{
          message: string;
          from?: number;
          to?: number;
        }>;
        /** of the policies there are, were this their schema */
        findings: Array<{
          policy: string;
          severity: 'error' | 'warning';
          message: string;
          /** Characters of the text from 0; `to` is not included. */
          from?: number;
          to?: number;
        }>;
        /** how many policies were looked at */
        checked: number;
        /** how many there are */
        policies: number;
      };
    };
  };
  '/api/v1/policy-vocabulary': {
    /** The names that policies, their schema and the relationships know. Needs the permission `policies:read`. */
    get: {
      answer: PolicyVocabulary;
    };
  };
  '/api/v1/relation-models/check': {
    /** What is wrong with a model of relationships. Takes it in the OpenFGA language. Writes nothing. Needs the permission `relations:read`. */
    post: {
      body: {
        dsl: string;
      };
      answer: {
        /** The first thing that is wrong, with its place counted from 1; absent when the model could be written. */
        problem?: {
          message: string;
          line?: number;
          column?: number;
        };
      };
    };
  };
  '/api/v1/signing-keys': {
    /** List signing keys. Needs the permission `signing_keys:read`. */
    get: {
      answer: {
        items: SigningKey[];
      };
    };
  };
  '/api/v1/signing-keys/rotate': {
    /** Announce the next signing key, or put it to use at once. Needs the permission `signing_keys:write`. */
    post: {
      body: {
        /** for a key that is no longer trusted; others may meet a key they have not fetched yet */
        immediately?: boolean;
        alg?: 'ES256' | 'ES384' | 'RS256' | 'PS256' | 'EdDSA';
      };
      answer: SigningKey;
    };
  };
  '/api/v1/upstreams/{name}/secrets': {
    /** Which secrets an upstream declares, and since when each is set. Needs the permission `upstreams:read`. */
    get: {
      params: {
        name: string;
      };
      answer: {
        items: UpstreamSecret[];
      };
    };
  };
  '/api/v1/upstreams/{name}/secrets/{secret}': {
    /** Set a secret of an upstream, or another in its place. Needs the permission `upstreams:write`. */
    put: {
      params: {
        name: string;
        secret: string;
      };
      body: {
        value: string;
        /** origins that it may be sent to besides those of the present targets: targets to come */
        also?: string[];
      };
      answer: UpstreamSecret;
    };
    /** Remove a secret of an upstream: requests that need it are refused. Needs the permission `upstreams:write`. */
    delete: {
      params: {
        name: string;
        secret: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/upstreams/{name}/health': {
    /** How this process sees the targets of an upstream. Needs the permission `upstreams:read`. */
    get: {
      params: {
        name: string;
      };
      answer: UpstreamHealth;
    };
  };
  '/api/v1/apis/{name}/openapi': {
    /** The OpenAPI document that describes an API, as it was applied. Needs the permission `api_documents:read`. */
    get: {
      params: {
        name: string;
      };
      answer: ApiOpenapi;
    };
  };
  '/api/v1/apis/{name}/drift': {
    /** Where the description of an API and its traffic differ. Of the last 90 days. What another process saw is there within half a minute. Needs the permission `api_documents:read`. */
    get: {
      params: {
        name: string;
      };
      answer: ApiDrift;
    };
  };
  '/api/v1/described-apis': {
    /** APIs that are listed for those who build on them, with their calls. Needs a credential, and no permission. */
    get: {
      answer: {
        items: DescribedApi[];
      };
    };
  };
  '/api/v1/described-apis/{name}': {
    /** The OpenAPI document of a listed API, without what is internal. Extensions (`x-…`), what is marked `x-internal` and the addresses of the service are left out. Needs a credential, and no permission. */
    get: {
      params: {
        name: string;
      };
      answer: ApiOpenapi;
    };
  };
  '/api/v1/openapi/resources': {
    /** The routes and scopes that an OpenAPI document describes. Writes nothing: send `resources` to `/apply`, with `dryRun=true` to see what would change. Routes that are left of an import before are named to callers with `routes:read`. Needs the permission `api_documents:read`. */
    post: {
      body: {
        /** the document, OpenAPI 3.1, as YAML or JSON */
        text: string;
        /** the API that the routes belong to; their names begin with it */
        api: string;
        /** where requests go: an address, or the name of an upstream */
        upstream: string;
        /** declares the API too, with the scopes of the document; left out where it is there already */
        audience?: string;
        /** in front of every path */
        prefix?: string;
        /** what is not as described */
        validate?: 'off' | 'report' | 'enforce';
        /** whoever signs in to the portal may read the document */
        listed?: boolean;
        /** operations without security are open to everyone */
        anonymous?: boolean;
      };
      answer: {
        title: string;
        version: string;
        /** as `/apply` takes them; empty where there are problems */
        resources: Array<{
          kind: string;
          name: string;
          spec: ApiOpenapi;
        }>;
        /** what its operations ask for, with what it says of each */
        scopes: Record<string, string>;
        /** what the document leaves open or no route can say; with one of them nothing is to be imported */
        problems: Array<{
          path: string;
          message: string;
        }>;
        warnings: Array<{
          code: 'open' | 'policy_needed' | 'left_over';
          routes: string[];
        }>;
      };
    };
  };
  '/api/v1/backup': {
    /** A consistent snapshot of everything, in one file. With a passphrase the file is encrypted and holds the master key as well. Needs the permission `*`. */
    post: {
      body: {
        passphrase?: string;
      };
      answer: string;
    };
  };
  '/api/v1/clients/{name}/secrets': {
    /** Issue a client secret, beside those the client has. Needs the permission `clients:write`. */
    post: {
      params: {
        name: string;
      };
      body: {
        description?: string;
        expiresInSeconds?: number;
      };
      answer: {
        id: string;
        clientId: string;
        /** the last four characters, to tell secrets apart */
        hint: string;
        description: string | null;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        expiresAt: number | null;
        /** the secret itself: shown this once */
        secret: string;
      };
    };
    /** List a client’s live secrets, without the secrets themselves. Needs the permission `clients:read`. */
    get: {
      params: {
        name: string;
      };
      answer: {
        items: ClientSecret[];
      };
    };
  };
  '/api/v1/clients/{name}/secrets/{id}': {
    /** Revoke a client secret. Needs the permission `clients:write`. */
    delete: {
      params: {
        name: string;
        id: string;
      };
      query?: {
        /** end: access and refresh tokens that were obtained with the secret end too */
        tokens?: 'keep' | 'end' | undefined;
      };
      answer: undefined;
    };
  };
  '/api/v1/webhooks/{name}/deliveries': {
    /** List the deliveries of a webhook, newest first. Needs the permission `webhooks:read`. */
    get: {
      params: {
        name: string;
      };
      query?: {
        limit?: number | undefined;
        cursor?: string | undefined;
        status?: 'queued' | 'delivered' | 'given_up' | undefined;
      };
      answer: Page<WebhookDelivery>;
    };
  };
  '/api/v1/webhooks/{name}/deliveries/{id}': {
    /** Read one delivery: each attempt, and what was sent. Needs the permission `webhooks:read`. */
    get: {
      params: {
        name: string;
        id: string;
      };
      answer: {
        id: string;
        /** the `webhook-id` that the receiver got, the same at each attempt */
        eventId: string;
        type: string;
        status: 'queued' | 'delivered' | 'given_up';
        attempts: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        finishedAt: number | null;
        nextAttemptAt: number | null;
        /** of the last attempt; null when nothing was answered */
        responseStatus: number | null;
        /** why the last attempt failed */
        failure: string | null;
        /** the newest first */
        history: Array<{
          number: number;
          /** milliseconds since 1970-01-01T00:00:00Z */
          at: number;
          durationMs: number;
          status: number | null;
          failure: string | null;
          /** the beginning of what was answered; erased after three days */
          answer: string | null;
        }>;
        /** what is posted; null for who may not read such events */
        body: string | null;
      };
    };
  };
  '/api/v1/webhooks/{name}/deliveries/{id}/redeliver': {
    /** Send a message once more, under the id that it had. Needs the permission `webhooks:write`. */
    post: {
      params: {
        name: string;
        id: string;
      };
      answer: string;
    };
  };
  '/api/v1/webhook-events': {
    /** What webhooks can tell of. Needs the permission `webhooks:read`. */
    get: {
      answer: {
        /** what the caller’s organization is called: its webhooks are `<organization>--…`; null outside of one */
        organization: string | null;
        items: WebhookEvent[];
      };
    };
  };
  '/api/v1/webhooks/{name}/state': {
    /** How a webhook fares, and the secrets it signs with, without the secrets themselves. Needs the permission `webhooks:read`. */
    get: {
      params: {
        name: string;
      };
      answer: WebhookState;
    };
  };
  '/api/v1/webhooks/{name}/secrets': {
    /** Issue a webhook’s secret, or the one that follows; for a while both sign. Needs the permission `webhooks:write`. */
    post: {
      params: {
        name: string;
      };
      body: {
        /** For so long messages bear a signature with the secrets before as well; 0 ends those at once. */
        overlapSeconds?: number;
      };
      answer: {
        id: string;
        /** the last four characters, to tell secrets apart */
        hint: string;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        /** null: the one that stays */
        expiresAt: number | null;
        /** the secret itself: shown this once */
        secret: string;
      };
    };
  };
  '/api/v1/webhooks/{name}/test': {
    /** Have a test message sent (`webhook.tested`), whatever the webhook listens to. Needs the permission `webhooks:write`. */
    post: {
      params: {
        name: string;
      };
      answer: string;
    };
  };
  '/api/v1/webhooks/{name}/enable': {
    /** Send to a webhook again that was disabled; what waits since then goes out at once. Needs the permission `webhooks:write`. */
    post: {
      params: {
        name: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/clients/{name}/match-workload-token': {
    /** Would this workload token pass for the client? Nothing is issued and nothing is changed. Needs the permission `clients:read`. */
    post: {
      params: {
        name: string;
      };
      body: {
        token: string;
      };
      answer: {
        matches: boolean;
        rules: Array<{
          issuer: string;
          matches: boolean;
          /** why the token does not count, whatever its claims say */
          problem: string | null;
          conditions: Array<{
            claim: string;
            expected: string;
            /** what the token says; null when it says nothing */
            found: string | null;
            matches: boolean;
          }>;
        }>;
      };
    };
  };
  '/api/v1/clients/{name}/preview-tokens': {
    /** What would this person’s tokens for this client and API say? Nothing is issued. Needs the permission `users:read`. */
    post: {
      params: {
        name: string;
      };
      body: {
        /** Left out: the client for itself. */
        userId?: string;
        /** With spaces between. Left out: all that the client may have. */
        scope?: string;
        /** Audience of the API. */
        resource?: string;
      };
      answer: {
        accessToken: ApiOpenapi;
        accessTokenFormat: 'jwt' | 'opaque';
        /** Null without a person, or without the scope openid. */
        idToken: ApiOpenapi | null;
      };
    };
  };
  '/api/v1/oauth-refusals': {
    /** Requests that the issuer refused, newest first. A sample: of one client and one reason ten at once and then one in five seconds, of everything five a second, kept for a week and 20,000 of them at most. The log has the rest. Needs the permission `clients:read`. */
    get: {
      query?: {
        limit?: number | undefined;
        /** Of this client_id alone. */
        client?: string | undefined;
        /** Of this rule alone. */
        reason?: string | undefined;
      };
      answer: {
        items: OauthRefusal[];
      };
    };
  };
  '/api/v1/oauth-refusals/{id}': {
    /** Why the issuer refused a request, by the error_id of its answer. Needs the permission `clients:read`. */
    get: {
      params: {
        id: string;
      };
      answer: OauthRefusal;
    };
  };
  '/access/v1/evaluation': {
    /** May this subject do this?. Needs the permission `decisions:evaluate`. */
    post: {
      body: {
        subject: {
          type: string;
          id: string;
          /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
          properties?: ApiOpenapi;
        };
        action: {
          name: string;
          properties?: ApiOpenapi;
        };
        resource: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
      };
      answer: {
        decision: boolean;
        context?: ApiOpenapi;
      };
    };
  };
  '/access/v1/evaluations': {
    /** Several questions at once. `options.evaluations_semantic` is `execute_all` (every question is answered), `deny_on_first_deny` or `permit_on_first_permit` (answers end with the first no, or yes). Without `evaluations` it answers as `/access/v1/evaluation` does. Needs the permission `decisions:evaluate`. */
    post: {
      body: {
        subject?: {
          type: string;
          id: string;
          /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
          properties?: ApiOpenapi;
        };
        action?: {
          name: string;
          properties?: ApiOpenapi;
        };
        resource?: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
        evaluations?: unknown[];
        options?: {
          evaluations_semantic?: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';
        };
      };
      answer:
        | {
            evaluations: Array<{
              decision: boolean;
              context?: ApiOpenapi;
            }>;
          }
        | {
            decision: boolean;
            context?: ApiOpenapi;
          };
    };
  };
  '/access/v1/search/subject': {
    /** Who may do this?. A page at a time, while `page.next_token` is not empty. `context.complete` says whether these are all there are: where policies look at attributes that this house does not know, they are not. Needs the permission `decisions:search`. */
    post: {
      body: {
        subject: {
          type: string;
          /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
          properties?: ApiOpenapi;
        };
        action: {
          name: string;
          properties?: ApiOpenapi;
        };
        resource: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
        page?: {
          token?: string;
          limit?: number;
          properties?: ApiOpenapi;
        };
      };
      answer: {
        page: {
          next_token: string;
          count: number;
        };
        context: {
          complete: boolean;
          reason?: string;
        };
        results: Array<{
          type: string;
          id: string;
        }>;
      };
    };
  };
  '/access/v1/search/resource': {
    /** What may this subject do it to?. A page at a time, while `page.next_token` is not empty. `context.complete` says whether these are all there are: where policies look at attributes that this house does not know, they are not. Needs the permission `decisions:search`. */
    post: {
      body: {
        subject: {
          type: string;
          id: string;
          /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
          properties?: ApiOpenapi;
        };
        action: {
          name: string;
          properties?: ApiOpenapi;
        };
        resource: {
          type: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
        page?: {
          token?: string;
          limit?: number;
          properties?: ApiOpenapi;
        };
      };
      answer: {
        page: {
          next_token: string;
          count: number;
        };
        context: {
          complete: boolean;
          reason?: string;
        };
        results: Array<{
          type: string;
          id: string;
        }>;
      };
    };
  };
  '/access/v1/search/action': {
    /** What may this subject do here?. A page at a time, while `page.next_token` is not empty. `context.complete` says whether these are all there are: where policies look at attributes that this house does not know, they are not. Needs the permission `decisions:search`. */
    post: {
      body: {
        subject: {
          type: string;
          id: string;
          /** Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory. */
          properties?: ApiOpenapi;
        };
        resource: {
          type: string;
          id: string;
          properties?: ApiOpenapi;
        };
        context?: ApiOpenapi;
        page?: {
          token?: string;
          limit?: number;
          properties?: ApiOpenapi;
        };
      };
      answer: {
        page: {
          next_token: string;
          count: number;
        };
        context: {
          complete: boolean;
          reason?: string;
        };
        results: Array<{
          name: string;
        }>;
      };
    };
  };
  '/api/v1/initial-access-tokens': {
    /** Issue an initial access token, with which clients register themselves. Needs the permission `clients:write`. */
    post: {
      body: {
        /** The client_registration_policy its clients follow. */
        policy: string;
        description?: string;
        /** How many clients may be registered with it. */
        uses?: number;
        expiresInSeconds?: number;
      };
      answer: {
        id: string;
        policy: string;
        description: string | null;
        usesLeft: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        createdAt: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        expiresAt: number;
        /** the token itself: shown this once */
        token: string;
      };
    };
    /** List initial access tokens that can still be used, without the tokens themselves. Needs the permission `clients:read`. */
    get: {
      answer: {
        items: InitialAccessToken[];
      };
    };
  };
  '/api/v1/initial-access-tokens/{id}': {
    /** Revoke an initial access token; clients registered with it stay. Needs the permission `clients:write`. */
    delete: {
      params: {
        id: string;
      };
      answer: undefined;
    };
  };
  '/api/v1/request-encryption-key/replace': {
    /** Replace the key that requests are encrypted to, which may have become known. Needs the permission `signing_keys:write`. */
    post: {
      body: {
        /** so long the former key still reads; 0, the default: it stops at once */
        overlapSeconds?: number;
      };
      answer: {
        kid: string;
        /** milliseconds since 1970-01-01T00:00:00Z */
        replacedAt: number;
        /** milliseconds since 1970-01-01T00:00:00Z */
        formerReadsUntil: number;
      };
    };
  };
  '/api/v1/users/{id}/applications': {
    /** List the applications that may act for a person, by consent or by a living grant. Needs the permission `sessions:read`. */
    get: {
      params: {
        id: string;
      };
      answer: {
        items: UserApplication[];
      };
    };
  };
  '/api/v1/users/{id}/applications/{applicationId}': {
    /** End what an application may do for a person: consents and grants, with all their tokens, at once. Needs the permission `sessions:write`. */
    delete: {
      params: {
        id: string;
        applicationId: string;
      };
      answer: undefined;
    };
  };
}
