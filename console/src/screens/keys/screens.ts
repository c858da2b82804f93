import { IconKey } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const keyScreens: readonly ScreenDefinition[] = [
  {
    path: '/keys',
    page: 'keys',
    permission: 'keys:read',
    load: () => import('./keys-screen.tsx').then(({ KeysScreen }) => ({ Screen: KeysScreen })),
    nav: { group: 'access', icon: IconKey },
  },
  {
    path: '/keys/breach',
    page: 'keys',
    permission: 'keys:write',
    load: () => import('./breach-screen.tsx').then(({ BreachScreen }) => ({ Screen: BreachScreen })),
  },
  {
    path: '/keys/$id',
    page: 'keys',
    permission: 'keys:read',
    load: () => import('./key-screen.tsx').then(({ KeyScreen }) => ({ Screen: KeyScreen })),
  },
];
