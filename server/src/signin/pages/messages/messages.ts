import type { baseErrors } from '#base';
import type { directoryErrors } from '#directory';
import type { keyringErrors } from '#keyring';
import type { signinErrors } from '../../errors.ts';
import type { PasswordRule } from '../../password-rules.ts';
import type { en } from './en.ts';

/**
 * The words of the pages. English is the source: each other language is declared as a {@link Translation}, so a message
 * that lacks one, and one that takes other parameters, is a type error. A new subject is one file in `en/`, one in each
 * other language, and a line in `en.ts` and its peers.
 */
export type Messages = typeof en;

/** What pages can have to tell of errors that are declared in other rooms. */
export type OthersErrorCode =
  | keyof Pick<
      typeof directoryErrors,
      | 'account_managed_here'
      | 'already_member'
      | 'email_taken'
      | 'grant_beyond_own'
      | 'invitation_for_another'
      | 'invitation_needs_sign_in'
      | 'invitation_refused'
      | 'last_administrator'
      | 'membership_not_found'
      | 'memberships_too_many'
      | 'organization_not_found'
      | 'role_not_found'
      | 'user_not_found'
    >
  | keyof Pick<typeof keyringErrors, 'password_too_long' | 'password_work_busy'>
  | keyof Pick<typeof baseErrors, 'internal_error' | 'invalid_input'>
  // Of rooms beside and above this one.
  | 'api_key_ended'
  | 'api_key_lifetime_refused'
  | 'api_key_not_found'
  | 'api_key_replaced'
  | 'api_key_set_aside'
  | 'application_not_connected';

/** An error's code; where one error says several things, with a word for which. */
export type ErrorCode = keyof typeof signinErrors | `password_refused.${PasswordRule}` | OthersErrorCode;

/** Errors speak English in their own catalogue; a translation brings all of them. */
export type Translation = Messages & { errors: Readonly<Record<ErrorCode, string>> };
