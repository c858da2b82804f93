import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { plansToGive } from './plans-to-give.ts';

interface KeyChoices {
  scopes: string[];
  roles: string[];
  plans: string[];
  apis: string[];
  routes: string[];
  organizations: { value: string; label: string }[];
}

/** What a key can be given, as far as the person may see it; whatever else there is can be typed. */
export function useKeyChoices(): KeyChoices {
  const { mayInTenant } = useMe();
  const apis = useList('/api/v1/apis', { enabled: mayInTenant('apis:read') });
  const roles = useList('/api/v1/roles', { enabled: mayInTenant('roles:read') });
  const plans = useList('/api/v1/plans', { enabled: mayInTenant('plans:read') });
  const routes = useList('/api/v1/routes', { enabled: mayInTenant('routes:read') });
  const organizations = useList('/api/v1/organizations', { enabled: mayInTenant('organizations:read') });
  const scopes = apis.data?.pages.flatMap(({ items }) => items.flatMap(({ spec }) => Object.keys(spec.scopes ?? {})));
  return {
    scopes: [...new Set(scopes ?? [])],
    roles: roles.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
    apis: apis.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
    routes: routes.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
    organizations:
      organizations.data?.pages.flatMap(({ items }) =>
        items.map(({ name, spec }) => ({ value: name, label: spec.displayName })),
      ) ?? [],
    plans: plansToGive({ mayInTenant }, plans.data?.pages.flatMap(({ items }) => items) ?? []),
  };
}
