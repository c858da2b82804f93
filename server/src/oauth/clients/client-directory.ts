import type { Alg } from '#keyring';
import { type AuthMethod, authMethodsOf } from '../authentication/auth-methods.ts';
import { DEFAULT_PROFILE, type ProfileName, signingAlg } from '../profiles/profile.ts';
import { DEFAULT_SIGNING_POLICY, type SigningPolicySpec } from '../tokens/signing-policy-schema.ts';
import type { ApiSpec } from './api-schema.ts';
import type { ClientSpec } from './client-schema.ts';
import { type DetailType, detailTypesOf } from './detail-types.ts';
import type { GrantType } from './grant-types.ts';
import { sectorOf } from './sector.ts';

/** A registered client as the endpoints use it. */
export interface Client {
  tenantId: string;
  /** The client_id: the resource's name. */
  id: string;
  /** Id of the resource, which no other client ever has. */
  resourceId: string;
  /** Id of the organization that owns it, and for which it acts; undefined: the tenant's. */
  organizationId: string | undefined;
  displayName: string;
  type: 'confidential' | 'public';
  grants: ReadonlySet<GrantType>;
  redirectUris: readonly string[];
  scopes: ReadonlySet<string>;
  /** What it gets when it asks for none. */
  defaultScopes: readonly string[];
  apis: readonly string[];
  firstParty: boolean;
  plan: string | undefined;
  createdAt: number;
  profile: ProfileName;
  /** Of its id tokens, and of what else it is told signed. */
  idTokenAlg: Alg;
  /** Of access tokens for APIs that declare none. */
  accessTokenAlg: Alg;
  authMethods: ReadonlySet<AuthMethod>;
  /** Of its pairwise subjects; undefined: it is told people's own ids. */
  sector: string | undefined;
  /** As declared, for what few requests look at. */
  spec: ClientSpec;
}

export interface ClientSecret {
  id: string;
  /** Bytes of the keyed hash, ready to compare. */
  hash: Buffer;
  /** SHA-256 of the secret itself, once it has proved itself. In memory only, and gone when the secrets are read again. */
  seen?: Buffer;
  /** Milliseconds; undefined: until revoked. */
  expiresAt: number | undefined;
}

/** A resource server as the endpoints use it. */
export interface Api {
  name: string;
  /** Milliseconds: what was granted before was granted for another API of the same name. */
  createdAt: number;
  audience: string;
  /** Scope to description. */
  scopes: ReadonlyMap<string, string>;
  accessTokenTtlSeconds: number;
  accessTokenFormat: 'jwt' | 'opaque';
  /** undefined: that of the tenant. */
  accessTokenAlg: Alg | undefined;
  claims: ApiSpec['claims'];
  /** Types of authorization details (RFC 9396) by name. */
  detailTypes: ReadonlyMap<string, DetailType>;
}

/** Of a resource, what is needed here. */
export interface DeclaredClient {
  id: string;
  name: string;
  organizationId?: string;
  spec: ClientSpec;
  createdAt: number;
}

export interface DeclaredApi {
  name: string;
  spec: ApiSpec;
  createdAt: number;
}

/**
 * Clients, their secrets' hashes, and APIs, in memory: the token endpoint and the verifier read these on every request
 * and must not wait for the database. Written only by who follows the change feed; each tenant's lists are replaced whole.
 */
export class ClientDirectory {
  readonly #clients = new Map<string, ReadonlyMap<string, Client>>();
  readonly #declared = new Map<string, readonly DeclaredClient[]>();
  readonly #profiles = new Map<string, ProfileName>();
  readonly #signing = new Map<string, SigningPolicySpec>();
  readonly #apis = new Map<string, ReadonlyMap<string, Api>>();
  readonly #secrets = new Map<string, ReadonlyMap<string, readonly ClientSecret[]>>();
  readonly #own: OwnApplications;
  #version = 0;

  /** `own`: what is there in every tenant besides. */
  constructor(own: OwnApplications = NONE) {
    this.#own = own;
  }

  /** Grows with every change of a client or an API, so that what was derived from an earlier state can be told. */
  get version(): number {
    return this.#version;
  }

  client(tenantId: string, id: string): Client | undefined {
    return this.#clients.get(tenantId)?.get(id) ?? this.#own.client(tenantId, id);
  }

