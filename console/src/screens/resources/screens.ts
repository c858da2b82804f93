import {
  IconApi,
  IconApps,
  IconBrowser,
  IconBuilding,
  IconGauge,
  IconRoute,
  IconServer2,
  IconShieldLock,
} from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

const list =
  (kind: 'ROUTES' | 'UPSTREAMS' | 'BROWSER_SESSIONS' | 'APIS' | 'PLANS' | 'CLIENTS' | 'ROLES' | 'ORGANIZATIONS') =>
  async () => {
    const [{ resourcesScreen }, kinds] = await Promise.all([import('./resources-screen.tsx'), import('./kinds.tsx')]);
    return { Screen: resourcesScreen(kinds[kind]) };
  };
const create = (kind: Parameters<typeof list>[0]) => async () => {
  const [{ newResourceScreen }, kinds] = await Promise.all([import('./resource-screen.tsx'), import('./kinds.tsx')]);
  return { Screen: newResourceScreen(kinds[kind]) };
};
const detail =
  (kind: Parameters<typeof list>[0], extra?: () => Promise<import('./resource-screen.tsx').ResourceExtra>) =>
  async () => {
    const [{ resourceScreen }, kinds, Extra] = await Promise.all([
      import('./resource-screen.tsx'),
      import('./kinds.tsx'),
      extra?.(),
    ]);
    return { Screen: resourceScreen(kinds[kind], Extra) };
  };

/** Three addresses for each: its list, a new one, one of them. */
const SHOWN = [
  {
    kind: 'ROUTES',
    page: 'routes',
    group: 'access',
    icon: IconRoute,
    extra: () => import('./try-route.tsx').then((it) => it.TryRoute),
  },
  {
    kind: 'APIS',
    page: 'apis',
    group: 'access',
    icon: IconApi,
    extra: () => import('./api-description.tsx').then((it) => it.ApiDescription),
  },
  {
    kind: 'CLIENTS',
    page: 'clients',
    group: 'access',
    icon: IconApps,
    extra: () => import('./client-secrets.tsx').then((it) => it.ClientSecrets),
  },
  {
    kind: 'PLANS',
    page: 'plans',
    group: 'access',
    icon: IconGauge,
    extra: () => import('./plan-holders.tsx').then((it) => it.PlanHolders),
  },
  {
    kind: 'UPSTREAMS',
    page: 'upstreams',
    group: 'access',
    icon: IconServer2,
    extra: () => import('./upstream-state.tsx').then((it) => it.UpstreamState),
  },
  { kind: 'BROWSER_SESSIONS', page: 'browser_sessions', group: 'access', icon: IconBrowser },
  {
    kind: 'ORGANIZATIONS',
    page: 'organizations',
    group: 'people',
    icon: IconBuilding,
    extra: () => import('./organization-members.tsx').then((it) => it.OrganizationMembers),
  },
  {
    kind: 'ROLES',
    page: 'roles',
    group: 'people',
    icon: IconShieldLock,
    extra: () => import('./role-matrix.tsx').then((it) => it.RoleMatrix),
  },
] as const;

export const resourceScreens: readonly ScreenDefinition[] = SHOWN.flatMap((each) => {
  const { kind, page, group, icon } = each;
  const extra = 'extra' in each ? each.extra : undefined;
  const tenantOnly = true as const;
  return [
    { path: `/${page}`, page, permission: `${page}:read`, tenantOnly, load: list(kind), nav: { group, icon } },
    { path: `/${page}/_new`, page, permission: `${page}:write`, tenantOnly, load: create(kind) },
    { path: `/${page}/$name`, page, permission: `${page}:read`, tenantOnly, load: detail(kind, extra) },
  ];
});
