import { IconFileCertificate } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const jwtScreens: readonly ScreenDefinition[] = [
  {
    path: '/jwt',
    page: 'jwt',
    // Asks the server for nothing but public keys, so whoever is signed in may use it.
    load: () => import('./jwt-screen.tsx').then(({ JwtScreen }) => ({ Screen: JwtScreen })),
    nav: { group: 'operate', icon: IconFileCertificate },
  },
];
