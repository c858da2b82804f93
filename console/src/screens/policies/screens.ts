import { IconGavel } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

const shared = { permission: 'policies:read', tenantOnly: true } as const;

export const policiesScreens: readonly ScreenDefinition[] = [
  {
    path: '/policies',
    page: 'policies',
    load: () => import('./policies-screen.tsx').then(({ PoliciesScreen }) => ({ Screen: PoliciesScreen })),
    nav: { group: 'rules', icon: IconGavel },
    ...shared,
  },
  {
    path: '/policies/$name',
    page: 'policies',
    load: () => import('./workbench-screen.tsx').then(({ WorkbenchScreen }) => ({ Screen: WorkbenchScreen })),
    ...shared,
  },
  {
    path: '/policy-schema',
    page: 'policies',
    load: () => import('./schema-screen.tsx').then(({ SchemaScreen }) => ({ Screen: SchemaScreen })),
    ...shared,
    permission: 'policy_schemas:read',
  },
  {
    path: '/policy-versions',
    page: 'policies',
    load: () => import('./versions-screen.tsx').then(({ VersionsScreen }) => ({ Screen: VersionsScreen })),
    ...shared,
  },
  {
    path: '/policy-versions/$number',
    page: 'policies',
    load: () => import('./version-screen.tsx').then(({ VersionScreen }) => ({ Screen: VersionScreen })),
    ...shared,
  },
];
