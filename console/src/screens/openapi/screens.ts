import type { ScreenDefinition } from '../../shell/screen.ts';

export const openApiScreens: readonly ScreenDefinition[] = [
  {
    path: '/openapi',
    page: 'openApiImport',
    permission: 'api_documents:write',
    tenantOnly: true,
    load: () => import('./import-screen.tsx').then(({ ImportScreen }) => ({ Screen: ImportScreen })),
  },
  {
    path: '/apis/$name/drift',
    page: 'drift',
    permission: 'api_documents:read',
    tenantOnly: true,
    load: () => import('./drift-screen.tsx').then(({ DriftScreen }) => ({ Screen: DriftScreen })),
  },
];
