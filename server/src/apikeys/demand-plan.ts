import { holdResources } from '#resources';
import type { Tx } from '#store';
import { apikeysErrors } from './errors.ts';
import { planKind } from './plan-kind.ts';

/**
 * A key on a plan that does not exist would be refused by every gateway. Held until the transaction ends.
 * @throws `api_key_plan_unknown`
 */
export async function demandPlan(tx: Tx, tenantId: string, plan: string): Promise<void> {
  if ((await holdResources(tx, { tenantId, kind: planKind, names: [plan] })).length > 0) {
    throw apikeysErrors.api_key_plan_unknown({
      message: `There is no plan "${plan}". Create it first, or leave the plan out.`,
    });
  }
}
