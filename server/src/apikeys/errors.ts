import { defineErrors } from '#base';

export const apikeysErrors = defineErrors({
  api_key_not_found: {
    category: 'not_found',
    message: 'There is no API key with that id. List the keys to see which exist.',
  },
  breach_of_other_credential: {
    category: 'invalid_input',
    message: 'Nothing was ended: this is no API key. End it where it comes from.',
  },
  api_key_plan_unknown: {
    category: 'invalid_input',
    message: 'There is no plan with that name. Create it first, or leave the plan out.',
  },
  plan_beyond_own: {
    category: 'forbidden',
    message:
      'You may not hand out this plan. Keep the plan that is there, name one that is assignable by everyone, or ask an administrator who has the permission plans:assign.',
  },
  api_key_place_unknown: {
    category: 'invalid_input',
    message: 'There is no API or no route with that name. Create it first, or leave it out.',
  },
  api_key_lifetime_refused: {
    category: 'invalid_input',
    message: 'API keys may not live that long here. Ask for an end that lies sooner.',
  },
  api_key_environment_exceeded: {
    category: 'forbidden',
    message:
      'A test key can issue and rotate test keys only. Ask for a test key, or do it with a live key or signed in.',
  },
  api_key_formats_full: {
    category: 'conflict',
    message:
      'Keys of eight other formats were imported already, and each costs every request. Import under one of them.',
  },
  api_key_record_malformed: {
    category: 'invalid_input',
    message: 'The record is not one of an API key. The message names the field.',
  },
  api_key_ended: {
    category: 'conflict',
    message: 'This API key was revoked or has expired: nothing of it can be changed. Issue another one.',
  },
  api_key_replaced: {
    category: 'conflict',
    message: 'This API key was rotated already. Rotate the one that took its place.',
  },
  api_key_set_aside: {
    category: 'conflict',
    message:
      'This API key is set aside, since it may have leaked. Ask an administrator to release it, or to issue another.',
  },
  leak_report_closed: {
    category: 'not_found',
    message: 'Reports of leaked keys are not taken here. Set `secretScanning` in the key policy to take them.',
  },
  leak_report_unsigned: {
    // Not 401, which would have to name a scheme of RFC 9110 §11 by which to authenticate: there is none.
    category: 'forbidden',
    message: 'The report carries no signature that can be verified. Send the headers that the protocol asks for.',
  },
  leak_report_malformed: {
    category: 'invalid_input',
    message: 'The report is not a list of findings as the protocol has it.',
  },
  leak_report_keys_unavailable: {
    category: 'unavailable',
    message: 'The public keys to verify the report with can’t be had at present. Send it again later.',
  },
  api_key_not_quarantined: {
    category: 'conflict',
    message: 'This API key is not set aside, so there is nothing to release.',
  },
});
