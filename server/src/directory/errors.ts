import { defineErrors } from '#base';

export const directoryErrors = defineErrors({
  user_not_found: {
    category: 'not_found',
    message: 'There is no user with this id. List the users to find the right one.',
  },
  email_taken: {
    category: 'conflict',
    message: 'Another user has this e-mail address. Use that account, or another address.',
  },
  person_beyond_own: {
    category: 'forbidden',
    message:
      'This person may do more than you, so you may not change the account: that would be a way to their rights. `missing` names what you lack.',
  },
  person_not_managed: {
    category: 'forbidden',
    message:
      'Your organization does not manage this account: the person belongs to others as well, or joined by invitation. You may change or end the membership.',
  },
  email_change_refused: {
    category: 'forbidden',
    message: 'Only an administrator of the tenant may change or confirm an e-mail address. Ask one.',
  },
  organization_not_found: {
    category: 'not_found',
    message: 'There is no such organization. List the organizations to find the right one.',
  },
  membership_not_found: {
    category: 'not_found',
    message: 'This person does not belong to this organization.',
  },
  memberships_too_many: {
    category: 'conflict',
    message: 'This person belongs to a hundred organizations, which is the most there can be. End a membership first.',
  },
  account_managed_here: {
    category: 'conflict',
    message:
      'The organization manages this account, which belongs nowhere else. Disable or delete the account instead of ending its membership.',
  },
  account_managed: {
    category: 'conflict',
    message:
      'The account is managed by an organization, which decides its roles: an account that others may change can hold no roles of the tenant. Give the roles in the organization.',
  },
  roles_beyond_own: {
    category: 'forbidden',
    message:
      'These roles allow more than you may do, so they are not yours to take away. `missing` names what you lack.',
  },
  group_not_found: {
    category: 'not_found',
    message: 'There is no group with this id. List the groups to find the right one.',
  },
  group_name_taken: {
    category: 'conflict',
    message: 'Another group has this name. Use that one, or choose another name.',
  },
  group_member_not_found: {
    category: 'not_found',
    message: 'This group has no such member. Members of groups inside it are removed there.',
  },
  group_member_unfit: {
    category: 'invalid_input',
    message:
      'This can not be a member of this group. A group takes people, service accounts and groups of its own organization, or of the tenant when it is the tenant’s.',
  },
  group_cycle: {
    category: 'conflict',
    message: 'The group would be inside itself. Take it out of the other group first.',
  },
  group_too_deep: {
    category: 'conflict',
    message: 'Groups would be nested more than eight deep. Put the members into an outer group instead.',
  },
  groups_too_many: {
    category: 'conflict',
    message: 'A member would be, or is, in more than a hundred groups, which tokens can not carry. Leave some first.',
  },
  invitation_not_found: {
    category: 'not_found',
    message: 'There is no invitation with this id. List the invitations to find the right one.',
  },
  invitation_open: {
    category: 'conflict',
    message: 'This address is invited already. Send that invitation again, or revoke it first.',
  },
  invitation_over: {
    category: 'conflict',
    message: 'The invitation was accepted or revoked. Make a new one.',
  },
  already_member: {
    category: 'conflict',
    message: 'Somebody with this address belongs to the organization already.',
  },
  invitation_refused: {
    category: 'invalid_input',
    message: 'This invitation was used, revoked, replaced by a newer one, or is too old. Ask for a new one.',
  },
  invitation_needs_sign_in: {
    category: 'conflict',
    message: 'There is an account with this address. Sign in to it, then open the invitation again.',
  },
  invitation_for_another: {
    category: 'forbidden',
    message: 'This invitation is for another address. Sign out, then open it again.',
  },
  service_account_not_found: {
    category: 'not_found',
    message: 'There is no service account with this id. List the service accounts to find the right one.',
  },
  service_account_name_taken: {
    category: 'conflict',
    message: 'Another service account has this name. Use that one, or choose another name.',
  },
  last_administrator: {
    category: 'conflict',
    message: 'This is the last active administrator. Make someone else an administrator first.',
  },
  grant_beyond_own: {
    category: 'forbidden',
    message: 'You may not hand out more than you hold yourself. `missing` names what goes beyond.',
  },
  role_not_found: {
    category: 'invalid_input',
    message: 'There is no such role. Create it first, or choose another.',
  },
});
