/** PostgreSQL, embedded or by URL: transactions under row-level security, migrations, the change feed, the leader lock. */
export type { BackupOptions, BackupResult } from './backup/backup.ts';
export { type RestoreOptions, type RestoreResult, restore } from './backup/restore.ts';
export type { Change, NewChange } from './changes/change.ts';
export type { ChangeFeed } from './changes/change-feed.ts';
export { recordChange } from './changes/record-change.ts';
export { isAccessRefused, isForeignKeyViolation, isUniqueViolation } from './database-failure.ts';
export { storeErrors } from './errors.ts';
export { fixedStatement } from './fixed-statement.ts';
export { leadInRounds } from './lead-in-rounds.ts';
export type { LeaderHandle, LeaderWork } from './leader.ts';
export { migrationsChecksum } from './migrate.ts';
export { type MigrationSet, storeMigrations } from './migrations.ts';
export { openStore, type Store, type StoreOptions } from './open-store.ts';
export type { PoolOptions } from './pool.ts';
export type { Database } from './reach.ts';
export type { Scope, TransactionOptions, Tx } from './scope.ts';
