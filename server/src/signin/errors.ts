import { defineErrors } from '#base';

export const signinErrors = defineErrors({
  sign_in_failed: {
    category: 'unauthenticated',
    // One answer for an unknown, a disabled and a mistyped account (invariant 6).
    message: 'That e-mail address and password don’t match. Check both and try again.',
  },
  sign_in_throttled: {
    category: 'rate_limited',
    message: 'Too many attempts. Wait a little, then try again.',
  },
  flow_over: {
    category: 'conflict',
    message: 'This sign-in was finished, given up, or took too long. Begin again.',
  },
  step_out_of_turn: {
    category: 'conflict',
    message: 'This sign-in is at another step. Go on where it stands.',
  },
  code_refused: {
    category: 'unauthenticated',
    message: 'That was not right, or was used before. Try again with a new code.',
  },
  passkey_refused: {
    category: 'unauthenticated',
    message: 'That passkey was not accepted. Try again, or sign in another way.',
  },
  too_many_passkeys: {
    category: 'conflict',
    message: 'You have twenty passkeys, which is the most. Remove one that you don’t use any more.',
  },
  passkey_not_found: {
    category: 'not_found',
    message: 'There is no such passkey or authenticator app. It may have been removed already.',
  },
  factor_not_allowed: {
    category: 'forbidden',
    message: 'This can’t be set up for your account. Choose another way to prove that it is you.',
  },
  last_strong_factor: {
    category: 'conflict',
    message: 'Your account must have a second factor, and this is the last one. Set up another first.',
  },
  enrolment_over: {
    category: 'conflict',
    message: 'Setting this up took too long. Begin again.',
  },
  password_refused: {
    category: 'invalid_input',
    message: 'That password can’t be used. Choose another.',
  },
  organization_not_yours: {
    category: 'not_found',
    message: 'You don’t belong to this organization, or it does not exist. Choose one of yours.',
  },
  current_password_wrong: {
    category: 'invalid_input',
    message: 'That is not your current password. Nothing was changed. Try again.',
  },
  session_not_found: {
    category: 'not_found',
    message: 'There is no such session. It may have ended already.',
  },
  setup_link_refused: {
    category: 'not_found',
    message:
      'This set-up link is not valid: it was used, replaced by a newer one, or is older than 24 hours. Restart Gatehouse to print a new one.',
  },
  setup_already_done: {
    category: 'conflict',
    message: 'An administrator exists already. Sign in, or ask that person for access.',
  },
  form_refused: {
    category: 'forbidden',
    message: 'This form was open for too long or came from another page. Nothing was changed. Try again.',
  },
  insecure_issuer: {
    category: 'invalid_input',
    message:
      'The issuer must be an https URL. Plain http is accepted only on the loopback interface (localhost, 127.0.0.1, [::1]) for development.',
  },
  mail_throttled: {
    category: 'rate_limited',
    message: 'That was asked for too often. Look into your mailbox, or wait an hour and try again.',
  },
  recovery_link_refused: {
    category: 'not_found',
    message: 'This link can’t be used: it was used before, or is too old. Ask for a new one.',
  },
  impersonation_by_people: {
    category: 'forbidden',
    message: 'Only a person who is signed in can act for another. Use the console with an account of your own.',
  },
  impersonation_unavailable: {
    category: 'forbidden',
    message:
      'Nobody can act for this person: it is yourself, the account is suspended, or the sign-in policy forbids it.',
  },
  impersonation_too_long: {
    category: 'invalid_input',
    message: 'The sign-in policy does not let anybody act for so long. Ask for less.',
  },
  impersonation_over: {
    category: 'not_found',
    message: 'This was begun already, is too old, or was asked for by somebody else. Ask for it again in the console.',
  },
  impersonation_proof_missing: {
    category: 'forbidden',
    message: 'Acting for somebody takes a sign-in with two factors within the last ten minutes. Sign in again.',
  },
  acting_reads_only: {
    category: 'forbidden',
    message: 'You act for this person, and their account is theirs to change. Nothing was changed.',
  },
  recovery_of_oneself: {
    category: 'forbidden',
    message:
      'Nobody makes a recovery link for their own account. Change your password and factors at /account, or ask another administrator.',
  },
  recovery_mail_unavailable: {
    category: 'conflict',
    message: 'No mail is sent here, so the link can’t be mailed. Ask for delivery "shown", and hand the link over.',
  },
  email_code_refused: {
    category: 'unauthenticated',
    message: 'That code is not right, was used, or is too old. Look at the newest mail, or ask for a new code.',
  },
  registration_closed: {
    category: 'forbidden',
    message: 'New accounts are made by invitation here. Ask an administrator for one.',
  },
  registration_domain_refused: {
    category: 'invalid_input',
    message: 'Accounts can’t be made with this address here. Use the address of your organization.',
  },
  import_not_found: {
    category: 'not_found',
    message: 'There is no such import. Start it first.',
  },
  import_elsewhere: {
    category: 'conflict',
    message:
      'The import stands at another record: these are done, or somebody else imports the same. Ask how far it has come.',
  },
});
