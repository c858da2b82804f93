import { IconHome } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const homeScreens: readonly ScreenDefinition[] = [
  {
    path: '/',
    page: 'home',
    load: () => import('./home-screen.tsx').then(({ HomeScreen }) => ({ Screen: HomeScreen })),
    nav: { group: 'overview', icon: IconHome },
  },
];
