import type { User } from '@gatehouse/sdk/admin';
import type { Me } from '../../api/whoami.ts';

/** An organization looks after the accounts that it manages; a guest's factors and sessions are not its own. */
export const isOwnAccount = (me: Me, user: User): boolean =>
  me.organizationId === undefined || user.managedBy === me.organizationId;

/** For others, and not while one acts for somebody already. */
export const mayActFor = (me: Me, user: User): boolean =>
  me.may('impersonations:write') &&
  isOwnAccount(me, user) &&
  user.status === 'active' &&
  user.id !== me.id &&
  me.actorId === undefined;
