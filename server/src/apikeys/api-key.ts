import type { CredentialEnvironment } from '#keyring';

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
  /** Id of the principal that issued it. */
  createdBy: string;
  expiresAt?: number;
  revokedAt?: number;
  revokeReason?: string;
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
  };
};

export type ApiKeyRow = ApikeysTables['api_keys'];

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
  };
}
