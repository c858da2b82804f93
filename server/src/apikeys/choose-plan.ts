import type { Principal } from '#base';
import { type Authorize, holdResource } from '#resources';
import type { Tx } from '#store';
import { apikeysErrors } from './errors.ts';
import { keyPolicyOf } from './key-policy.ts';
import { planKind } from './plan-kind.ts';

/** Who puts a key or a client on a plan, and what he may do besides. */
export interface PlanGiver {
  principal: Principal;
  holds(permission: string): boolean;
}

export const giverOf = (principal: Principal, holds: (actor: Principal, permission: string) => boolean): PlanGiver => ({
  principal,
  holds: (permission) => holds(principal, permission),
});

/** Either gives the say over plans. The first alone is for whoever sells plans and has no business to write them. */
const PLAN_PERMISSIONS = ['plans:assign', 'plans:write'] as const;

export interface PlanChoice {
  tenantId: string;
  /** null: none, and so no limits but those of routes. */
  plan: string | null;
  /** What it is on already, or is given unasked: that may be named by anybody. */
  given: string | null;
}

/**
 * A plan says how much its holder may ask for, so it is judged as what it is, a grant: who has no say over plans keeps what
 * is there, or chooses among those that are open to everybody. The plan is held until the transaction ends, also against
 * being closed: on one that does not exist, every gateway would refuse the holder.
 * @throws `api_key_plan_unknown`, `plan_beyond_own`
 */
export async function demandPlan(tx: Tx, giver: PlanGiver, { tenantId, plan, given }: PlanChoice): Promise<void> {
  const isFree = plan === given || mayAssignPlans(giver);
  const found = plan === null ? undefined : await holdPlan(tx, { tenantId, plan, unchanged: !isFree });
  if (isFree || found?.spec.assignableBy === 'everyone') return;
  const wanted = plan === null ? 'take a key or client off its plan' : `put anything on the plan "${plan}"`;
  const keep = given === null ? 'Leave the plan out' : `Leave it at "${given}"`;
  throw apikeysErrors.plan_beyond_own({
    message: `You may not ${wanted}. ${keep}, name a plan that is assignable by everyone, or ask an administrator who has the permission plans:assign.`,
    details: { plan, missing: [PLAN_PERMISSIONS[0]] },
  });
}

/** @throws `api_key_plan_unknown` */
export async function holdPlan(
  tx: Tx,
  { tenantId, plan, unchanged = false }: { tenantId: string; plan: string; unchanged?: boolean },
) {
  const found = await holdResource(tx, { tenantId, kind: planKind, nameOrId: plan, unchanged });
  if (found !== undefined) return found;
  throw apikeysErrors.api_key_plan_unknown({
    message: `There is no plan "${plan}". Create it first, or leave the plan out.`,
  });
}

/** Plans are the tenant's: inside an organization everything (`*`) is everything of that organization. */
function mayAssignPlans({ principal, holds }: PlanGiver): boolean {
  return principal.organizationId === undefined && PLAN_PERMISSIONS.some(holds);
}

/**
 * The plan of a new key for which none was named: what the tenant says, or else the plan of whoever makes it, who would
 * otherwise be rid of his limits with one call. What the program makes for itself has none.
 */
export async function planUnlessNamed(tx: Tx, tenantId: string, giver: PlanGiver): Promise<string | null> {
  if (giver.principal.type === 'system') return null;
  const { defaultPlan } = await keyPolicyOf(tx, tenantId);
  return defaultPlan ?? (mayAssignPlans(giver) ? null : (giver.principal.plan ?? null));
}

/**
 * The same for whatever declares its plan in its spec: clients. Nothing is put into a spec, which says what is. So a new one
 * has to name the plan that a new key would be given unasked, or a client would be the way around the key's limits.
 * @throws `api_key_plan_unknown`, `plan_beyond_own`
 */
export const demandDeclaredPlan: Authorize<{ plan?: string | undefined }> = async (tx, { caller, before, after }) => {
  const { tenantId } = caller.principal;
  const plan = after.plan ?? null;
  const given = before === undefined ? await planUnlessNamed(tx, tenantId, caller) : (before.plan ?? null);
  if (before === undefined && plan === null && given !== null && !mayAssignPlans(caller)) {
    throw apikeysErrors.plan_beyond_own({
      message: `You may not make a client without a plan, where a new key of yours would be on "${given}". Name that plan, or one that is assignable by everyone, or ask an administrator who has the permission plans:assign.`,
      details: { plan, missing: [PLAN_PERMISSIONS[0]] },
    });
  }
  await demandPlan(tx, caller, { tenantId, plan, given });
};

/**
 * For whatever says on which plan others will be, who have no say of their own: clients that register themselves. Where it says
 * none nobody is given one, so that is no choice when it is new, and one when it is changed.
 * @throws `api_key_plan_unknown`, `plan_beyond_own`
 */
export const demandOfferedPlan: Authorize<{ plan?: string | undefined }> = (tx, { caller, before, after }) =>
  demandPlan(tx, caller, {
    tenantId: caller.principal.tenantId,
    plan: after.plan ?? null,
    given: before?.plan ?? null,
  });
