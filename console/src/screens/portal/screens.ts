import { IconPlugConnected } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

const shared = { page: 'portal', permission: 'keys:read', organizationOnly: true } as const;

/** For developers of partners: people inside an organization, with what its administrators let them do. */
export const portalScreens: readonly ScreenDefinition[] = [
  {
    path: '/portal',
    load: () => import('./portal-screen.tsx').then(({ PortalScreen }) => ({ Screen: PortalScreen })),
    nav: { group: 'overview', icon: IconPlugConnected },
    ...shared,
  },
  {
    path: '/portal/$app',
    load: () => import('./app-screen.tsx').then(({ AppScreen }) => ({ Screen: AppScreen })),
    ...shared,
  },
];
