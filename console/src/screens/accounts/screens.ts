import { IconRobot } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const accountScreens: readonly ScreenDefinition[] = [
  {
    path: '/service-accounts',
    page: 'serviceAccounts',
    permission: 'service_accounts:read',
    load: () => import('./accounts-screen.tsx').then(({ AccountsScreen }) => ({ Screen: AccountsScreen })),
    nav: { group: 'people', icon: IconRobot },
  },
  {
    path: '/service-accounts/$id',
    page: 'serviceAccounts',
    permission: 'service_accounts:read',
    load: () => import('./account-screen.tsx').then(({ AccountScreen }) => ({ Screen: AccountScreen })),
  },
];
