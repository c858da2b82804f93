import type { z } from 'zod';
import { recordEvent } from '#audit';
import { baseErrors, GatehouseError, type IdSource, newId, type Principal, parse } from '#base';
import {
  type AdministrationDeps,
  checkImportedUser,
  directoryErrors,
  emailKey,
  insertImportedUsers,
  takenAddresses,
} from '#directory';
import { type Keyring, storeForeignHash } from '#keyring';
import { recordChange, type Store, type Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { signinErrors } from '../errors.ts';
import type { SigninTables } from '../tables.ts';
import { auth0Record } from './auth0-record.ts';
import { firebaseRecord } from './firebase-record.ts';
import { type ImportRecord, nativeRecord } from './import-record.ts';
import type { ImportFormat, ImportTables, UserImportsTable } from './import-tables.ts';
import { keycloakRecord } from './keycloak-record.ts';

export interface ImportDeps extends AdministrationDeps, IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'seal'>;
}

export interface UserImport {
  id: string;
  format: ImportFormat;
  /** Where it goes on. */
  recordsDone: number;
  created: number;
  failed: number;
}

export interface RecordError {
  /** Counted from 1. */
  record: number;
  code: string;
  message: string;
}

/** In one transaction: large enough to be quick, small enough that nothing waits long for the audit log's head. */
export const RECORDS_PER_BATCH_MAX = 500;
const MESSAGE_LENGTH_MAX = 500;

const READERS: Readonly<Record<ImportFormat, z.ZodType<ImportRecord>>> = {
  ndjson: nativeRecord,
  keycloak: keycloakRecord,
  auth0: auth0Record,
  firebase: firebaseRecord,
};

/** Begins an import, or finds how far the one of this key has come. */
export async function startUserImport(
  deps: ImportDeps,
  { tenantId, key, format }: { tenantId: string; key: string; format: ImportFormat },
): Promise<UserImport> {
  const now = deps.clock.now();
  return deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<ImportTables>();
    await db
      .insertInto('user_imports')
      .values({
        tenant_id: tenantId,
        id: newId('userImport', deps),
        key,
        format,
        records_done: 0,
        created: 0,
        failed: 0,
        started_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'key']).doNothing())
      .execute();
    const row = await db
      .selectFrom('user_imports')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    return toImport(row);
  });
}

/**
 * The next records of an import, in one transaction with how far it has come: whoever is killed in between has done all
 * of them or none, and whoever sends the same ones again, or at the same time, does nothing twice. A record that is bad is
 * written down with its number and holds up no other.
 * @throws `import_not_found`, `import_elsewhere` when it has come further, or is not there yet
 */
