import type { Me } from '../../api/whoami.ts';
import type { OfferedNames } from '../../editor/offered-names.ts';
import { plansToGive } from '../keys/plans-to-give.ts';

const NONE: OfferedNames = {};

/** A client is put on a plan as a key is: only on those that the person may give. */
export function namesOffered(
  plural: string,
  me: Pick<Me, 'mayInTenant'>,
  plans: Parameters<typeof plansToGive>[1] | undefined,
): OfferedNames {
  return plural === 'clients' && plans !== undefined ? { plan: plansToGive(me, plans) } : NONE;
}
