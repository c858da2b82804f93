/** Who there is: people, service accounts, organizations and roles. */

export { type Accepting, acceptInvitation } from './accept-invitation.ts';
export { DIRECTORY_AUDIT_EVENTS, type DirectoryAuditEvent } from './audit-events.ts';
export { authorizeGrant, type OwnedGrant } from './authorize-grant.ts';
export { demandOwner } from './demand-owner.ts';
export { directoryErrors } from './errors.ts';
export { addGroupMember, removeGroupMember } from './group-members.ts';
export type { Group } from './group-record.ts';
export { groupUpdateSchema, newGroupSchema } from './group-schema.ts';
export { createGroup, deleteGroup, type GroupUpdate, updateGroup } from './groups-change.ts';
export { type GroupMember, type GroupPage, getGroup, groupsOf, listGroupMembers, listGroups } from './groups-find.ts';
export { holdRoles } from './hold-roles.ts';
export type { Invitation, InvitationStatus } from './invitation-record.ts';
export {
  createInvitation,
  type InvitationDeps,
  type InvitationPost,
  type IssuedInvitation,
  newInvitationSchema,
  resendInvitation,
  revokeInvitation,
} from './invitations-change.ts';
export { findOpenInvitation, getInvitation, listInvitations, type OpenInvitation } from './invitations-find.ts';
export { narrowToOwner, standingOfOwners } from './key-owners.ts';
export { mayChangeAnything } from './may-change-anything.ts';
export type { Membership } from './membership-record.ts';
export { membershipTag } from './membership-record.ts';
export { addMembership, putMembership, removeMembership } from './memberships-change.ts';
export { getMembership, listMembers, type MembershipPage, membershipsOf } from './memberships-find.ts';
export { directoryMigrations } from './migrations.ts';
export { type OrganizationSpec, organizationKind } from './organization-kind.ts';
export { holdOrganization } from './organizations.ts';
export { PERMISSION_PATTERN, type PermissionSet, permissionSet } from './permissions.ts';
export { beyondOwn, type Grant, permissionsOf, type Roles, scopesToGive } from './permissions-of.ts';
export { type AdministrationDeps, demandPowerOver } from './power-over.ts';
export { type RoleSpec, roleKind, VIEWER_ROLE } from './role-kind.ts';
export {
  createServiceAccount,
  findServiceAccount,
  getServiceAccount,
  listServiceAccounts,
  newServiceAccountSchema,
  type ServiceAccount,
  type ServiceAccountPage,
  serviceAccountUpdateSchema,
} from './service-accounts.ts';
export {
  createServiceAccountFor,
  type DeleteServiceAccountDeps,
  deleteServiceAccount,
  type ServiceAccountUpdate,
  setServiceAccountStatus,
  updateServiceAccount,
} from './service-accounts-change.ts';
export { activeMembership, type Standing, standingClaims, standingOf } from './standing.ts';
export { type Account, standingsOf } from './standings.ts';
export type { UserAttributes, UserStatus } from './tables.ts';
export { type UserSchemaSpec, userSchemaKind } from './user-schema-kind.ts';
export { setUserRoles, setUserStatus } from './users-change.ts';
export { replaceProvedEmail } from './users-change-email.ts';
export { createUser, type NewUser } from './users-create.ts';
export { type DeleteUserDeps, deleteUser } from './users-delete.ts';
export { emailKey } from './users-email.ts';
export {
  findAccountStates,
  findAccountsByEmail,
  findUser,
  findUserByEmail,
  findUsers,
  getUser,
  hasActiveAdministrator,
} from './users-find.ts';
export { checkImportedUser, type ImportedUser, insertImportedUsers, takenAddresses } from './users-import.ts';
export { listUsers, USER_SORTS, type UserFilter, type UserMark, type UserPage } from './users-list.ts';
export type { User } from './users-record.ts';
export {
  ADMINISTRATOR_ROLE,
  attributesSchema,
  emailSchema,
  nameSchema,
  newUserSchema,
  parseNewPerson,
  rolesSchema,
  userUpdateSchema,
} from './users-schema.ts';
export { administerStatus, createUserFor, type UserUpdate, updateUser } from './users-update.ts';
export { setEmailVerified } from './users-verify-email.ts';
