/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type DirectoryTables = {
  users: UsersTable;
  service_accounts: ServiceAccountsTable;
};

export type UsersTable = {
  tenant_id: string;
  id: string;
  organization_id: string | null;
  email: string;
  email_key: string;
  name: string;
  roles: string[];
  status: UserStatus;
  sessions_not_before: number;
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
