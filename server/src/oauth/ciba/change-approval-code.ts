import { recordEvent } from '#audit';
import { equalSecrets, type IdSource } from '#base';
import type { Keyring } from '#keyring';
import type { Store, Tx } from '#store';
import { oauthErrors } from '../errors.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import type { BrowserRequest, BrowserSession } from '../ports.ts';
import { param, requiredParam } from '../protocol/read-params.ts';
import type { ApprovalCodeTables } from './approval-code-table.ts';
import { hashOfCode } from './demand-approval-code.ts';

export interface ChangeApprovalCodeDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
}

/** To be typed at a counter, or said on the telephone. */
const CODE = /^[\p{L}\p{N}\p{P}\p{S} ]{4,64}$/u;

/** The person sets a code of their own, another one, or (`decision` is remove) none. Only from their own page. */
export async function changeApprovalCode(
  deps: ChangeApprovalCodeDeps,
  { tenantId, params }: BrowserRequest,
  session: BrowserSession,
): Promise<void> {
  if (!equalSecrets(requiredParam(params, 'interaction'), codeInteraction(deps, session))) {
    throw oauthErrors.device_answer_invalid();
  }
  const isRemoval = param(params, 'decision') === 'remove';
  const code = isRemoval ? undefined : (param(params, 'approval_code')?.trim() ?? '');
  if (code !== undefined && !CODE.test(code)) {
    throw oauthErrors.parameter_malformed({ message: 'The code must have 4 to 64 letters, digits and signs.' });
  }
  const { userId } = session;
  await deps.store.transaction({ tenantId }, async (tx) => {
    if (code === undefined) await removeCode(tx, { tenantId, userId });
    else await storeCode(tx, deps, { tenantId, userId, code });
    await recordEvent(tx, deps, {
      tenantId,
      type: code === undefined ? 'approval_code.removed' : 'approval_code.set',
      actor: sessionPrincipal(tenantId, session),
      target: { type: 'user', id: userId },
    });
  });
}

/** Proves that the form comes from this session's page. */
export const codeInteraction = ({ keyring }: Pick<ChangeApprovalCodeDeps, 'keyring'>, { sessionId }: BrowserSession) =>
  keyring.mac('approval code interaction', sessionId).toString('base64url');

async function storeCode(
  tx: Tx,
  { keyring, clock }: ChangeApprovalCodeDeps,
  { tenantId, userId, code }: { tenantId: string; userId: string; code: string },
): Promise<void> {
  const kept = { hash: hashOfCode(keyring, { tenantId, userId }, code), changed_at: clock.now() };
  await tx
    .withTables<ApprovalCodeTables>()
    .insertInto('approval_codes')
    .values({ tenant_id: tenantId, user_id: userId, ...kept })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(kept))
    .execute();
}

export async function removeCode(tx: Tx, { tenantId, userId }: { tenantId: string; userId: string }): Promise<void> {
  await tx
    .withTables<ApprovalCodeTables>()
    .deleteFrom('approval_codes')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}
