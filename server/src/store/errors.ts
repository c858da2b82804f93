import { defineErrors } from '#base';

/** What can go wrong between the program and its database. */
export const storeErrors = defineErrors({
  database_unavailable: {
    category: 'unavailable',
    message: 'The database cannot be reached right now. Nothing was changed. Retry in a moment.',
  },
  commit_outcome_unknown: {
    category: 'unavailable',
    message:
      'The connection to the database was lost while the change was being committed. Read the state again before you retry.',
  },
  database_timeout: {
    category: 'unavailable',
    message: 'The database took too long and the work was given up. Nothing was changed. Retry in a moment.',
  },
  database_contended: {
    category: 'unavailable',
    message: 'Too many others changed the same rows at the same time. Nothing was changed. Retry in a moment.',
  },
  transaction_aborted: {
    category: 'internal',
    message: 'A statement of the transaction failed and its error was swallowed, so nothing was changed.',
  },
  transaction_ended: {
    category: 'internal',
    message: 'The transaction has already ended. Use it only inside the function it was given to.',
  },
  store_closed: {
    category: 'unavailable',
    message: 'The program is shutting down. Retry against another instance, or in a moment.',
  },
  scope_invalid: {
    category: 'internal',
    message:
      'A transaction was asked for without a tenant, or for an organization without an id. Name it, or the system scope.',
  },
  change_too_large: {
    category: 'internal',
    message: 'A change must have a topic of at most 128 bytes and an id of at most 512 bytes.',
  },
  role_missing: {
    category: 'internal',
    message:
      'The database roles gatehouse_app and gatehouse_system are missing and this database user may not create them. Give it CREATEROLE, or create both roles NOLOGIN and grant them to it.',
  },
  migration_edited: {
    category: 'internal',
    message: 'A migration that already ran was edited afterwards. Restore its text and add a new step instead.',
  },
  migration_reordered: {
    category: 'internal',
    message: 'Migrations that already ran stand in another order now. Restore the order and add new steps at the end.',
  },
  migration_removed: {
    category: 'internal',
    message: 'A migration that already ran is missing from the program. Restore it.',
  },
  migration_duplicate: {
    category: 'internal',
    message: 'Two migrations of one room have the same name, or a room is listed twice. Give each step its own name.',
  },
  migration_failed: {
    category: 'internal',
    message: 'A migration failed and was rolled back. The database is as it was before.',
  },
  database_newer: {
    category: 'internal',
    message:
      'The database was last used by a newer version of Gatehouse. Start that version, or restore a backup from before the upgrade.',
  },
  table_unprotected: {
    category: 'internal',
    message: 'A migration made a table without row-level security. End it with gatehouse_protect or gatehouse_reserve.',
  },
  database_platform_unsupported: {
    category: 'internal',
    message:
      'There is no embedded PostgreSQL for this platform and none was found on this system. Install PostgreSQL 15 or later, or name a server in DATABASE_URL.',
  },
  database_user_missing: {
    category: 'internal',
    message:
      'The embedded PostgreSQL needs an unprivileged system user and found none. Start Gatehouse as an ordinary user, or create a system user named gatehouse.',
  },
  database_version_mismatch: {
    category: 'internal',
    message:
      'The data folder belongs to another major version of PostgreSQL. Start the Gatehouse version that made it, take a backup, and restore that here.',
  },
  database_start_failed: {
    category: 'internal',
    message: 'The embedded PostgreSQL did not start. Its last words are in the log.',
  },
  data_folder_in_use: {
    category: 'conflict',
    message: 'Another running program already uses this data folder. Stop it first, or choose another folder.',
  },
  data_folder_unsafe: {
    category: 'internal',
    message: 'A folder the database needs belongs to another user or can be written by others. Remove it and retry.',
  },
  backup_damaged: {
    category: 'invalid_input',
    message: 'The backup file is damaged, cut short, or was changed after it was made. Nothing was restored.',
  },
  backup_passphrase_required: {
    category: 'invalid_input',
    message: 'The backup is encrypted. Give its passphrase.',
  },
  backup_passphrase_wrong: {
    category: 'invalid_input',
    message: 'The passphrase does not open this backup.',
  },
  backup_format_unknown: {
    category: 'invalid_input',
    message: 'The file is not a Gatehouse backup, or was made by a newer version of Gatehouse.',
  },
  backup_attachment_unsafe: {
    category: 'invalid_input',
    message: 'Secret files are only put into an encrypted backup. Give a passphrase.',
  },
  backup_destination_exists: {
    category: 'conflict',
    message: 'There already is a file at the destination. Choose another name.',
  },
  restore_target_not_empty: {
    category: 'conflict',
    message: 'A backup is only restored into an empty folder or an empty database. Choose a new one.',
  },
});
