import { IconSettings } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const settingsScreens: readonly ScreenDefinition[] = [
  {
    path: '/settings',
    page: 'settings',
    permission: 'resources:read',
    tenantOnly: true,
    load: () => import('./settings-screen.tsx').then(({ SettingsScreen }) => ({ Screen: SettingsScreen })),
    nav: { group: 'operate', icon: IconSettings },
  },
  {
    path: '/settings/$plural',
    page: 'settings',
    permission: 'resources:read',
    tenantOnly: true,
    load: () => import('./kind-screen.tsx').then(({ KindScreen }) => ({ Screen: KindScreen })),
  },
  {
    path: '/settings/$plural/$name',
    page: 'settings',
    permission: 'resources:read',
    tenantOnly: true,
    load: () => import('./setting-screen.tsx').then(({ SettingScreen }) => ({ Screen: SettingScreen })),
  },
];