export async function importRecords(
  deps: ImportDeps,
  input: { tenantId: string; id: string; from: number; records: readonly unknown[]; actor: Principal },
): Promise<UserImport & { errors: RecordError[] }> {
  const { tenantId, id, from, records, actor } = input;
  const format = (await findImport(deps, input)).format;
  const { good, errors } = readAll(READERS[format], records, from);
  return deps.store.transaction({ tenantId }, async (tx) => {
    // First of all: it makes a second one wait here, and find that it has nothing to do.
    await takeTurn(tx, deps, input);
    await checkAll(tx, deps, { tenantId, actor, good, errors });
    const ids = await insertImportedUsers(tx, deps, { tenantId, users: good.map(({ user }) => user) });
    const added = good.flatMap(({ record, user, passwordHash }) => {
      const userId = ids.get(emailKey(user.email));
      if (userId !== undefined) return [{ userId, passwordHash }];
      errors.push(toError(record, directoryErrors.email_taken()));
      return [];
    });
    await insertPasswords(tx, deps, tenantId, added);
    await writeErrors(tx, { tenantId, id, errors });
    const row = await tx
      .withTables<ImportTables>()
      .updateTable('user_imports')
      .set((set) => ({ created: set('created', '+', added.length), failed: set('failed', '+', errors.length) }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (added.length > 0) {
      await recordChange(tx, { tenantId, topic: 'user_import', id, operation: 'put' });
      await recordEvent(tx, deps, {
        tenantId,
        type: 'user.imported' satisfies SigninAuditEvent,
        actor,
        target: { type: 'user_import', id },
        detail: { from, records: records.length, created: added.map(({ userId }) => userId) },
      });
    }
    return { ...toImport(row), errors: errors.sort((left, right) => left.record - right.record) };
  });
}

/** What an import of these records would say, and nothing else. */
export async function checkRecords(
  deps: ImportDeps,
  input: { tenantId: string; format: ImportFormat; from: number; records: readonly unknown[]; actor: Principal },
): Promise<{ created: number; failed: number; errors: RecordError[] }> {
  const { tenantId, format, from, records, actor } = input;
  const { good, errors } = readAll(READERS[format], records, from);
  return deps.store.transaction({ tenantId }, async (tx) => {
    await checkAll(tx, deps, { tenantId, actor, good, errors });
    const taken = await takenAddresses(tx, { tenantId, emails: good.map(({ user }) => user.email) });
    const left = good.filter(({ record, user }) => {
      if (!taken.has(emailKey(user.email))) return true;
      errors.push(toError(record, directoryErrors.email_taken()));
      return false;
    });
    errors.sort((first, second) => first.record - second.record);
    return { created: left.length, failed: errors.length, errors };
  });
}

type Numbered = ImportRecord & { record: number };

/** What can be said without the database. An address that comes twice is its first record's. */
function readAll(reader: z.ZodType<ImportRecord>, records: readonly unknown[], from: number) {
  const good: Numbered[] = [];
  const errors: RecordError[] = [];
  const seen = new Set<string>();
  for (const [index, given] of records.entries()) {
    const record = from + index + 1;
    try {
      if (!isObject(given)) throw baseErrors.invalid_input({ message: NO_OBJECT });
      const read = parse(reader, given);
      const key = emailKey(read.user.email);
      if (seen.has(key)) throw directoryErrors.email_taken();
      seen.add(key);
      good.push({ ...read, record });
    } catch (error) {
      errors.push(toError(record, error));
    }
  }
  return { good, errors };
}

const NO_OBJECT = 'This is not a JSON object. Write each person as {"email": "ada@example.com", …}.';
const isObject = (given: unknown) => typeof given === 'object' && given !== null && !Array.isArray(given);

/** Takes out of `good` what the tenant's roles and schema don't bear. */
async function checkAll(
  tx: Tx,
  deps: ImportDeps,
  { tenantId, actor, good, errors }: { tenantId: string; actor: Principal; good: Numbered[]; errors: RecordError[] },
): Promise<void> {
  for (const each of [...good]) {
    try {
      await checkImportedUser(tx, deps, { tenantId, actor, user: each.user });
    } catch (error) {
      errors.push(toError(each.record, error));
      good.splice(good.indexOf(each), 1);
    }
  }
}

async function takeTurn(
  tx: Tx,
  deps: ImportDeps,
  { tenantId, id, from, records }: { tenantId: string; id: string; from: number; records: readonly unknown[] },
): Promise<void> {
  const turn = await tx
    .withTables<ImportTables>()
    .updateTable('user_imports')
    .set({ records_done: from + records.length, updated_at: deps.clock.now() })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('records_done', '=', from)
    .returning('id')
    .executeTakeFirst();
  if (turn === undefined) throw signinErrors.import_elsewhere();
}

async function insertPasswords(
  tx: Tx,
  { keyring, clock }: ImportDeps,
  tenantId: string,
  added: readonly { userId: string; passwordHash: ImportRecord['passwordHash'] }[],
): Promise<void> {
  const now = clock.now();
  const rows = added.flatMap(({ userId, passwordHash }) =>
    passwordHash === undefined
      ? []
      : [
          {
            tenant_id: tenantId,
            user_id: userId,
            password_hash: storeForeignHash(keyring, passwordHash),
            created_at: now,
            updated_at: now,
          },
        ],
  );
  if (rows.length > 0) await tx.withTables<SigninTables>().insertInto('password_credentials').values(rows).execute();
}

async function writeErrors(
  tx: Tx,
  { tenantId, id, errors }: { tenantId: string; id: string; errors: readonly RecordError[] },
): Promise<void> {
  if (errors.length === 0) return;
  const rows = errors.map((error) => ({ tenant_id: tenantId, import_id: id, ...error }));
  await tx.withTables<ImportTables>().insertInto('user_import_errors').values(rows).execute();
}

/** @throws `import_not_found` */
export async function findImport(
  { store }: Pick<ImportDeps, 'store'>,
  { tenantId, id }: { tenantId: string; id: string },
): Promise<UserImport> {
  const row = await store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<ImportTables>()
      .selectFrom('user_imports')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  if (row === undefined) throw signinErrors.import_not_found();
  return toImport(row);
}

/** What went wrong so far, in the order of the records. */
export async function listImportErrors(
  { store }: Pick<ImportDeps, 'store'>,
  { tenantId, id, after, limit }: { tenantId: string; id: string; after: number; limit: number },
): Promise<RecordError[]> {
  return store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<ImportTables>()
      .selectFrom('user_import_errors')
      .select(['record', 'code', 'message'])
      .where('tenant_id', '=', tenantId)
      .where('import_id', '=', id)
      .where('record', '>', after)
      .orderBy('record')
      .limit(limit)
      .execute(),
  );
}

const toImport = ({ id, format, records_done: recordsDone, created, failed }: UserImportsTable): UserImport => ({
  id,
  format,
  recordsDone,
  created,
  failed,
});

/** Our own message, never the value: a hash in the wrong field must not stand in a report. */
function toError(record: number, error: unknown): RecordError {
  if (!(error instanceof GatehouseError)) throw error;
  const { code } = error.code === 'invalid_input' ? baseErrors.invalid_input() : error;
  return { record, code, message: error.message.slice(0, MESSAGE_LENGTH_MAX) };
}
