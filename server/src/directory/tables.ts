import type { ColumnType, GeneratedAlways } from 'kysely';
/**
 * The tables of this room, as SQL has them. Times are milliseconds since the epoch. Types, not interfaces: Kysely
 * asks for an index signature, which an interface never has.
 */
export type DirectoryTables = {
  users: UsersTable;
  memberships: MembershipsTable;
  groups: GroupsTable;
  group_members: GroupMembersTable;
  invitations: InvitationsTable;
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
  /** In lower case: what lists are in the order of. PostgreSQL writes it. */
  name_key: GeneratedAlways<string>;
  /** Of the name and the address, folded, each between two blanks. PostgreSQL writes it, and `user_words` after it. */
  words: GeneratedAlways<string>;
  roles: string[];
  status: UserStatus;
  sessions_not_before: number;
  created_at: number;
  updated_at: number;
  email_verified: boolean;
  attributes: UserAttributes;
  /** The language the person chose, as a tag (BCP 47). */
  locale: ColumnType<string | null, string | null | undefined, string | null>;
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

export type GroupsTable = {
  tenant_id: string;
  id: string;
  organization_id: string | null;
  name: string;
  description: string;
  roles: string[];
  version: number;
  created_at: number;
  updated_at: number;
};

export type GroupMemberType = 'user' | 'service_account' | 'group';

export type GroupMembersTable = {
  tenant_id: string;
  group_id: string;
  /** That of the group. */
  organization_id: string | null;
  member_type: GroupMemberType;
  member_id: string;
  created_at: number;
};

export type ServiceAccountsTable = {
  tenant_id: string;
  id: string;
  organization_id: string | null;
  name: string;
  description: string;
  roles: string[];
  status: UserStatus;
  version: number;
  created_at: number;
  updated_at: number;
};

export type InvitationsTable = {
  tenant_id: string;
  id: string;
  organization_id: string | null;
  email: string;
  email_key: string;
  roles: string[];
  token_hash: string;
  /** The link went to the address and nowhere else, so that having it proves the address. */
  mailed: boolean;
  invited_by: string;
  expires_in_days: number;
  created_at: number;
  expires_at: number;
  accepted_at: number | null;
  accepted_by: string | null;
  revoked_at: number | null;
};
