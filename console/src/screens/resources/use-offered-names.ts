import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import type { OfferedNames } from '../../editor/offered-names.ts';
import { namesOffered } from './names-offered.ts';

/** What this person can choose in the fields of a kind, as far as he may see it; whatever else there is can be typed. */
export function useOfferedNames(plural: string): OfferedNames {
  const me = useMe();
  const plans = useList('/api/v1/plans', { enabled: plural === 'clients' && me.mayInTenant('plans:read') });
  return namesOffered(
    plural,
    me,
    plans.data?.pages.flatMap(({ items }) => items),
  );
}
