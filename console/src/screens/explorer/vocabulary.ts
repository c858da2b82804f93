import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

/** Names to complete to. Empty for whoever may not read policies: everything can be typed. */
export function useVocabulary() {
  const me = useMe();
  const { data } = useRead('/api/v1/policy-vocabulary', {
    enabled: me.mayInTenant('policies:read'),
    staleTime: 60_000,
  });
  return data ?? { schema: false, entityTypes: [], actions: [] };
}
