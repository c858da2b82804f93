import { defineErrors } from '#base';

export const configurationErrors = defineErrors({
  configuration_not_found: {
    category: 'not_found',
    message: 'The configuration file could not be read. Check the path given with --config, and its permissions.',
  },
  configuration_invalid: {
    category: 'invalid_input',
    message: 'The configuration is not as expected. `fields` names each place and what to write instead.',
  },
  configuration_insecure: {
    category: 'invalid_input',
    message: 'The configuration would not be secure, so the program does not start with it.',
  },
  mail_password_missing: {
    category: 'unavailable',
    message: 'The password for the mail server was not found. Set the variable or the file that `mail.password` names.',
  },
  listener_unavailable: {
    category: 'unavailable',
    message: 'The program could not listen on its address. Stop what else listens there, or configure another address.',
  },
});
