export const IMPORT_FORMATS = ['ndjson', 'keycloak', 'auth0', 'firebase'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** As SQL has them; times in milliseconds since the epoch. */
export type ImportTables = {
  user_imports: UserImportsTable;
  user_import_errors: UserImportErrorsTable;
};

export type UserImportsTable = {
  tenant_id: string;
  id: string;
  /** What is imported, named by whoever imports it: the digest of the file. The same again is the same import. */
  key: string;
  format: ImportFormat;
  /** Records that are done with, good or bad: where it goes on. */
  records_done: number;
  created: number;
  failed: number;
  started_at: number;
  updated_at: number;
};

export type UserImportErrorsTable = {
  tenant_id: string;
  import_id: string;
  /** Counted from 1. */
  record: number;
  code: string;
  message: string;
};

export const userImportMigration = {
  name: 'imports of people',
  sql: `
    create table user_imports (
      tenant_id text not null,
      id text not null,
      key text not null,
      format text not null,
      records_done int not null default 0,
      created int not null default 0,
      failed int not null default 0,
      started_at bigint not null,
      updated_at bigint not null,
      primary key (tenant_id, id),
      unique (tenant_id, key)
    );
    select gatehouse_protect('user_imports');

    create table user_import_errors (
      tenant_id text not null,
      import_id text not null,
      record int not null,
      code text not null,
      message text not null,
      primary key (tenant_id, import_id, record)
    );
    select gatehouse_protect('user_import_errors');
  `,
};
