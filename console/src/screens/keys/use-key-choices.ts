import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';

/** What a key can be given, as far as the person may see it; whatever else there is can be typed. */
export function useKeyChoices(): { scopes: string[]; roles: string[]; plans: string[] } {
  const { mayInTenant } = useMe();
  const apis = useList('/api/v1/apis', { enabled: mayInTenant('apis:read') });
  const roles = useList('/api/v1/roles', { enabled: mayInTenant('roles:read') });
  const plans = useList('/api/v1/plans', { enabled: mayInTenant('plans:read') });
  const scopes = apis.data?.pages.flatMap(({ items }) => items.flatMap(({ spec }) => Object.keys(spec.scopes ?? {})));
  return {
    scopes: [...new Set(scopes ?? [])],
    roles: roles.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
    plans: plans.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
  };
}
