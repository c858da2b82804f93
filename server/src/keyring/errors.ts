import { defineErrors } from '#base';

export const keyringErrors = defineErrors({
  master_key_missing: {
    category: 'unavailable',
    message:
      'The master key was not found. This database is sealed under one: restore the key from your backup, or point the configuration at it.',
  },
  master_key_invalid: {
    category: 'unavailable',
    message: 'The master key must be 32 random bytes, written as base64 or as 64 hexadecimal digits.',
  },
  master_key_exposed: {
    category: 'unavailable',
    message: 'The file of the master key can be read by other users. Run `chmod 600` on it and start again.',
  },
  master_key_command_failed: {
    category: 'unavailable',
    message: 'The command that prints the master key failed. Run it by hand to see why.',
  },
  master_key_wrong: {
    category: 'unavailable',
    message: 'This is not the master key that the database is sealed under. Nothing was changed. Give the right one.',
  },
  sealed_value_invalid: {
    category: 'internal',
    message:
      'A sealed value could not be opened: it was altered, cut, or moved from another place. Restore it from a backup.',
  },
  password_too_long: {
    category: 'invalid_input',
    message: 'The password is longer than 1,024 bytes. Choose a shorter one.',
  },
  password_work_busy: {
    category: 'unavailable',
    message: 'Too many sign-ins are in progress. Wait a few seconds and try again.',
  },
  signing_key_missing: {
    category: 'unavailable',
    message: 'This tenant has no active signing key for that algorithm. Create one, then try again.',
  },
  signing_key_not_found: {
    category: 'not_found',
    message: 'There is no signing key with that id. List the keys to see which exist.',
  },
  signing_key_in_use: {
    category: 'conflict',
    message: 'The active signing key cannot be removed. Rotate it first, then remove it.',
  },
  signing_key_announced: {
    category: 'conflict',
    message:
      'The next signing key is already announced and becomes active by itself. Wait for it, or rotate immediately.',
  },
});
