import { type SqlBool, sql } from 'kysely';
import { credentialHash, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import { CHALLENGE_PURPOSES, type ChallengePurpose } from './challenge-purposes.ts';
import { addressPlace, type EmailProofTables } from './email-proof-tables.ts';
import { browserHash, type ChallengeDeps, codeHash } from './start-challenge.ts';

/** A challenge that was met, or that could be. */
export interface MetChallenge {
  id: string;
  userId: string | undefined;
  address: string | undefined;
  createdAt: number;
}

export interface LinkInput {
  tenantId: string;
  purpose: ChallengePurpose;
  token: string;
  browser?: string | undefined;
}

/** Of a million codes, five guesses. A new mail brings a new code, and how many mails there are is bounded too. */
export const CODE_ATTEMPTS_MAX = 5;
const CODE = /^\d{6}$/;

/** What the link would open, without using it up: mail programs open links to look at them. */
export async function peekLink(tx: Tx, deps: ChallengeDeps, input: LinkInput): Promise<MetChallenge | undefined> {
  if (recogniseCredential(input.token)?.kind !== 'one_time_link') return undefined;
  const row = await tx
    .withTables<EmailProofTables>()
    .selectFrom('email_challenges')
    .select(['id', 'user_id', 'address_sealed', 'created_at'])
    .where('tenant_id', '=', input.tenantId)
    .where('purpose', '=', input.purpose)
    .where('token_hash', '=', credentialHash(deps.keyring, input.token))
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', deps.clock.now())
    .where(inThisBrowser(deps, input))
    .executeTakeFirst();
  return row === undefined ? undefined : toMet(deps, row);
}

/** Uses the link up, in one statement: of many at once exactly one gets it (invariant 3). */
export async function consumeLink(tx: Tx, deps: ChallengeDeps, input: LinkInput): Promise<MetChallenge | undefined> {
  if (recogniseCredential(input.token)?.kind !== 'one_time_link') return undefined;
  const now = deps.clock.now();
  const row = await tx
    .withTables<EmailProofTables>()
    .updateTable('email_challenges')
    .set({ consumed_at: now })
    .where('tenant_id', '=', input.tenantId)
    .where('purpose', '=', input.purpose)
    .where('token_hash', '=', credentialHash(deps.keyring, input.token))
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', now)
    .where(inThisBrowser(deps, input))
    .returning(['id', 'user_id', 'address_sealed', 'created_at'])
    .executeTakeFirst();
  return row === undefined ? undefined : toMet(deps, row);
}

/**
 * Tries a code, in one statement that counts the attempt, compares, and uses the challenge up: of many right ones at once
 * exactly one gets it, and after five wrong ones no right one does. Does not throw for a wrong code, since the count must
 * stay: commit the transaction whatever it answers. Only the browser that asked has a turn, so nobody else can spend it.
 */
export async function consumeCode(
  tx: Tx,
  deps: ChallengeDeps,
  input: { tenantId: string; purpose: ChallengePurpose; id: string; code: string; browser: string },
): Promise<MetChallenge | undefined> {
  const code = input.code.replaceAll(/[\s-]/g, '');
  if (!CODE.test(code)) return undefined;
  const now = deps.clock.now();
  const hash = codeHash(deps, input.id, code);
  const row = await tx
    .withTables<EmailProofTables>()
    .updateTable('email_challenges')
    .set({
      attempts: sql<number>`attempts + 1`,
      consumed_at: sql<number | null>`case when code_hash = ${hash} then ${now}::bigint else null end`,
    })
    .where('tenant_id', '=', input.tenantId)
    .where('id', '=', input.id)
    .where('purpose', '=', input.purpose)
    .where('browser_hash', '=', browserHash(deps, input.browser))
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', now)
    .where('attempts', '<', CODE_ATTEMPTS_MAX)
    .returning(['id', 'user_id', 'address_sealed', 'created_at', 'consumed_at'])
    .executeTakeFirst();
  return row === undefined || row.consumed_at === null ? undefined : toMet(deps, row);
}

/** After one of them was used the others are of no use to anybody but a thief. */
export async function consumeOthers(
  tx: Tx,
  deps: Pick<ChallengeDeps, 'clock'>,
  { tenantId, userId, purposes }: { tenantId: string; userId: string; purposes: readonly ChallengePurpose[] },
): Promise<void> {
  await tx
    .withTables<EmailProofTables>()
    .updateTable('email_challenges')
    .set({ consumed_at: deps.clock.now() })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .where('consumed_at', 'is', null)
    .execute();
}

function inThisBrowser(deps: ChallengeDeps, { purpose, browser }: LinkInput) {
  if (!CHALLENGE_PURPOSES[purpose].linkBoundToBrowser) return sql<SqlBool>`true`;
  return browser === undefined ? sql<SqlBool>`false` : sql<SqlBool>`browser_hash = ${browserHash(deps, browser)}`;
}

function toMet(
  { keyring }: ChallengeDeps,
  row: { id: string; user_id: string | null; address_sealed: string | null; created_at: number },
): MetChallenge {
  const { id, user_id, address_sealed, created_at: createdAt } = row;
  return {
    id,
    createdAt,
    userId: user_id ?? undefined,
    address: address_sealed === null ? undefined : keyring.open(address_sealed, addressPlace(id)).toString(),
  };
}
