import type { CredentialEnvironment } from '#base';

/** For whom a key acts. Without an owner it acts for itself. */
export interface ApiKeyOwner {
  type: 'user' | 'service_account';
  id: string;
}

/** All there is to know of a key but the key. Times in milliseconds since the epoch. */
export interface ApiKey {
  id: string;
  tenantId: string;
  organizationId?: string;
  name: string;
  environment: CredentialEnvironment;
  /** The beginning and the end of the key, for people to tell keys apart. */
  displayPrefix: string;
  last4: string;
  owner?: ApiKeyOwner;
  scopes: readonly string[];
  roles: readonly string[];
  plan?: string;
  createdAt: number;
  /** Id of the principal that issued it, or the first of those that it takes the place of. */
  createdBy: string;
  expiresAt?: number;
  revokedAt?: number;
  revokeReason?: string;
  /** Set aside: refused until it is released or revoked. */
  quarantinedAt?: number;
  quarantineReason?: string;
  description?: string;
  tags: readonly string[];
  /** Whom to write to about this key. */
  contactEmail?: string;
  restrictions: ApiKeyRestrictions;
  /** The key it takes the place of, and the one that takes its place. */
  replaces?: string;
  replacedBy?: string;
  /** In lists and when it is read alone; absent while it was never used. */
  lastUse?: { at: number; address: string; route: string };
}

/** Where a key may be used. What is left out restricts nothing. */
export interface ApiKeyRestrictions {
  /** Addresses and CIDR ranges that it may come from. */
  addresses?: readonly string[];
  /** APIs by name: routes of others refuse it. */
  apis?: readonly string[];
  /** Routes by name: others refuse it. */
  routes?: readonly string[];
}

/** A type and not an interface: only types fit the index signature that Kysely asks for. */
export type ApikeysTables = {
  api_keys: {
    tenant_id: string;
    id: string;
    organization_id: string | null;
    hash: string;
    display_prefix: string;
    last4: string;
    name: string;
    environment: CredentialEnvironment;
    owner_type: ApiKeyOwner['type'] | null;
    owner_id: string | null;
    scopes: string[];
    roles: string[];
    plan: string | null;
    created_at: number;
    created_by: string;
    expires_at: number | null;
    revoked_at: number | null;
    revoke_reason: string | null;
    quarantined_at: number | null;
    quarantine_reason: string | null;
    description: string | null;
    tags: string[];
    contact_email: string | null;
    allowed_addresses: string[] | null;
    allowed_apis: string[] | null;
    allowed_routes: string[] | null;
    replaces: string | null;
    replaced_by: string | null;
  };
};

export type ApiKeyRow = ApikeysTables['api_keys'];

/** What a process that verifies keys holds of each. Of millions, what only people read would be half the time to start. */
export const HELD_COLUMNS = [
  ...(['tenant_id', 'id', 'hash', 'organization_id', 'owner_type', 'owner_id', 'created_by'] as const),
  ...(['environment', 'scopes', 'roles', 'plan', 'expires_at', 'revoked_at', 'quarantined_at'] as const),
  ...(['allowed_addresses', 'allowed_apis', 'allowed_routes'] as const),
] as const;

export type HeldKeyRow = Pick<ApiKeyRow, (typeof HELD_COLUMNS)[number]>;

/** Change topic: a key was issued or revoked. */
export const API_KEY_TOPIC = 'api_key';

export function toApiKey(row: Omit<ApiKeyRow, 'hash'>): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    name: row.name,
    environment: row.environment,
    displayPrefix: row.display_prefix,
    last4: row.last4,
    ...(row.owner_type === null || row.owner_id === null ? {} : { owner: { type: row.owner_type, id: row.owner_id } }),
    scopes: row.scopes,
    roles: row.roles,
    ...(row.plan === null ? {} : { plan: row.plan }),
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    ...(row.revoke_reason === null ? {} : { revokeReason: row.revoke_reason }),
    ...(row.quarantined_at === null ? {} : { quarantinedAt: row.quarantined_at }),
    ...(row.quarantine_reason === null ? {} : { quarantineReason: row.quarantine_reason }),
    ...(row.description === null ? {} : { description: row.description }),
    tags: row.tags,
    ...(row.contact_email === null ? {} : { contactEmail: row.contact_email }),
    restrictions: restrictionsOf(row),
    ...(row.replaces === null ? {} : { replaces: row.replaces }),
    ...(row.replaced_by === null ? {} : { replacedBy: row.replaced_by }),
  };
}

export function restrictionsOf(
  row: Pick<ApiKeyRow, 'allowed_addresses' | 'allowed_apis' | 'allowed_routes'>,
): ApiKeyRestrictions {
  return {
    ...(row.allowed_addresses === null ? {} : { addresses: row.allowed_addresses }),
    ...(row.allowed_apis === null ? {} : { apis: row.allowed_apis }),
    ...(row.allowed_routes === null ? {} : { routes: row.allowed_routes }),
  };
}
