import { type Principal, systemPrincipal } from '#base';
import { resourcesErrors } from './errors.ts';

/** Who changes resources, and what he may do and hand out. */
export interface Caller {
  principal: Principal;
  /** What he changes something for, in his own words. */
  message?: string | undefined;
  /** Does he hold this permission, or all that this pattern (`routes:*`, `*`) stands for? */
  holds(permission: string): boolean;
  /** May he hand out this scope of an API where he is? Asked of who calls from inside an organization; left out: no. */
  holdsScope?(scope: string): boolean;
}

/** The program itself, for example when it sets up a new instance. */
export function systemCaller(tenantId: string, task: string): Caller {
  return { principal: systemPrincipal(tenantId, task), holds: () => true };
}

/** @throws `write_not_permitted`, naming all that is missing. */
export function demandPermissions(caller: Caller, permissions: Iterable<string>): void {
  const missing = [...new Set(permissions)].filter((permission) => !caller.holds(permission)).sort();
  if (missing.length === 0) return;
  throw resourcesErrors.write_not_permitted({
    message: `Your credential lacks ${missing.join(', ')}. Ask an administrator for a role that has it.`,
    details: { missing },
  });
}
