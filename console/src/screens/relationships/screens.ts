import { IconTopologyStar3 } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

const shared = { permission: 'relations:read', tenantOnly: true } as const;

export const relationshipsScreens: readonly ScreenDefinition[] = [
  {
    path: '/relationships',
    page: 'relationships',
    load: () => import('./stores-screen.tsx').then(({ StoresScreen }) => ({ Screen: StoresScreen })),
    nav: { group: 'rules', icon: IconTopologyStar3 },
    ...shared,
  },
  {
    path: '/relationships/$store',
    page: 'relationships',
    load: () => import('./store-screen.tsx').then(({ StoreScreen }) => ({ Screen: StoreScreen })),
    ...shared,
  },
];
