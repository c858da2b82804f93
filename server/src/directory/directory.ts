/** Who there is: people, service accounts, organizations and roles. */

export { DIRECTORY_AUDIT_EVENTS, type DirectoryAuditEvent } from './audit-events.ts';
export { authorizeGrant, type OwnedGrant } from './authorize-grant.ts';
export { directoryErrors } from './errors.ts';
export { holdRoles } from './hold-roles.ts';
export { directoryMigrations } from './migrations.ts';
export { type OrganizationSpec, organizationKind } from './organization-kind.ts';
export { PERMISSION_PATTERN, type PermissionSet, permissionSet } from './permissions.ts';
export { beyondOwn, type Grant, permissionsOf, type Roles } from './permissions-of.ts';
export { type RoleSpec, roleKind, VIEWER_ROLE } from './role-kind.ts';
export {
  createServiceAccount,
  findServiceAccount,
  listServiceAccounts,
  type ServiceAccount,
  type ServiceAccountPage,
} from './service-accounts.ts';
export type { UserStatus } from './tables.ts';
export { setUserRoles, setUserStatus } from './users-change.ts';
export { createUser, type NewUser } from './users-create.ts';
export { emailKey } from './users-email.ts';
export {
  findDisabledUsers,
  findUser,
  findUserByEmail,
  findUsers,
  getUser,
  hasActiveAdministrator,
  listUsers,
  type UserPage,
} from './users-find.ts';
export type { User } from './users-record.ts';
export { ADMINISTRATOR_ROLE, parseNewPerson } from './users-schema.ts';
