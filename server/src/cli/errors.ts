import { defineErrors } from '#base';

export const cliErrors = defineErrors({
  usage: { category: 'invalid_input', message: 'The command was not understood. Run it with --help.' },
  instance_not_found: {
    category: 'unavailable',
    message:
      'No Gatehouse was found. Start one here with `npx gatehouse start`, name one with --url and GATEHOUSE_TOKEN, or sign in with `gatehouse login`.',
  },
  instance_unreachable: {
    category: 'unavailable',
    message: 'The Gatehouse at this address does not answer. Is it running?',
  },
  credential_file_unsafe: {
    category: 'invalid_input',
    message: 'The file with the credential can be read by others. Make it yours alone: chmod 600.',
  },
  data_folder_unknown: {
    category: 'invalid_input',
    message: 'The configuration file here can not be used. Mend it, or name the data folder with --data-folder.',
  },
  file_unreadable: {
    category: 'invalid_input',
    message: 'The file could not be read. Check the path and its permissions.',
  },
  jwt_malformed: {
    category: 'invalid_input',
    message: 'This is not a JSON Web Token: three base64url parts separated by dots are expected (RFC 7519 §3).',
  },
  document_unusable: {
    category: 'invalid_input',
    message: 'The document can not be imported as it is. Each place that must be corrected is named.',
  },
  plan_warned: {
    category: 'invalid_input',
    message: 'There are warnings, and --strict refuses what is warned of. Mend it, or leave out --strict.',
  },
  request_refused: { category: 'invalid_input', message: 'Gatehouse refused the request.' },
});
