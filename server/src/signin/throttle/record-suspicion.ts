import { recordEvent } from '#audit';
import { type IdSource, systemPrincipal } from '#base';
import type { Store, Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { FoundSuspicion } from './sign-in-throttle.ts';

/**
 * Writes an alarm down: many accounts tried from one network, or many failures all over the tenant. It names whose
 * account was tried last, by id, and in `tx` stands or falls with the count that set it off.
 */
export async function recordSuspicion(
  deps: IdSource & { store: Pick<Store, 'transaction'> },
  { tenantId, network, suspicion, userId }: FoundSuspicion,
  tx?: Tx,
): Promise<void> {
  const record = (within: Tx) =>
    recordEvent(within, deps, {
      tenantId,
      type: 'sign_in.attack_suspected' satisfies SigninAuditEvent,
      actor: systemPrincipal(tenantId, 'sign_in_throttle'),
      target: { type: 'network', id: network },
      detail: { suspicion, ...(userId === undefined ? {} : { userId }) },
    });
  await (tx === undefined ? deps.store.transaction({ tenantId }, record) : record(tx));
}
