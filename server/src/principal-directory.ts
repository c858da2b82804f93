/** The directory as decisions need it: who a subject is that somebody else asks about. */
import type { KnownPrincipal, PrincipalDirectory } from '#authz';
import { listUsers, standingOf } from '#directory';
import type { Tx } from '#store';
import type { Foundation } from './foundation.ts';

const NOBODY: ReadonlyMap<string, KnownPrincipal> = new Map();

/**
 * People are kept here, with the roles that they have of themselves, by their groups and by the organization that is asked
 * for, else the one they would act in. Other
 * kinds of principals are what whoever asks says of them.
 */
export function principalDirectory({ store }: Pick<Foundation, 'store'>): PrincipalDirectory {
  const read = (tenantId: string, only: string | undefined, ids: (tx: Tx) => Promise<readonly string[]>) =>
    store.transaction(
      { tenantId },
      async (tx) => {
        const found: KnownPrincipal[] = [];
        for (const userId of await ids(tx)) {
          const known = await standingOf(tx, { tenantId, userId, only });
          if (known === undefined) continue;
          const { user, ...standing } = known;
          found.push({ id: user.id, active: user.status === 'active', ...standing });
        }
        return found;
      },
      { readOnly: true },
    );
  return {
    async find({ tenantId, type, ids, organizationId }) {
      if (type !== 'user') return NOBODY;
      const found = await read(tenantId, organizationId, async () => ids);
      return new Map(found.map((known) => [known.id, known]));
    },
    async list({ tenantId, type, after, limit, organizationId }) {
      if (type !== 'user') return [];
      const input = { tenantId, limit, ...(after === undefined ? {} : { after: { id: after } }) };
      return read(tenantId, organizationId, async (tx) => (await listUsers(tx, input)).items.map(({ id }) => id));
    },
  };
}
