import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import { fixedStatement, type Tx } from '#store';
import type { SigninAuditEvent } from './audit-events.ts';
import type { PasswordCredentialsTable, SigninTables } from './tables.ts';

/** The argon2id work, passed in: a test counts it, and the program shares one bounded queue. */
export interface Passwords {
  /** `lane`: whom it is for. Lanes take turns, so that a flood in one delays no other. */
  hashPassword(password: string, lane?: string): Promise<string>;
  verifyPassword(stored: string, password: string, lane?: string): Promise<{ ok: boolean; rehash: boolean }>;
  dummyVerify(password: string, lane?: string): Promise<{ ok: false; rehash: false }>;
  /** How many wait for their turn in that queue. */
  waiting?(): number;
}

/** Sets or replaces a person's password, given its hash: hashing is done before the transaction, which it would hold open. */
export async function setPasswordHash(
  tx: Tx,
  deps: IdSource,
  input: { tenantId: string; userId: string; passwordHash: string; actor: Principal },
): Promise<void> {
  const { tenantId, userId, passwordHash, actor } = input;
  const now = deps.clock.now();
  await tx
    .withTables<SigninTables>()
    .insertInto('password_credentials')
    .values({ tenant_id: tenantId, user_id: userId, password_hash: passwordHash, created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ password_hash: passwordHash, updated_at: now }),
    )
    .execute();
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.password_set' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id: userId },
  });
}

/** `lock`: nobody changes or removes the password until the transaction ends. */
export async function findPasswordHash(
  tx: Tx,
  { tenantId, userId, lock = false }: { tenantId: string; userId: string; lock?: boolean },
): Promise<string | undefined> {
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('password_credentials')
    .select('password_hash')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  return row?.password_hash;
}

const HASHES =
  'select user_id, password_hash from password_credentials where tenant_id = $1 and user_id = any($2::text[])';
const selectHashes = fixedStatement<Pick<PasswordCredentialsTable, 'user_id' | 'password_hash'>>(HASHES);
const lockHashes = fixedStatement<Pick<PasswordCredentialsTable, 'user_id' | 'password_hash'>>(
  `${HASHES} order by user_id for update`,
);

/**
 * Of several people, by whose it is; in one look. `lock` as above, in the order of their owners: two that hold several
 * never wait for each other in a circle.
 */
export async function findPasswordHashes(
  tx: Tx,
  { tenantId, userIds, lock = false }: { tenantId: string; userIds: readonly string[]; lock?: boolean },
): Promise<ReadonlyMap<string, string>> {
  const rows = await (lock ? lockHashes : selectHashes)(tx, [tenantId, userIds]);
  return new Map(rows.map(({ user_id, password_hash }) => [user_id, password_hash]));
}

export async function hasPassword(tx: Tx, which: { tenantId: string; userId: string }): Promise<boolean> {
  return (await findPasswordHash(tx, which)) !== undefined;
}

/** The same password under today's parameters. Only in place of the hash that was checked: a change in between stays. */
export async function replacePasswordHash(
  tx: Tx,
  { clock }: Pick<IdSource, 'clock'>,
  input: { tenantId: string; userId: string; before: string; after: string },
): Promise<void> {
  await tx
    .withTables<SigninTables>()
    .updateTable('password_credentials')
    .set({ password_hash: input.after, updated_at: clock.now() })
    .where('tenant_id', '=', input.tenantId)
    .where('user_id', '=', input.userId)
    .where('password_hash', '=', input.before)
    .execute();
}
