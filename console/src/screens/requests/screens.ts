import { IconActivity } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const requestsScreens: readonly ScreenDefinition[] = [
  {
    path: '/requests',
    page: 'requests',
    load: () => import('./requests-screen.tsx').then(({ RequestsScreen }) => ({ Screen: RequestsScreen })),
    permission: 'access_records:read',
    nav: { group: 'overview', icon: IconActivity },
  },
];
