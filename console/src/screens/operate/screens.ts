import { IconInbox, IconListDetails, IconSignature } from '@tabler/icons-react';
import type { ScreenDefinition } from '../../shell/screen.ts';

export const operateScreens: readonly ScreenDefinition[] = [
  {
    path: '/signing-keys',
    page: 'signingKeys',
    permission: 'signing_keys:read',
    tenantOnly: true,
    load: () => import('./signing-keys-screen.tsx').then(({ SigningKeysScreen }) => ({ Screen: SigningKeysScreen })),
    nav: { group: 'operate', icon: IconSignature },
  },
  {
    path: '/audit',
    page: 'audit',
    permission: 'audit:read',
    load: () => import('./audit-screen.tsx').then(({ AuditScreen }) => ({ Screen: AuditScreen })),
    nav: { group: 'operate', icon: IconListDetails },
  },
  {
    path: '/outbox',
    page: 'outbox',
    permission: '*',
    load: () => import('./outbox-screen.tsx').then(({ OutboxScreen }) => ({ Screen: OutboxScreen })),
    nav: { group: 'operate', icon: IconInbox },
  },
];
