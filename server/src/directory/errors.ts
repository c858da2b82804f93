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
