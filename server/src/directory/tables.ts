/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type DirectoryTables = {
  users: UsersTable;
  memberships: MembershipsTable;
  service_accounts: ServiceAccountsTable;
};

export type UsersTable = {
  tenant_id: string;
  id: string;
  /** The organization that manages the account, if one does. */
  organization_id: string | null;
  email: string;
  email_key: string;
  name: string;
  roles: string[];
  status: UserStatus;
  sessions_not_before: number;
  created_at: number;
  updated_at: number;
  email_verified: boolean;
  attributes: UserAttributes;
  version: number;
};

/** What a tenant wishes to know of people besides: checked against its user_schema when it is written. */
export type UserAttributes = { readonly [name: string]: string | number | boolean | readonly string[] };

export type MembershipsTable = {
  tenant_id: string;
  organization_id: string;
  user_id: string;
  roles: string[];
  version: number;
  created_at: number;
  updated_at: number;
};

export type UserStatus = 'active' | 'disabled';

export type ServiceAccountsTable = {
  tenant_id: string;
  id: string;
  name: string;
  roles: string[];
  created_at: number;
};
