/** The directory as decisions need it: who a subject is that somebody else asks about. */
import type { KnownPrincipal, PrincipalDirectory } from '#authz';
import { findUsers, listUsers, type User } from '#directory';
import type { Foundation } from './foundation.ts';

const NOBODY: ReadonlyMap<string, KnownPrincipal> = new Map();

/** People are kept here. Other kinds of principals are what whoever asks says of them. */
export function principalDirectory({ store }: Pick<Foundation, 'store'>): PrincipalDirectory {
  return {
    async find({ tenantId, type, ids }) {
      if (type !== 'user') return NOBODY;
      const users = await store.transaction({ tenantId }, (tx) => findUsers(tx, { tenantId, ids }), { readOnly: true });
      return new Map([...users].map(([id, user]) => [id, toKnown(user)]));
    },
    async list({ tenantId, type, after, limit }) {
      if (type !== 'user') return [];
      const input = { tenantId, limit, ...(after === undefined ? {} : { after }) };
      const { items } = await store.transaction({ tenantId }, (tx) => listUsers(tx, input), { readOnly: true });
      return items.map(toKnown);
    },
  };
}

function toKnown({ id, roles, organizationId, status }: User): KnownPrincipal {
  return { id, roles, organizationId, active: status === 'active' };
}
