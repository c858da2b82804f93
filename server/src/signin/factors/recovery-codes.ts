import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { User } from '#directory';
import type { Keyring } from '#keyring';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { SigninTables } from '../tables.ts';

export interface RecoveryCodeDeps extends IdSource {
  keyring: Pick<Keyring, 'mac'>;
}

const CODES = 10;
/** 24 characters of five bits are 120: above the 112 from which a keyed hash is enough (ASVS 6.5.2). */
const LENGTH = 24;
/** Crockford's: no I, L, O and U, so that what was written by hand is read as it was meant. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const READ_AS: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1' };

/** Ten new codes, in groups of four, instead of all earlier ones. Shown this once: only hashes are kept. */
export async function replaceRecoveryCodes(
  tx: Tx,
  deps: RecoveryCodeDeps,
  { user, actor }: { user: User; actor: Principal },
): Promise<string[]> {
  const { tenantId, id } = user;
  const codes = Array.from({ length: CODES }, () => newCode(deps));
  const db = tx.withTables<SigninTables>();
  await db.deleteFrom('recovery_codes').where('tenant_id', '=', tenantId).where('user_id', '=', id).execute();
  const now = deps.clock.now();
  await db
    .insertInto('recovery_codes')
    .values(
      codes.map((code) => ({
        tenant_id: tenantId,
        user_id: id,
        code_hash: hashOf(deps, id, code),
        created_at: now,
        used_at: null,
      })),
    )
    .execute();
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.recovery_codes_replaced' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id },
  });
  return codes.map((code) => code.match(/.{4}/g)?.join('-') ?? code);
}

/** Takes a code, once: one statement decides among many at the same moment. */
export async function useRecoveryCode(
  tx: Tx,
  deps: RecoveryCodeDeps,
  { tenantId, userId, code }: { tenantId: string; userId: string; code: string },
): Promise<boolean> {
  const taken = await tx
    .withTables<SigninTables>()
    .updateTable('recovery_codes')
    .set({ used_at: deps.clock.now() })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('code_hash', '=', hashOf(deps, userId, plain(code)))
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return taken !== undefined;
}

export async function countRecoveryCodes(tx: Tx, { tenantId, id }: Pick<User, 'tenantId' | 'id'>): Promise<number> {
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', id)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.count;
}

function newCode({ random }: Pick<IdSource, 'random'>): string {
  // 256 is a multiple of 32: the low five bits of a random byte are as random as the byte.
  return Array.from(random.bytes(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join('');
}

/** As typed: with or without hyphens and spaces, in capitals, with letters that are not in the alphabet for digits. */
function plain(code: string): string {
  return code
    .toLowerCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll(/[oil]/g, (letter) => READ_AS[letter] ?? letter);
}

/** Bound to the person: the row of another is no help. */
function hashOf({ keyring }: Pick<RecoveryCodeDeps, 'keyring'>, userId: string, code: string): string {
  return keyring.mac('recovery_code', `${userId} ${code}`).toString('hex');
}
