import { type AttemptBudget, type Clock, equalSecrets } from '#base';
import type { Keyring } from '#keyring';
import type { Store, Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { ApprovalCodeTables } from './approval-code-table.ts';

export interface ApprovalCodeDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  /** Of codes that a client told in vain. */
  approvalCodeGuesses: AttemptBudget;
}

interface Whose {
  tenantId: string;
  userId: string;
}

export const hashOfCode = (keyring: Pick<Keyring, 'mac'>, { tenantId, userId }: Whose, code: string): string =>
  keyring.mac('approval code', JSON.stringify([tenantId, userId, code.normalize('NFKC')])).toString('hex');

export async function codeHashOf(tx: Tx, { tenantId, userId }: Whose): Promise<string | undefined> {
  const row = await tx
    .withTables<ApprovalCodeTables>()
    .selectFrom('approval_codes')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.hash;
}

/**
 * Whoever set a code is asked by those alone who know it: from a person, and not from a list of addresses (OpenID Connect
 * CIBA §7.1, §13). Who set none, or is nobody, can be asked without. Looked for in either case, so that both take as long.
 * @throws `approval_code_missing`, `approval_code_wrong`, `too_many_failures`.
 */
export async function demandApprovalCode(
  deps: ApprovalCodeDeps,
  { tenantId, resourceId }: Pick<Client, 'tenantId' | 'resourceId'>,
  userId: string,
  told: string | undefined,
): Promise<void> {
  const whose = { tenantId, userId };
  const hash = await deps.store.transaction({ tenantId }, (tx) => codeHashOf(tx, whose), { readOnly: true });
  if (hash === undefined) return;
  if (told === undefined) throw oauthErrors.approval_code_missing();
  const guesser = JSON.stringify([tenantId, resourceId, userId]);
  const retryAfterSeconds = deps.approvalCodeGuesses.retryAfterSeconds(guesser);
  if (retryAfterSeconds !== undefined) {
    throw oauthErrors.too_many_failures({
      message: `Too many user_codes for this person were wrong. Wait ${retryAfterSeconds} seconds, then ask the person for it.`,
      details: { retryAfterSeconds },
    });
  }
  deps.approvalCodeGuesses.spend(guesser);
  if (!equalSecrets(hash, hashOfCode(deps.keyring, whose, told.trim()))) throw oauthErrors.approval_code_wrong();
  deps.approvalCodeGuesses.refund(guesser);
}