  /** Those that are declared. */
  clientsOf(tenantId: string): readonly Client[] {
    return [...(this.#clients.get(tenantId)?.values() ?? [])];
  }

  /** Looks at each: for pages that people open, not for requests. */
  withResourceId(tenantId: string, resourceId: string): Client | undefined {
    const declared = this.#clients.get(tenantId)?.values();
    // Ours have their client_id for one.
    return declared?.find((client) => client.resourceId === resourceId) ?? this.#own.client(tenantId, resourceId);
  }

  /** Hashes of the client's secrets, the expired included. */
  secrets(client: Client): readonly ClientSecret[] {
    return this.#secrets.get(client.tenantId)?.get(client.resourceId) ?? [];
  }

  api(tenantId: string, name: string): Api | undefined {
    return this.#apis.get(tenantId)?.get(name) ?? this.#own.api(tenantId, name);
  }

  /** Those that are declared. */
  apis(tenantId: string): readonly Api[] {
    return [...(this.#apis.get(tenantId)?.values() ?? [])];
  }

  /** The APIs this client may call. A name that leads nowhere is left out. */
  apisOf(client: Client): Api[] {
    const apis: Api[] = [];
    for (const name of client.apis) {
      const api = this.api(client.tenantId, name);
      if (api !== undefined) apis.push(api);
    }
    return apis;
  }

  setClients(tenantId: string, declared: readonly DeclaredClient[]): void {
    const tenant = { profile: this.profileOf(tenantId), signing: this.signingOf(tenantId) };
    this.#declared.set(tenantId, declared);
    this.#clients.set(tenantId, new Map(declared.map((each) => [clientIdOf(each), toClient(tenantId, each, tenant)])));
    this.#version += 1;
  }

  /** Of the tenant: for clients that declare none. */
  profileOf(tenantId: string): ProfileName {
    return this.#profiles.get(tenantId) ?? DEFAULT_PROFILE;
  }

  setProfile(tenantId: string, profile: ProfileName): void {
    if (this.profileOf(tenantId) === profile) return;
    this.#profiles.set(tenantId, profile);
    this.setClients(tenantId, this.#declared.get(tenantId) ?? []);
  }

  /** Of the tenant: for clients and APIs that declare nothing else. */
  signingOf(tenantId: string): SigningPolicySpec {
    return this.#signing.get(tenantId) ?? DEFAULT_SIGNING_POLICY;
  }

  setSigning(tenantId: string, signing: SigningPolicySpec): void {
    const { idTokens, accessTokens } = this.signingOf(tenantId);
    if (idTokens === signing.idTokens && accessTokens === signing.accessTokens) return;
    this.#signing.set(tenantId, signing);
    this.setClients(tenantId, this.#declared.get(tenantId) ?? []);
  }

  setApis(tenantId: string, declared: readonly DeclaredApi[]): void {
    this.#apis.set(tenantId, new Map(declared.map((each) => [each.name, toApi(each)])));
    this.#version += 1;
  }

  /** By the client resource's id. */
  setSecrets(tenantId: string, secrets: ReadonlyMap<string, readonly ClientSecret[]>): void {
    this.#secrets.set(tenantId, secrets);
  }

  /** Tenants whose secrets are known here. */
  secretTenants(): string[] {
    return [...this.#secrets.keys()];
  }
}

/** What is ours and there in every tenant, without being declared. */
export interface OwnApplications {
  client(tenantId: string, id: string): Client | undefined;
  api(tenantId: string, name: string): Api | undefined;
}

const NONE: OwnApplications = { client: () => undefined, api: () => undefined };

/** The resource's name; for a client that describes itself at an address, that address. */
const clientIdOf = ({ name, spec }: Pick<DeclaredClient, 'name' | 'spec'>) => spec.metadataDocument ?? name;

export function toClient(
  tenantId: string,
  { id, name, organizationId, spec, createdAt }: DeclaredClient,
  tenant: { profile: ProfileName; signing?: SigningPolicySpec },
): Client {
  const profile = spec.profile ?? tenant.profile;
  const { idTokens, accessTokens } = tenant.signing ?? DEFAULT_SIGNING_POLICY;
  return {
    tenantId,
    id: clientIdOf({ name, spec }),
    resourceId: id,
    organizationId,
    displayName: spec.displayName ?? name,
    type: spec.type,
    grants: new Set(spec.grants),
    redirectUris: spec.redirectUris,
    scopes: new Set(spec.scopes),
    defaultScopes: spec.defaultScopes ?? spec.scopes,
    apis: spec.apis,
    firstParty: spec.firstParty ?? false,
    plan: spec.plan,
    createdAt,
    profile,
    idTokenAlg: signingAlg(profile, spec.idTokenSigningAlg ?? idTokens),
    accessTokenAlg: signingAlg(profile, accessTokens),
    authMethods: authMethodsOf(spec),
    sector: sectorOf(spec),
    spec,
  };
}

function toApi({ name, spec, createdAt }: DeclaredApi): Api {
  return {
    name,
    createdAt,
    audience: spec.audience,
    scopes: new Map(Object.entries(spec.scopes)),
    accessTokenTtlSeconds: spec.accessTokenTtlSeconds,
    accessTokenFormat: spec.accessTokenFormat ?? 'jwt',
    accessTokenAlg: spec.accessTokenSigningAlg,
    claims: spec.claims,
    detailTypes: detailTypesOf(spec.authorizationDetails),
  };
}
