import { IconCompass } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const explorerScreens: readonly ScreenDefinition[] = [
  {
    path: '/explorer',
    page: 'explorer',
    load: () => import('./explorer-screen.tsx').then(({ ExplorerScreen }) => ({ Screen: ExplorerScreen })),
    permission: 'decisions:read',
    tenantOnly: true,
    nav: { group: 'rules', icon: IconCompass },
  },
];
