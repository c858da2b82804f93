import { recordEvent } from '#audit';
import { type IdSource, systemPrincipal } from '#base';
import type { Store } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { Suspicion } from './attack-challenge.ts';

/** Writes an alarm down: many accounts tried from one network, or many failures all over the tenant. */
export async function recordSuspicion(
  deps: IdSource & { store: Pick<Store, 'transaction'> },
  { tenantId, network, suspicion }: { tenantId: string; network: string; suspicion: Suspicion },
): Promise<void> {
  await deps.store.transaction({ tenantId }, (tx) =>
    recordEvent(tx, deps, {
      tenantId,
      type: 'sign_in.attack_suspected' satisfies SigninAuditEvent,
      actor: systemPrincipal(tenantId, 'sign_in_throttle'),
      target: { type: 'network', id: network },
      detail: { suspicion },
    }),
  );
}
